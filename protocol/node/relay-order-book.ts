import { dataHashOf } from "../bridge/cross-transfer.ts";
import { type Hash, ZERO_HASH } from "../core/ids.ts";
import { MAX_RELAY_ORDERS } from "./limits.ts";

const NOTHING = new Uint8Array(0);

/** The data that users handed over to travel beside their transfers, by its hash. The oldest makes room. */
export class RelayOrderBook {
  readonly #byHash = new Map<Hash, Uint8Array>();

  add(data: Uint8Array): void {
    const hash = dataHashOf(data);
    if (this.#byHash.has(hash)) return;
    const [oldest] = this.#byHash.keys();
    if (oldest !== undefined && this.#byHash.size >= MAX_RELAY_ORDERS) this.#byHash.delete(oldest);
    this.#byHash.set(hash, data);
  }

  /** @returns what a transfer's data is, or undefined while nobody has handed it over */
  get(hash: Hash): Uint8Array | undefined {
    return hash === ZERO_HASH ? NOTHING : this.#byHash.get(hash);
  }
}
