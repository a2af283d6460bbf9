import type { Role } from "./numbering.ts";
import type { Strategy } from "./scenario.ts";

/** What a Byzantine strategy does, and who can. */
export interface StrategyDefinition {
  readonly about: string;
  readonly roles: readonly Role[];
  /** Whether it is followed in the committees of a chain. */
  readonly seated?: boolean;
  /** Whether all its nodes belong to one subchain, which it speaks for. */
  readonly oneSubchain?: boolean;
  /** Whether it is after one node: has to be, may be. */
  readonly victim?: "needed" | "possible";
  /** Whether its nodes keep all rules of consensus and harm by what else they send, or do not. */
  readonly keepsConsensus?: boolean;
}

const MEMBERS = ["delegates", "standby", "operators"] as const;

/** Byzantine strategies. */
export const STRATEGIES = {
  silent: { about: "sends no message of consensus at all", roles: MEMBERS, seated: true },
  equivocate: {
    about: "proposes one block to half of the members and another to the rest",
    roles: MEMBERS,
    seated: true,
  },
  "equivocate-one": {
    about: "proposes one block to all members but one, its victim",
    roles: MEMBERS,
    seated: true,
    victim: "possible",
  },
  "double-vote": { about: "votes for a second block wherever it votes", roles: MEMBERS, seated: true },
  "vote-all": {
    about: "prepares and commits every block that it hears of, whatever it voted before",
    roles: MEMBERS,
    seated: true,
  },
  "withhold-votes": { about: "keeps its votes back until just before the time-out", roles: MEMBERS, seated: true },
  "stale-future": {
    about: "repeats old messages, and votes in heights and views far ahead",
    roles: MEMBERS,
    seated: true,
  },
  "lie-view-change": {
    about: "shows blocks to few, denies what it prepared, forges certificates and leads views against them",
    roles: MEMBERS,
    seated: true,
  },
  "invalid-block": {
    about: "proposes blocks with a wrong root, proposer, time, parent or committee, or a double spend inside",
    roles: MEMBERS,
    seated: true,
  },
  censor: {
    about: "leaves some senders' transactions out of its blocks, and evidence against its own",
    roles: MEMBERS,
    seated: true,
  },
  "grind-seed": {
    about: "tries blocks at an iteration's end until its hash seeds a lot that it likes",
    roles: MEMBERS,
    seated: true,
  },
  "withhold-priority": {
    about: "keeps its claims to a seat back from all blocks but its own",
    roles: MEMBERS,
    seated: true,
    keepsConsensus: true,
  },
  twins: {
    about: "runs two machines with one key, each of which speaks with half of the others",
    roles: MEMBERS,
    seated: true,
  },
  "mutate-messages": {
    about: "leaves out, redirects or alters one message of consensus in four, and is honest otherwise",
    roles: MEMBERS,
    seated: true,
  },
  flood: {
    about: "sends bursts of forged votes, claims and statuses, and asks for ranges",
    roles: MEMBERS,
    seated: true,
  },
  eclipse: {
    about: "feeds its victim nothing or old news, and passes nothing on from it",
    roles: [...MEMBERS, "full-nodes"],
    seated: true,
    victim: "needed",
    keepsConsensus: true,
  },
  mint: ofSubchain("a subchain certifies blocks that create value from nothing, and sends it away"),
  "forge-state": ofSubchain("a subchain certifies state that its transactions do not lead to"),
  "fork-chain": ofSubchain("a subchain certifies two histories, and shows each to others"),
  "go-silent": ofSubchain("a subchain makes no more blocks and answers nobody"),
  "quota-spam": {
    ...ofSubchain("a subchain fills its pieces of every root block with transfers of nothing much"),
    keepsConsensus: true,
  },
  "quota-squat": { ...ofSubchain("a subchain bids for more pieces than it ever uses"), keepsConsensus: true },
  "cheat-relay": {
    about: "relays replays, cut or altered proofs, other chains' and unfinal headers, and wrong kinds of transaction",
    roles: ["relayers"],
    keepsConsensus: true,
  },
  collude: {
    about: "a subchain mints, and relayers carry what it mints, nothing else and no evidence",
    roles: ["operators", "relayers"],
    oneSubchain: true,
  },
  "double-spend": {
    about: "hands transactions that spend the same value to different nodes",
    roles: ["full-nodes", "relayers", "light-clients"],
    keepsConsensus: true,
  },
  "forge-transactions": {
    about: "hands in transactions that break a rule each: value from nothing, spent twice, another's, another chain's",
    roles: ["full-nodes"],
    keepsConsensus: true,
  },
  "vote-buyer": {
    about: "moves borrowed stake to itself right before an epoch's candidates are fixed, and away right after",
    roles: ["delegates", "standby"],
    keepsConsensus: true,
  },
  "long-range": {
    about: "answers waking light clients with a history forged by members of long ago",
    roles: ["delegates", "standby", "full-nodes", "operators"],
    keepsConsensus: true,
  },
} as const satisfies Record<Strategy, StrategyDefinition>;

/** Strategies of those who sit in committees of their own chain. */
export type SeatedStrategy = {
  [Name in Strategy]: (typeof STRATEGIES)[Name] extends { readonly seated: true } ? Name : never;
}[Strategy];

function ofSubchain(about: string): { about: string; roles: readonly ["operators"]; oneSubchain: true } {
  return { about, roles: ["operators"], oneSubchain: true };
}
