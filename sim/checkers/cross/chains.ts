import { assert } from "../../../protocol/core/assert.ts";
import type { AuthenticatedMap } from "../../../protocol/crypto/authenticated-map.ts";
import type { ChainCheckers } from "../chain-checkers.ts";

/** The chains of a run by their ids. */
export class Chains {
  readonly #byId: ReadonlyMap<number, ChainCheckers>;
  readonly #root: ChainCheckers;

  /** @param chains the rootchain first */
  constructor(chains: readonly ChainCheckers[]) {
    const [root] = chains;
    assert(root !== undefined, "a run has a rootchain");
    this.#root = root;
    this.#byId = new Map(chains.map((each) => [each.world.parameters.chainId, each]));
  }

  get root(): ChainCheckers {
    return this.#root;
  }

  get rootId(): number {
    return this.#root.world.parameters.chainId;
  }

  get all(): Iterable<ChainCheckers> {
    return this.#byId.values();
  }

  get(chainId: number): ChainCheckers | undefined {
    return this.#byId.get(chainId);
  }

  nameOf(chainId: number): string {
    return this.#byId.get(chainId)?.world.chain ?? `chain ${chainId}`;
  }

  /** @returns whether so many of a chain's members are honest that what it says can be held against it */
  promised(chainId: number): boolean {
    return this.#byId.get(chainId)?.world.promised ?? false;
  }

  /** @returns a node's entries of its chain's ledger right after a height, or null where it is further or cannot be seen */
  entriesAt(chainId: number, node: number, height: number): AuthenticatedMap | null {
    const state = this.#byId.get(chainId)?.world.stateOf(node) ?? null;
    return state?.height === height ? state.ledger.entries : null;
  }
}
