import { sha512 } from "@noble/hashes/sha2.js";
import type { KeyPair } from "./signed-object.ts";

/** What RFC 8032, section 5.1.5, derives from the seed. */
export interface ExpandedKey {
  readonly publicKey: Uint8Array;
  /** The clamped secret scalar, 32 little-endian bytes, not reduced. */
  readonly scalar: Uint8Array;
  /** The secret that nonces are derived from. */
  readonly prefix: Uint8Array;
}

// Held no longer than the key pair itself, so the number of entries is bounded by the keys in use.
const expandedKeys = new WeakMap<KeyPair, ExpandedKey>();

/** @returns the expanded form of a key pair, derived once */
export function expandKey(keyPair: KeyPair): ExpandedKey {
  const known = expandedKeys.get(keyPair);
  if (known !== undefined) return known;
  const digest = sha512(keyPair.secretKey);
  const scalar = digest.slice(0, 32);
  scalar[0] = (scalar[0] as number) & 0xf8;
  scalar[31] = ((scalar[31] as number) & 0x7f) | 0x40;
  const expanded = { publicKey: keyPair.publicKey, scalar, prefix: digest.slice(32) };
  expandedKeys.set(keyPair, expanded);
  return expanded;
}
