import type { PeerId } from "../core/ids.ts";
import { SECOND_US } from "../core/units.ts";
import { MAX_LIGHT_REQUESTS, MAX_SERVED_PEERS } from "./limits.ts";

/** Counts the requests of each peer within a second of the node's own clock. */
export class RequestQuota {
  #second = -1;
  readonly #taken = new Map<PeerId, number>();

  /** @returns whether the peer may be answered once more */
  take(from: PeerId, nowUs: number): boolean {
    const second = Math.floor(nowUs / SECOND_US);
    if (second !== this.#second) this.#taken.clear();
    this.#second = second;
    const taken = this.#taken.get(from) ?? 0;
    if (taken >= MAX_LIGHT_REQUESTS || (taken === 0 && this.#taken.size >= MAX_SERVED_PEERS)) return false;
    this.#taken.set(from, taken + 1);
    return true;
  }
}
