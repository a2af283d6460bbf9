import { Reader } from "../../../protocol/core/codec.ts";
import type { AuthenticatedMap } from "../../../protocol/crypto/authenticated-map.ts";

// First bytes of the entries of a subchain's ledger that hold value.
const ACCOUNT = 1;
const BURNED = 2;
const TOKEN = 3;
const REWARD_POOL = 11;

/**
 * Adds up what a subchain's ledger holds: accounts, what was burned and what is yet to be paid out count for the chain's native
 * token, balances of other tokens for theirs.
 *
 * @returns base units by token
 */
export function heldIn(entries: AuthenticatedMap, nativeToken: number): Map<number, bigint> {
  const held = new Map<number, bigint>([[nativeToken, 0n]]);
  for (const [, entry] of entries.entries()) {
    const worth = worthOf(entry, nativeToken);
    if (worth !== null) held.set(worth.token, (held.get(worth.token) ?? 0n) + worth.amount);
  }
  return held;
}

/** @returns the value in one entry of a subchain's ledger, null where it holds none */
export function worthOf(
  entry: Uint8Array,
  nativeToken: number,
): { readonly token: number; readonly amount: bigint } | null {
  const reader = new Reader(entry);
  const kind = reader.u8();
  const isNative = kind === ACCOUNT || kind === BURNED || kind === REWARD_POOL;
  if (!isNative && kind !== TOKEN) return null;
  return { token: isNative ? nativeToken : reader.u32(), amount: reader.u128() };
}
