import type { Hash } from "../core/ids.ts";
import { hashTagged, hashToBytes } from "../crypto/hash.ts";
import { leafDigest } from "../crypto/merkle.ts";

/**
 * What a header's state root commits to.
 *
 * @param ledgerRoot root of the map that holds every entry of the chain's ledger
 * @param rotationRoot who may sign what follows
 */
export function stateRootOf(ledgerRoot: Hash, rotationRoot: Hash): Hash {
  return hashTagged("orrery/state", hashToBytes(ledgerRoot), hashToBytes(rotationRoot));
}

/** @returns the leaf of a header's execution tree for one ledger root */
export function executionLeaf(ledgerRoot: Hash): Uint8Array {
  return leafDigest(hashToBytes(ledgerRoot));
}
