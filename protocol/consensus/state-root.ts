import { Writer } from "../core/codec.ts";
import type { Hash } from "../core/ids.ts";
import { bytesToHash, hashTagged, hashToBytes } from "../crypto/hash.ts";
import { leafDigest, merkleRoot } from "../crypto/merkle.ts";

/** The last one, which is often asked for again: many entries are proven under one header. */
let last: { readonly ledgerRoot: Hash; readonly rotationRoot: Hash; readonly stateRoot: Hash } | null = null;

/**
 * What a header's state root commits to.
 *
 * @param ledgerRoot root of the map that holds every entry of the chain's ledger
 * @param rotationRoot who may sign what follows
 */
export function stateRootOf(ledgerRoot: Hash, rotationRoot: Hash): Hash {
  if (last?.ledgerRoot === ledgerRoot && last.rotationRoot === rotationRoot) return last.stateRoot;
  const stateRoot = hashTagged("orrery/state", hashToBytes(ledgerRoot), hashToBytes(rotationRoot));
  last = { ledgerRoot, rotationRoot, stateRoot };
  return stateRoot;
}

/** @returns the leaf of a header's execution tree for one ledger root */
export function executionLeaf(ledgerRoot: Hash): Uint8Array {
  return leafDigest(hashToBytes(ledgerRoot));
}

const scratch = new Writer();

/**
 * What a header commits to about its transactions' effects (S8). The count of transactions is part of it: a branch of a Merkle
 * tree shows a leaf's place only to who knows the size of the tree.
 *
 * @param transactions in the block
 * @param tree Merkle root over the ledger's roots before and after each of them, one more than there are transactions
 */
export function executionRootOf(transactions: number, tree: Hash): Hash {
  return hashTagged("orrery/execution", scratch.u32(transactions).hash(tree).finish());
}

/** @returns the execution tree's root over its leaves */
export function executionTreeOf(leaves: readonly Uint8Array[]): Hash {
  return bytesToHash(merkleRoot(leaves));
}
