import type { Hash } from "../core/ids.ts";
import { hashTagged } from "../crypto/hash.ts";

/** @returns the account address of a public key */
export function addressOf(publicKey: Uint8Array): Hash {
  return hashTagged("orrery/address", publicKey);
}
