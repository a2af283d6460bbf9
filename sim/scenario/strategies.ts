import type { Role } from "./numbering.ts";
import type { Strategy } from "./scenario.ts";

/** What a Byzantine strategy does, and who can. */
export interface StrategyDefinition {
  readonly about: string;
  readonly roles: readonly Role[];
  /** Whether all its nodes belong to one subchain, which it speaks for. */
  readonly oneSubchain?: boolean;
}

const MEMBERS = ["delegates", "standby", "operators"] as const;

/** Byzantine strategies. */
export const STRATEGIES = {
  silent: { about: "sends no message of consensus at all", roles: MEMBERS },
  equivocate: { about: "proposes different blocks to different members", roles: MEMBERS },
  "double-vote": { about: "votes for every block it sees, whatever it voted before", roles: MEMBERS },
  mint: ofSubchain("a subchain certifies blocks that create value from nothing, and sends it away"),
  "forge-state": ofSubchain("a subchain certifies state that its transactions do not lead to"),
  "fork-chain": ofSubchain("a subchain certifies two histories, and shows each to others"),
  "go-silent": ofSubchain("a subchain makes no more blocks and answers nobody"),
  "quota-spam": ofSubchain("a subchain fills its pieces of every root block with transfers of nothing much"),
  "quota-squat": ofSubchain("a subchain bids for more pieces than it ever uses"),
  "cheat-relay": {
    about: "relays replays, cut or altered proofs, other chains' and unfinal headers, and wrong kinds of transaction",
    roles: ["relayers"],
  },
  "double-spend": {
    about: "hands transactions that spend the same value to different nodes",
    roles: ["full-nodes", "relayers", "light-clients"],
  },
  "vote-buyer": {
    about: "moves borrowed stake to itself right before an epoch's candidates are fixed, and away right after",
    roles: ["delegates", "standby"],
  },
  "long-range": {
    about: "answers waking light clients with a history forged by members of long ago",
    roles: ["delegates", "standby", "full-nodes", "operators"],
  },
} as const satisfies Record<Strategy, StrategyDefinition>;

function ofSubchain(about: string): { about: string; roles: readonly ["operators"]; oneSubchain: true } {
  return { about, roles: ["operators"], oneSubchain: true };
}
