import type { ChainState } from "../../protocol/consensus/chain-state.ts";
import type { Identity } from "../../protocol/consensus/pbft-node.ts";
import { assert } from "../../protocol/core/assert.ts";
import type { PeerId } from "../../protocol/core/ids.ts";
import type { Machine } from "../../protocol/core/machine.ts";
import type { Adversary } from "../scenario/scenario.ts";
import { ByzantineNode, type Misconduct } from "./byzantine-node.ts";
import { DoubleVote } from "./double-vote.ts";
import { type Conspiracy, Equivocate } from "./equivocate.ts";
import { Silent } from "./silent.ts";

export { ByzantineNode } from "./byzantine-node.ts";

/** A machine that takes part in a chain's consensus. */
export type SigningMachine = Machine & { readonly state: ChainState };

/** The nodes of one adversary and what they did. */
export class Gang {
  readonly name: string;
  readonly nodes: readonly number[];
  readonly #adversary: Adversary;
  readonly #members: Misconduct[] = [];
  readonly #conspiracy: Conspiracy = new Map();

  constructor(adversary: Adversary, nodes: readonly number[]) {
    this.name = adversary.name;
    this.nodes = nodes;
    this.#adversary = adversary;
  }

  /** Puts the machine of a node that signs blocks under the adversary's strategy. */
  corrupt(machine: SigningMachine, identity: Identity): ByzantineNode {
    const misconduct = this.#misconductOf(machine, identity);
    this.#members.push(misconduct);
    return new ByzantineNode(machine, misconduct, this.#adversary.fromUs);
  }

  #misconductOf(machine: SigningMachine, identity: Identity): Misconduct {
    const { strategy } = this.#adversary;
    switch (strategy) {
      case "silent":
        return new Silent();
      case "double-vote":
        return new DoubleVote(identity);
      case "equivocate":
        return new Equivocate(identity, () => machine.state, this.#conspirators());
      default:
        assert(false, `no member of a committee can ${strategy}`);
    }
  }

  #conspirators(): { conspiracy: Conspiracy; accomplices: ReadonlySet<PeerId> } {
    return { conspiracy: this.#conspiracy, accomplices: new Set(this.nodes as PeerId[]) };
  }

  /** How often the strategy altered something, over all its nodes. */
  get bites(): number {
    assert(this.nodes.length > 0, "an adversary has nodes");
    return this.#members.reduce((sum, each) => sum + each.bites, 0);
  }
}
