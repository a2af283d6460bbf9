import type { Hash } from "../core/ids.ts";
import { MAX_UNANCHORED } from "./limits.ts";
import type { RelayedTransfer } from "./relay-transfer.ts";

/** A delivery, and the header of its chain at which it was seen. */
interface Seen {
  readonly each: RelayedTransfer;
  readonly height: number;
}

/**
 * Deliveries that the rootchain has no header of yet. A chain that dies takes every block above its last anchored one with it, and
 * what was delivered there has to come back after all (B5).
 */
export class UnanchoredDeliveries {
  readonly #byChain = new Map<number, Map<Hash, Seen>>();
  #size = 0;

  /** @returns whether there is room for another */
  get hasRoom(): boolean {
    return this.#size < MAX_UNANCHORED;
  }

  has(chainId: number, lockId: Hash): boolean {
    return this.#byChain.get(chainId)?.has(lockId) === true;
  }

  add(each: RelayedTransfer, height: number): void {
    const { destinationChain: chainId } = each.transfer;
    const seen = this.#byChain.get(chainId) ?? new Map<Hash, Seen>();
    this.#byChain.set(chainId, seen);
    if (!seen.has(each.lockId)) this.#size++;
    seen.set(each.lockId, { each, height });
  }

  /** @returns those of a chain that stand for ever, now that the rootchain has a header of it; they are forgotten */
  anchored(chainId: number, height: number): readonly Hash[] {
    const seen = this.#byChain.get(chainId);
    if (seen === undefined || seen.size === 0) return [];
    const safe: Hash[] = [];
    for (const [lockId, { height: deliveredBy }] of seen) if (deliveredBy <= height) safe.push(lockId);
    for (const lockId of safe) seen.delete(lockId);
    this.#size -= safe.length;
    return safe;
  }

  /** @returns those of a chain that are void, as it died before the rootchain had a header of them; they are forgotten */
  voided(chainId: number): readonly RelayedTransfer[] {
    const seen = [...(this.#byChain.get(chainId)?.values() ?? [])];
    this.#byChain.delete(chainId);
    this.#size -= seen.length;
    return seen.map(({ each }) => each);
  }
}
