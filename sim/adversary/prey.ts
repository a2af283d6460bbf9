import type { ChainState } from "../../protocol/consensus/chain-state.ts";
import type { Committee } from "../../protocol/consensus/committee.ts";
import type { Rotation } from "../../protocol/consensus/rotation.ts";

/** What an adaptive adversary may hold at one time. */
export interface AtOnce {
  /** Of a whole committee; of a smaller one as large a part. */
  readonly nodes: number;
  /** Base units; null: no bound. */
  readonly stake: bigint | null;
}

/**
 * Whom an adaptive adversary holds: of each committee just elected the members that propose first, as far as its budget reaches.
 * Every node asks by its own chain, so that of any height's committee no more are held than that.
 */
export class Prey {
  readonly #pool: ReadonlySet<number>;
  readonly #atOnce: AtOnce;
  readonly #held = new WeakMap<Committee, ReadonlySet<number>>();
  readonly #ever = new Set<number>();
  #latest: { readonly iteration: number; readonly held: ReadonlySet<number> } = { iteration: -1, held: new Set() };

  /** @param pool nodes that it may choose from */
  constructor(pool: readonly number[], atOnce: AtOnce) {
    this.#pool = new Set(pool);
    this.#atOnce = atOnce;
  }

  /** @returns whether a node has been held at any time */
  wasHeld(node: number): boolean {
    return this.#ever.has(node);
  }

  /** @returns whether a node is held in the latest committee that any of them knows */
  holdsNow(node: number): boolean {
    return this.#latest.held.has(node);
  }

  /** @returns whether a node is held while its chain is in a state */
  holds(node: number, { rotation }: ChainState): boolean {
    const { committee } = rotation;
    const held = this.#held.get(committee) ?? this.#choose(rotation);
    this.#held.set(committee, held);
    if (!held.has(node)) return false;
    this.#ever.add(node);
    return true;
  }

  /** Who was convicted sits no more: what is left of the candidates may be less than a committee, and bears fewer. */
  #choose({ committee, registry, standings, parameters }: Rotation): ReadonlySet<number> {
    const chosen = new Set<number>();
    const most = Math.floor((this.#atOnce.nodes * committee.members.length) / parameters.committee);
    let left = this.#atOnce.stake;
    for (const id of committee.members) {
      const node = registry.peerOf(id);
      const stake = standings[id]?.stake ?? 0n;
      if (chosen.size === most || !this.#pool.has(node) || (left !== null && stake > left)) continue;
      if (left !== null) left -= stake;
      chosen.add(node);
    }
    if (committee.iteration > this.#latest.iteration) this.#latest = { iteration: committee.iteration, held: chosen };
    return chosen;
  }
}
