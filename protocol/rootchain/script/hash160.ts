import { ripemd160 as ripemd160Family } from "@noble/hashes/legacy.js";
import { sha256 } from "../../crypto/hash.ts";

/** Length of a RIPEMD-160 digest in bytes. */
export const HASH160_BYTES = 20;

// Resetting one hasher from its initial state costs less than creating one for each digest; nothing here yields.
const initialState = ripemd160Family.create();
const hasher = ripemd160Family.create();

/** @returns the 20 bytes of RIPEMD-160, fresh */
export function ripemd160(bytes: Uint8Array): Uint8Array {
  initialState._cloneInto(hasher);
  const digest = new Uint8Array(HASH160_BYTES);
  hasher.update(bytes).digestInto(digest);
  return digest;
}

/** @returns the 20 bytes of RIPEMD-160 over SHA-256, by which keys and scripts are paid; fresh */
export function hash160(bytes: Uint8Array): Uint8Array {
  return ripemd160(sha256(bytes));
}
