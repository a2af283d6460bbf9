import {
  anchorRingKey,
  decodeAnchorRing,
  lastAnchored,
  type SubchainStatus,
  subchainStatus,
} from "../../protocol/bridge/anchor-ring.ts";
import type { BridgeParameters } from "../../protocol/bridge/parameters.ts";
import type { ChainState } from "../../protocol/consensus/chain-state.ts";
import { ROOT_CHAIN } from "../../protocol/subchain/specification.ts";

/** Where a subchain stands by the rootchain's last word. */
export interface Standing {
  readonly status: SubchainStatus;
  /** The chain's state at its last anchored header, null where nobody showed it. */
  readonly anchored: ChainState | null;
}

/**
 * What clients know who look after chains themselves: the last final state of each, and of those that accounts are to leave by
 * proof the states that the rootchain may yet come to hold for the last one.
 */
export class KnownLedgers {
  readonly #death: Pick<BridgeParameters, "deadAfterUs" | "challengeUs">;
  readonly #last = new Map<number, ChainState>();
  /** By chain that is left, and height: from the last anchored one on. */
  readonly #kept: ReadonlyMap<number, Map<number, ChainState>>;

  /** @param left chains that accounts are to leave */
  constructor(death: Pick<BridgeParameters, "deadAfterUs" | "challengeUs">, left: Iterable<number>) {
    this.#death = death;
    this.#kept = new Map([...left].map((chainId) => [chainId, new Map<number, ChainState>()]));
  }

  /** Takes in the state after a block that has just become final. */
  onState(state: ChainState): void {
    const { chainId } = state.rotation.parameters;
    this.#last.set(chainId, state);
    if (chainId === ROOT_CHAIN) this.#prune();
    this.#kept.get(chainId)?.set(state.height, state);
  }

  /** @returns the last final state of a chain, or null before its first block */
  last(chainId: number): ChainState | null {
    return this.#last.get(chainId) ?? null;
  }

  /** What is below the last anchored header is never proven against any more. */
  #prune(): void {
    for (const [chainId, kept] of this.#kept) {
      const height = this.#anchored(chainId)?.anchor.height ?? 0;
      for (const each of kept.keys()) if (each < height) kept.delete(each);
    }
  }

  #anchored(chainId: number) {
    const bytes = this.last(ROOT_CHAIN)?.ledger.entries.get(anchorRingKey(chainId));
    const ring = bytes === undefined ? null : decodeAnchorRing(bytes);
    return ring === null ? null : lastAnchored(ring);
  }

  /** @returns where a subchain stands, null for one that the rootchain does not know */
  standing(chainId: number): Standing | null {
    const [root, last] = [this.last(ROOT_CHAIN), this.#anchored(chainId)];
    if (root === null || last === null) return null;
    const status = subchainStatus(last.anchoredUs, root.timeUs, this.#death);
    return { status, anchored: this.#kept.get(chainId)?.get(last.anchor.height) ?? null };
  }
}
