import { Reader, Writer } from "../core/codec.ts";
import type { Hash } from "../core/ids.ts";
import { hashTagged } from "../crypto/hash.ts";
import { BridgeEntry } from "./entry-kind.ts";
import { rememberingPairs } from "./key-cache.ts";
import { MAX_AMOUNT } from "./limits.ts";
import type { BridgeWorkspace } from "./workspace-port.ts";

const scratch = new Writer();

/**
 * @param chainId of the subchain
 * @param token that is held there, away from its home
 * @returns the key of the amount among the rootchain's entries
 */
export const escrowKey = rememberingPairs((chainId: number, token: number): Hash => {
  return hashTagged("orrery/escrow", scratch.u32(chainId).u32(token).finish());
});

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

/** The entries that escrows are kept in. */
type Entries = Pick<BridgeWorkspace, "get" | "set" | "delete">;

/** @returns what is outstanding of a token on a subchain */
export function escrowOf(entries: Pick<Entries, "get">, chainId: number, token: number): bigint {
  const entry = entries.get(escrowKey(chainId, token));
  const escrow = entry === undefined ? null : decodeEscrow(entry);
  return escrow?.amount ?? 0n;
}

function setEscrow(entries: Entries, chainId: number, token: number, amount: bigint): void {
  const key = escrowKey(chainId, token);
  if (amount === 0n) entries.delete(key);
  else entries.set(key, encodeEscrow(chainId, token, amount));
}

/**
 * Takes out of a subchain's escrow what leaves it. A chain's own token is not counted at home: there it can be minted, and what
 * that is worth is the business of who accepts it (S6).
 *
 * @returns false, with nothing changed, when more would leave than came in (S9)
 */
export function takeFromEscrow(entries: Entries, chainId: number, token: number, amount: bigint): boolean {
  if (token === chainId) return true;
  const held = escrowOf(entries, chainId, token);
  if (held < amount) return false;
  setEscrow(entries, chainId, token, held - amount);
  return true;
}

/** @returns whether an amount more of a token may come to a subchain; foreign mints are unbounded, entries are not */
export function fitsEscrow(entries: Pick<Entries, "get">, chainId: number, token: number, amount: bigint): boolean {
  return token === chainId || escrowOf(entries, chainId, token) + amount <= MAX_AMOUNT;
}

/** Adds to a subchain's escrow what comes to it. @param amount one that {@link fitsEscrow} */
export function addToEscrow(entries: Entries, chainId: number, token: number, amount: bigint): void {
  if (token === chainId) return;
  setEscrow(entries, chainId, token, escrowOf(entries, chainId, token) + amount);
}
