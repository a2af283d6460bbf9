import { equalBytes } from "@noble/curves/utils.js";
import { assert } from "../core/assert.ts";
import { HASH_BYTES, sha256, sha256Prefixed } from "./hash.ts";

// Prefixes of leaves and inner nodes, so that neither can pass for the other. Source: RFC 9162, section 2.1.1.
const LEAF_PREFIX = Uint8Array.of(0x00);
const NODE_PREFIX = 0x01;

/** Most leaves of a tree, so that indices fit the 32-bit integer operators. */
export const MAX_MERKLE_LEAVES = 0x7fffffff;

/** Root of the tree without leaves: the hash of no bytes. Source: RFC 9162, section 2.1.1. */
export const EMPTY_MERKLE_ROOT: Uint8Array = sha256(new Uint8Array());

/** Sibling digests of 32 bytes each, from the lowest upwards. */
export type MerkleProof = readonly Uint8Array[];

/** @returns the digest under which a leaf's data enters its tree. Source: RFC 9162, section 2.1.1. */
export function leafDigest(data: Uint8Array): Uint8Array {
  return sha256Prefixed(LEAF_PREFIX, data);
}

const nodePreimage = new Uint8Array(1 + 2 * HASH_BYTES);
nodePreimage[0] = NODE_PREFIX;

function nodeDigest(left: Uint8Array, right: Uint8Array): Uint8Array {
  nodePreimage.set(left, 1);
  nodePreimage.set(right, 1 + HASH_BYTES);
  return sha256(nodePreimage);
}

/**
 * Root of a tree: each left subtree is the largest full one, and no leaf is duplicated.
 *
 * @param leaves from {@link leafDigest}, in order
 * Source: RFC 9162, section 2.1.1.
 */
export function merkleRoot(leaves: readonly Uint8Array[]): Uint8Array {
  assert(leaves.length <= MAX_MERKLE_LEAVES, "a Merkle tree has at most 2^31 - 1 leaves");
  return leaves.length === 0 ? EMPTY_MERKLE_ROOT : rangeRoot(leaves, 0, leaves.length);
}

function rangeRoot(leaves: readonly Uint8Array[], start: number, end: number): Uint8Array {
  if (end - start === 1) return leaves[start] as Uint8Array;
  const split = splitOf(start, end);
  return nodeDigest(rangeRoot(leaves, start, split), rangeRoot(leaves, split, end));
}

/** @returns where the right child of [start, end) begins: the largest power of two below its size, after `start` */
function splitOf(start: number, end: number): number {
  return start + (1 << (31 - Math.clz32(end - start - 1)));
}

/** @returns digests one after the other, as {@link MerkleTree} takes them */
export function packDigests(digests: readonly Uint8Array[]): Uint8Array {
  const packed = new Uint8Array(HASH_BYTES * digests.length);
  for (const [place, digest] of digests.entries()) packed.set(digest, HASH_BYTES * place);
  return packed;
}

function digestAt(packed: Uint8Array, place: number): Uint8Array {
  return packed.subarray(HASH_BYTES * place, HASH_BYTES * (place + 1));
}

/** @returns the parents of a level, two of which share one; a last one without a sibling moves up unchanged */
function levelAbove(level: Uint8Array): Uint8Array {
  const size = level.length / HASH_BYTES;
  const above = new Uint8Array(HASH_BYTES * Math.ceil(size / 2));
  for (let place = 0; place < size; place += 2) {
    const left = digestAt(level, place);
    above.set(place + 1 < size ? nodeDigest(left, digestAt(level, place + 1)) : left, HASH_BYTES * (place / 2));
  }
  return above;
}

/** The digests of a whole tree, hashed once for all proofs of its leaves. */
export class MerkleTree {
  /** From the leaves up to the root. */
  readonly #levels: Uint8Array[];

  /** @param leaves from {@link leafDigest}, in order and packed; kept */
  constructor(leaves: Uint8Array) {
    this.#levels = [leaves];
    for (let top = leaves; top.length > HASH_BYTES; this.#levels.push(top)) top = levelAbove(top);
  }

  /**
   * Proof that one leaf is in the tree.
   *
   * @throws InvariantError when there is no leaf `index`; always this project's fault
   * Source: RFC 9162, section 2.1.3.1.
   */
  proveInclusion(index: number): MerkleProof {
    assert(index >= 0 && HASH_BYTES * index < (this.#levels[0]?.length ?? 0), "the leaf to prove exists");
    const siblings: Uint8Array[] = [];
    let place = index;
    for (const level of this.#levels) {
      const sibling = place ^ 1;
      if (HASH_BYTES * sibling < level.length) siblings.push(digestAt(level, sibling).slice());
      place >>>= 1;
    }
    return siblings;
  }
}

/** Proof that one leaf is in a tree. @throws as {@link MerkleTree} does */
export function proveInclusion(leaves: readonly Uint8Array[], index: number): MerkleProof {
  return new MerkleTree(packDigests(leaves)).proveInclusion(index);
}

/** A claim that a leaf is in the tree of `size` leaves with that root. */
export interface InclusionClaim {
  readonly index: number;
  readonly size: number;
  readonly leaf: Uint8Array;
  readonly root: Uint8Array;
}

/**
 * Whether `proof` shows the claim; never throws.
 *
 * Source: RFC 9162, section 2.1.3.2.
 */
export function verifyInclusion(claim: InclusionClaim, proof: MerkleProof): boolean {
  const { index, size, leaf, root } = claim;
  if (!isCount(index) || !isCount(size) || index >= size) return false;
  if (!areDigests([leaf, root]) || !areDigests(proof)) return false;
  let node = index;
  let last = size - 1;
  let digest = leaf;
  for (const sibling of proof) {
    if (last === 0) return false;
    if ((node & 1) === 1 || node === last) {
      digest = nodeDigest(sibling, digest);
      // A node without a right sibling moves up unchanged until it is a right child.
      const levels = levelsToRightChild(node);
      node >>>= levels;
      last >>>= levels;
    } else {
      digest = nodeDigest(digest, sibling);
    }
    node >>>= 1;
    last >>>= 1;
  }
  return last === 0 && equalBytes(digest, root);
}

/** @returns for a position above 0, how many levels up its ancestor is a right child: its trailing zero bits */
function levelsToRightChild(position: number): number {
  return 31 - Math.clz32(position & -position);
}

/**
 * Proof that the tree of the first `oldSize` leaves is a beginning of the tree of all.
 *
 * @param oldSize 1 … leaves.length
 * @throws InvariantError for another size; always this project's fault
 * Source: RFC 9162, section 2.1.4.1.
 */
export function proveConsistency(leaves: readonly Uint8Array[], oldSize: number): MerkleProof {
  assert(oldSize >= 1 && oldSize <= leaves.length, "the older tree is a beginning of the newer");
  const proof: Uint8Array[] = [];
  let start = 0;
  let end = leaves.length;
  while (oldSize < end) {
    const split = splitOf(start, end);
    const isLeft = oldSize <= split;
    proof.push(isLeft ? rangeRoot(leaves, split, end) : rangeRoot(leaves, start, split));
    if (isLeft) end = split;
    else start = split;
  }
  // The old root itself is known to the verifier; another full subtree at the old tree's edge is not.
  if (start > 0) proof.push(rangeRoot(leaves, start, end));
  return proof.reverse();
}

/** A claim that leaves [start, end) of the tree of `size` leaves hash to `subtreeRoot`. */
export interface SubtreeClaim {
  readonly start: number;
  readonly end: number;
  readonly size: number;
  readonly subtreeRoot: Uint8Array;
  readonly root: Uint8Array;
}

/** Whether [start, end) is a non-empty subtree: `start` is a multiple of the least power of two that holds its leaves. */
export function isSubtree(start: number, end: number): boolean {
  if (!isCount(start) || !isCount(end) || start >= end) return false;
  const levels = 32 - Math.clz32(end - start - 1);
  return (start >>> levels) << levels === start;
}

/**
 * Whether `proof` shows the claim; never throws. With start 0 it is the consistency proof of RFC 9162, section 2.1.4.2.
 * An empty range needs no proof beyond the empty root.
 *
 * Source: draft-ietf-plants-merkle-tree-certs, "Verifying a Subtree Consistency Proof".
 */
export function verifyConsistency(claim: SubtreeClaim, proof: MerkleProof): boolean {
  const { start, end, size, subtreeRoot, root } = claim;
  if (!isCount(start) || !isCount(size) || !(end <= size)) return false;
  if (!areDigests([subtreeRoot, root]) || !areDigests(proof)) return false;
  if (start === end) return proof.length === 0 && equalBytes(subtreeRoot, EMPTY_MERKLE_ROOT);
  if (!isSubtree(start, end)) return false;
  // Climb to the largest full subtree at the right edge of [start, end): all of it, when it is full or ends the tree.
  const span = 32 - Math.clz32(start ^ (end - 1));
  const climb = end === size ? span : Math.min(span, levelsToRightChild(end));
  let [first, last, top] = [start >>> climb, (end - 1) >>> climb, (size - 1) >>> climb];
  const isWhole = first === last;
  const [seed, ...rest] = isWhole ? [subtreeRoot, ...proof] : proof;
  if (seed === undefined) return false;
  let subtreeDigest = seed;
  let digest = seed;
  for (const sibling of rest) {
    if (top === 0) return false;
    if ((last & 1) === 1 || last === top) {
      if (first < last) subtreeDigest = nodeDigest(sibling, subtreeDigest);
      digest = nodeDigest(sibling, digest);
      const levels = levelsToRightChild(last);
      [first, last, top] = [first >>> levels, last >>> levels, top >>> levels];
    } else {
      digest = nodeDigest(digest, sibling);
    }
    [first, last, top] = [first >>> 1, last >>> 1, top >>> 1];
  }
  return top === 0 && equalBytes(subtreeDigest, subtreeRoot) && equalBytes(digest, root);
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= MAX_MERKLE_LEAVES;
}

function areDigests(values: readonly Uint8Array[]): boolean {
  return values.every((value) => value.length === HASH_BYTES);
}
