import { SECOND_US } from "../core/units.ts";
import type { OutputEntry } from "./entries.ts";
import type { Input, UtxoTransaction } from "./transaction.ts";

/** Lock times below this are heights; from it on, seconds of header time, counted from it. */
export const LOCK_TIME_THRESHOLD = 500_000_000;
/** The sequence of an input that asks for no lock time. */
export const FINAL_SEQUENCE = 0xffff_ffff;

/** Bit 31 of a sequence switches its relative lock time off (BIP 68). */
const DISABLING_BIT = 2_147_483_648;
/** Bit 22 makes it a time instead of a number of blocks. */
const TIME_BIT = 1 << 22;
const VALUE_BITS = 0xffff;
/** Unit of a relative lock time that is a time, in seconds. */
const GRANULARITY_SECONDS = 512;
/** First version of transactions whose sequences are relative lock times. */
const RELATIVE_VERSION = 2;

/** Where a block stands that a transaction is to enter. */
export interface Position {
  readonly height: number;
  /** Of its header, µs. */
  readonly timeUs: number;
}

/**
 * @returns whether a transaction's lock time has passed: the last height (or second) at which it may not enter a block; it is
 *   void when every input says so, and a transaction without inputs cannot say so
 */
export function isFinal({ lockTime, inputs }: UtxoTransaction, { height, timeUs }: Position): boolean {
  if (lockTime === 0) return true;
  const passed =
    lockTime < LOCK_TIME_THRESHOLD ? lockTime < height : (lockTime - LOCK_TIME_THRESHOLD) * SECOND_US < timeUs;
  return passed || (inputs.length > 0 && inputs.every(({ sequence }) => sequence === FINAL_SEQUENCE));
}

/** @returns whether the output is as old as the input's sequence asks (BIP 68) */
export function isOldEnough(
  version: number,
  { sequence }: Input,
  created: Pick<OutputEntry, "createdHeight" | "createdUs">,
  { height, timeUs }: Position,
): boolean {
  if (version < RELATIVE_VERSION || sequence >= DISABLING_BIT) return true;
  const value = sequence & VALUE_BITS;
  if ((sequence & TIME_BIT) === 0) return created.createdHeight + value <= height;
  return created.createdUs + value * GRANULARITY_SECONDS * SECOND_US <= timeUs;
}

/** @returns whether a transaction's own lock time keeps it out of blocks until `lockTime` at least (BIP 65) */
export function lockTimeCovers(transaction: UtxoTransaction, inputIndex: number, lockTime: number): boolean {
  const own = transaction.lockTime;
  if (own < LOCK_TIME_THRESHOLD !== lockTime < LOCK_TIME_THRESHOLD || lockTime > own) return false;
  return transaction.inputs[inputIndex]?.sequence !== FINAL_SEQUENCE;
}

/** @returns whether an input's own sequence keeps it out of blocks until its output has the age of `sequence` (BIP 112) */
export function sequenceCovers(transaction: UtxoTransaction, inputIndex: number, sequence: number): boolean {
  const own = transaction.inputs[inputIndex]?.sequence ?? FINAL_SEQUENCE;
  if (transaction.version < RELATIVE_VERSION || own >= DISABLING_BIT) return false;
  if ((own & TIME_BIT) !== (sequence & TIME_BIT)) return false;
  return (sequence & VALUE_BITS) <= (own & VALUE_BITS);
}
