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
  /** By delegate: its nodes; more than one where another takes its seat during the run. */
  readonly #nodes = new Map<number, readonly number[]>();

  constructor(world: World) {
    this.#world = world;
    this.#isHonest = new Uint8Array(world.nodes);
    this.#delegates = new Int32Array(world.nodes).fill(-1);
    const honest: number[] = [];
    for (const node of world.members) {
      if (!world.isByzantine(node)) honest.push(node);
      this.#isHonest[node] = world.isByzantine(node) ? 0 : 1;
      const delegate = world.delegateOf(node);
      if (delegate === null) continue;
      this.#delegates[node] = delegate;
      this.#nodes.set(delegate, [...(this.#nodes.get(delegate) ?? []), node]);
    }
    this.honest = honest;
  }

  /** @returns whether a node has followed the protocol so far: an adversary may yet choose it */
  isHonest(node: number): boolean {
    return this.#isHonest[node] === 1 && !this.#world.isByzantine(node);
  }

  /** @returns whether only honest nodes sign as this delegate */
  isHonestDelegate(delegate: DelegateId): boolean {
    const nodes = this.#nodes.get(delegate) ?? [];
    return nodes.length > 0 && nodes.every((node) => this.isHonest(node));
  }

  /** @returns whether a node is honest and sends a statement that it signed itself */
  speaksForItself(node: number, signer: DelegateId): boolean {
    return this.#delegates[node] === signer && this.isHonest(node);
  }

  /** @returns the nodes that sign as a delegate, now or from some time on */
  nodesOf(delegate: DelegateId): readonly number[] {
    return this.#nodes.get(delegate) ?? [];
  }

  /** @returns the delegate of a node, −1 for none */
  delegateOf(node: number): number {
    return this.#delegates[node] ?? -1;
  }
}
