import { assert, assertNever } from "../../protocol/core/assert.ts";
import type { PeerId } from "../../protocol/core/ids.ts";
import type { ChainNode } from "../../protocol/node/chain-node.ts";
import type { Adversary } from "../scenario/scenario.ts";
import { ByzantineNode, type Misconduct } from "./byzantine-node.ts";
import { DoubleVote } from "./double-vote.ts";
import { type Conspiracy, Equivocate } from "./equivocate.ts";
import { Silent } from "./silent.ts";

export { ByzantineNode } from "./byzantine-node.ts";

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

  /** Puts a node's machine under the adversary's strategy. */
  corrupt(machine: ChainNode): ByzantineNode {
    const misconduct = this.#misconductOf(machine);
    this.#members.push(misconduct);
    return new ByzantineNode(machine, misconduct, this.#adversary.fromUs);
  }

  #misconductOf(machine: ChainNode): Misconduct {
    const { strategy } = this.#adversary;
    switch (strategy) {
      case "silent":
        return new Silent();
      case "double-vote":
        return new DoubleVote(machine.identity);
      case "equivocate":
        return new Equivocate(machine.identity, this.#conspiracy, new Set(this.nodes as PeerId[]));
      default:
        return assertNever(strategy);
    }
  }

  /** How often the strategy altered something, over all its nodes. */
  get bites(): number {
    assert(this.nodes.length > 0, "an adversary has nodes");
    return this.#members.reduce((sum, each) => sum + each.bites, 0);
  }
}
