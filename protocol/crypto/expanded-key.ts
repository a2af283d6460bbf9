import { sha512 } from "@noble/hashes/sha2.js";
import { perKeyPair } from "./per-key-pair.ts";

/** What RFC 8032, section 5.1.5, derives from the seed. */
export interface ExpandedKey {
  readonly publicKey: Uint8Array;
  /** The clamped secret scalar, 32 little-endian bytes, not reduced. */
  readonly scalar: Uint8Array;
  /** The secret that nonces are derived from. */
  readonly prefix: Uint8Array;
}

/** @returns the expanded form of a key pair, derived once */
export const expandKey = perKeyPair(({ publicKey, secretKey }): ExpandedKey => {
  const digest = sha512(secretKey);
  const scalar = digest.slice(0, 32);
  scalar[0] = (scalar[0] as number) & 0xf8;
  scalar[31] = ((scalar[31] as number) & 0x7f) | 0x40;
  return { publicKey, scalar, prefix: digest.slice(32) };
});
