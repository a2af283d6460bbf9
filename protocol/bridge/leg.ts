import { Reader, Writer } from "../core/codec.ts";
import type { Hash } from "../core/ids.ts";
import { hashTagged, hashToBytes } from "../crypto/hash.ts";
import { type CrossTransfer, readCrossTransfer, writeCrossTransfer } from "./cross-transfer.ts";
import { BridgeEntry } from "./entry-kind.ts";
import { rememberingLately } from "./key-cache.ts";

/**
 * Where a leg stands. The rootchain never learns of a delivery: a leg that was delivered waits for ever. "paid": given back on
 * the rootchain; "refunded": the source may give it back, as the rootchain does not hold the token.
 */
export type LegState = "waiting" | "refunded" | "paid";

const STATES: readonly LegState[] = ["waiting", "refunded", "paid"];

/** The second half of a transfer as the rootchain sees it: on its way to a subchain, until that proves not to have taken it. */
export interface Leg {
  readonly transfer: CrossTransfer;
  /** What the destination may create, and a refund gives back: the amount without the relock's fee. */
  readonly remaining: bigint;
  readonly state: LegState;
}

/** @returns the key of a leg among the rootchain's entries */
export const legKey = rememberingLately((lockId: Hash): Hash => {
  return hashTagged("orrery/leg", hashToBytes(lockId));
});

/** @returns the entry that holds a leg */
export function encodeLeg({ transfer, remaining, state }: Leg): Uint8Array {
  const writer = new Writer().u8(BridgeEntry.leg).u8(STATES.indexOf(state)).u128(remaining);
  writeCrossTransfer(writer, transfer);
  return writer.finish();
}

/** @returns the leg that an entry holds, or null when it holds none; never throws */
export function decodeLeg(bytes: Uint8Array): Leg | null {
  const reader = new Reader(bytes);
  if (reader.u8() !== BridgeEntry.leg) reader.fail();
  const state = STATES[reader.u8()];
  const remaining = reader.u128();
  const transfer = readCrossTransfer(reader);
  return reader.complete() && state !== undefined ? { transfer, remaining, state } : null;
}
