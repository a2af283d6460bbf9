import type { ChainState } from "../../protocol/consensus/chain-state.ts";
import type { Identity } from "../../protocol/consensus/pbft-node.ts";
import { assert } from "../../protocol/core/assert.ts";
import type { DelegateId, PeerId } from "../../protocol/core/ids.ts";
import type { SeatedStrategy } from "../scenario/strategies.ts";
import type { Misconduct } from "./byzantine-node.ts";
import { censoredBlock } from "./censored-block.ts";
import { DoubleVote } from "./double-vote.ts";
import { Eclipse } from "./eclipse.ts";
import { type Conspiracy, Equivocate, type Forgery, toAll, toHalf, toOne } from "./equivocate.ts";
import { Flood } from "./flood.ts";
import { groundBlock } from "./ground-block.ts";
import { InvalidBlocks } from "./invalid-blocks.ts";
import { type Confidants, LieViewChange } from "./lie-view-change.ts";
import { MutateMessages } from "./mutate-messages.ts";
import type { Member, Peers } from "./setting.ts";
import { Silent } from "./silent.ts";
import { StaleFuture } from "./stale-future.ts";
import { Twins } from "./twins.ts";
import { VoteAll } from "./vote-all.ts";
import { WithholdPriority } from "./withhold-priority.ts";
import { WithholdVotes } from "./withhold-votes.ts";

/** What the members of a gang know of each other. */
export interface Accomplices {
  /** Keys in the gang's hands, by id. */
  readonly keys: ReadonlyMap<DelegateId, Identity>;
  readonly nodes: Peers;
  readonly victim: number | null;
}

/** What a gang has agreed upon to do in the committees of one chain. */
export class Plot {
  readonly #accomplices: Accomplices;
  readonly #conspiracy: Conspiracy = new Map();
  readonly #confidants: Confidants = new Map();
  readonly #invalid = new InvalidBlocks();

  constructor(accomplices: Accomplices) {
    this.#accomplices = accomplices;
  }

  /** @returns a member's part in it */
  misconductOf(strategy: SeatedStrategy, member: Member): Misconduct {
    const { nodes, keys, victim } = this.#accomplices;
    const confidants = this.#confidants;
    switch (strategy) {
      case "silent":
        return new Silent();
      case "equivocate":
        return this.#forging(member, toHalf(nodes));
      case "equivocate-one":
        return this.#forging(member, toOne(nodes, victim));
      case "invalid-block":
        return this.#forging(
          member,
          toAll((_, parent, block) => this.#invalid.remake(parent, block)),
        );
      case "grind-seed":
        return this.#forging(
          member,
          toAll((context, parent, block) => groundBlock(context.crypto, parent, { block, keys })),
        );
      case "double-vote":
        return new DoubleVote(identityOf(member));
      case "vote-all":
        return new VoteAll(identityOf(member), () => stateOf(member));
      case "withhold-votes":
        return new WithholdVotes();
      case "stale-future":
        return new StaleFuture(identityOf(member));
      case "lie-view-change":
        return new LieViewChange(identityOf(member), () => stateOf(member), { keys, nodes, confidants });
      case "censor":
        return this.#forging(
          member,
          toAll((context, parent, block) => censoredBlock(context, parent, { block, own: keys })),
        );
      case "withhold-priority":
        return new WithholdPriority(identityOf(member).id);
      case "twins":
        return new Twins(member, nodes);
      case "flood":
        return new Flood(identityOf(member), () => stateOf(member));
      case "mutate-messages":
        return new MutateMessages(identityOf(member), () => stateOf(member));
      case "eclipse":
        return new Eclipse(victim as PeerId);
    }
  }

  #forging(member: Member, forgery: Forgery): Misconduct {
    return new Equivocate(identityOf(member), () => stateOf(member), { conspiracy: this.#conspiracy, forgery });
  }
}

function identityOf({ identity }: Member): Identity {
  assert(identity !== null, "whoever votes has a seat");
  return identity;
}

function stateOf(member: Member): ChainState {
  const state = member.state();
  assert(state !== null, "whoever votes holds its chain");
  return state;
}
