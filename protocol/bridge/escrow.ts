import { Reader, Writer } from "../core/codec.ts";
import type { Hash } from "../core/ids.ts";
import { hashTagged } from "../crypto/hash.ts";
import { BridgeEntry } from "./entry-kind.ts";

const scratch = new Writer();

/**
 * @param chainId of the subchain
 * @param token that is held there, away from its home
 * @returns the key of the amount among the rootchain's entries
 */
export function escrowKey(chainId: number, token: number): Hash {
  return hashTagged("orrery/escrow", scratch.u32(chainId).u32(token).finish());
}

/** @returns the entry that holds what is outstanding of a token on a subchain; it names both, so that it can be summed up */
export function encodeEscrow(chainId: number, token: number, amount: bigint): Uint8Array {
  return scratch.u8(BridgeEntry.escrow).u32(chainId).u32(token).u128(amount).finish();
}

/** @returns the escrow that an entry holds, or null when it holds none; never throws */
export function decodeEscrow(bytes: Uint8Array): { chainId: number; token: number; amount: bigint } | null {
  const reader = new Reader(bytes);
  if (reader.u8() !== BridgeEntry.escrow) reader.fail();
  const escrow = { chainId: reader.u32(), token: reader.u32(), amount: reader.u128() };
  return reader.complete() ? escrow : null;
}
