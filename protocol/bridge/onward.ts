import type { Reader, Writer } from "../core/codec.ts";
import { type Hash, ZERO_HASH } from "../core/ids.ts";
import { hashToBytes } from "../crypto/hash.ts";
import { decodeOwnLock, decodeTokenBalance } from "../subchain/entries.ts";
import type { CrossTransfer } from "./cross-transfer.ts";

/** Where a token that the rootchain does not hold goes when it leaves a dead chain: to the same account on another subchain. */
export interface Onward {
  readonly destinationChain: number;
  /** Earned by whoever delivers it there, in that token; base units. */
  readonly deliveryFee: bigint;
}

/** An expiry that never comes: what left a dead chain has nowhere to go back to. */
export const NEVER_US = Number.MAX_SAFE_INTEGER;

const NO_BYTES = new Uint8Array(0);

/** Appends the canonical encoding. */
export function writeOnward(writer: Writer, onward: Onward | null): void {
  writer.u8(onward === null ? 0 : 1);
  if (onward !== null) writer.u32(onward.destinationChain).u128(onward.deliveryFee);
}

/** Reads where an exit goes on to; null where it ends on the rootchain. */
export function readOnward(reader: Reader): Onward | null {
  const flag = reader.u8();
  if (flag > 1) reader.fail();
  return flag === 0 ? null : { destinationChain: reader.u32(), deliveryFee: reader.u128() };
}

/** @returns the token and amount that an entry of a dead chain's ledger takes on to another one, null where it is none of that kind */
function worthOf(entry: Uint8Array): { readonly token: number; readonly amount: bigint } | null {
  const held = decodeTokenBalance(entry);
  if (held !== null) return { token: held.token, amount: held.balance };
  const transfer = decodeOwnLock(entry)?.transfer;
  return transfer === undefined ? null : { token: transfer.token, amount: transfer.amount };
}

/**
 * The transfer that an exit to another subchain begins. Its source is the rootchain, which alone knows that the chain is dead;
 * it follows from the exit's bytes, so that the destination can read it from them.
 *
 * @param exit.owner account that leaves, and that receives
 * @param exit.entry of the dead chain's ledger
 * @returns null when the entry holds nothing that goes on
 */
export function onwardTransfer(
  rootChain: number,
  { owner, entry, onward }: { owner: Hash; entry: Uint8Array; onward: Onward },
): CrossTransfer | null {
  const worth = worthOf(entry);
  if (worth === null || worth.amount <= onward.deliveryFee) return null;
  return {
    token: worth.token,
    sourceChain: rootChain,
    destinationChain: onward.destinationChain,
    amount: worth.amount,
    receiver: hashToBytes(owner),
    dataHash: ZERO_HASH,
    rootExpiryUs: NEVER_US,
    destinationExpiryUs: NEVER_US,
    relockFee: 0n,
    deliveryFee: onward.deliveryFee,
    fallback: NO_BYTES,
  };
}
