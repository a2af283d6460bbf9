import type { DelegateId } from "../../protocol/core/ids.ts";
import type { World } from "./checker.ts";

/** Who is who: which nodes are honest, and which node signs as which delegate. */
export class People {
  /** Nodes of the chain that are honest from the start, in order. */
  readonly honest: readonly number[];
  readonly #world: World;
  readonly #isHonest: Uint8Array;
  /** By node: its delegate, −1 for none. */
  readonly #delegates: Int32Array;
  /** By delegate: its node, −1 for none. */
  readonly #nodes: Int32Array;

  constructor(world: World) {
    this.#world = world;
    this.#isHonest = new Uint8Array(world.nodes);
    this.#delegates = new Int32Array(world.nodes).fill(-1);
    this.#nodes = new Int32Array(world.registry.size).fill(-1);
    const honest: number[] = [];
    for (const node of world.members) {
      if (!world.isByzantine(node)) honest.push(node);
      this.#isHonest[node] = world.isByzantine(node) ? 0 : 1;
      const delegate = world.delegateOf(node);
      if (delegate === null) continue;
      this.#delegates[node] = delegate;
      this.#nodes[delegate] = node;
    }
    this.honest = honest;
  }

  /** @returns whether a node has followed the protocol so far: an adversary may yet choose it */
  isHonest(node: number): boolean {
    return this.#isHonest[node] === 1 && !this.#world.isByzantine(node);
  }

  /** @returns whether an honest node signs as this delegate */
  isHonestDelegate(delegate: DelegateId): boolean {
    return this.isHonest(this.#nodes[delegate] ?? -1);
  }

  /** @returns whether a node is honest and sends a statement that it signed itself */
  speaksForItself(node: number, signer: DelegateId): boolean {
    return this.#delegates[node] === signer && this.isHonest(node);
  }

  /** @returns the node of a delegate, −1 where it has none */
  nodeOf(delegate: DelegateId): number {
    return this.#nodes[delegate] ?? -1;
  }

  /** @returns the delegate of a node, −1 for none */
  delegateOf(node: number): number {
    return this.#delegates[node] ?? -1;
  }
}
