import type { CrossTransfer } from "../bridge/cross-transfer.ts";
import { decodeLeg } from "../bridge/leg.ts";
import type { Hash } from "../core/ids.ts";
import type { Reorg } from "./transaction.ts";

/** What the rootchain has set free for a destination. */
export interface Delivery {
  readonly lockId: Hash;
  readonly transfer: CrossTransfer;
  /** What the destination creates, the delivery's fee included, base units. */
  readonly arriving: bigint;
}

const known = new WeakMap<Reorg, { readonly delivery: Delivery | null }>();

/** @returns what a reorg delivers, decoded once for each; null when it carries no leg that waits for its delivery */
export function deliveryOf(reorg: Reorg): Delivery | null {
  const before = known.get(reorg);
  if (before !== undefined) return before.delivery;
  const leg = decodeLeg(reorg.leg);
  const isWaiting = leg?.state === "waiting";
  const delivery = isWaiting ? { lockId: reorg.lockId, transfer: leg.transfer, arriving: leg.remaining } : null;
  known.set(reorg, { delivery });
  return delivery;
}
