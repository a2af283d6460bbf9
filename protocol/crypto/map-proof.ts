import type { Hash } from "../core/ids.ts";
import { bytesToHash, digestTagged, HASH_BYTES, hashTagged, hashToBytes, nibbleAt, sha256 } from "./hash.ts";

/** Bits of a key; bit 0 is the most significant of its first byte. */
export const KEY_BITS = 8 * HASH_BYTES;

/** Root of the map without entries. */
export const EMPTY_MAP_ROOT: Hash = hashTagged("orrery/map-empty");

/**
 * The way from a key's place in a map up to the root.
 *
 * As a key's bits alone decide the way down, the leaf in its place is the key's own, or shows that the key is absent.
 */
export interface MapProof {
  /** The other leaf in the key's place; null when the key is present or the map is empty. */
  readonly other: { readonly key: Hash; readonly valueDigest: Uint8Array } | null;
  /** From the lowest branch upwards: the bit it splits at and its other child. */
  readonly steps: readonly { readonly bit: number; readonly sibling: Uint8Array }[];
}

/** @returns the bit of `key` at `index`, 0 … KEY_BITS − 1 */
export function bitAt(key: Hash, index: number): number {
  return (nibbleAt(key, index >> 2) >> (3 - (index & 3))) & 1;
}

/** @returns the index of the first bit in which two keys differ, KEY_BITS for equal ones */
export function firstDifference(left: Hash, right: Hash): number {
  let digit = 0;
  while (digit < left.length && left.charCodeAt(digit) === right.charCodeAt(digit)) digit++;
  if (digit === left.length) return KEY_BITS;
  return 4 * digit + Math.clz32(nibbleAt(left, digit) ^ nibbleAt(right, digit)) - 28;
}

export const MAP_LEAF_TAG = "orrery/map-leaf";
export const MAP_BRANCH_TAG = "orrery/map-branch";

/** @returns the digest of a leaf, which commits to its whole key and to its value's digest */
export function mapLeafDigest(key: Hash, valueDigest: Uint8Array): Uint8Array {
  return digestTagged(MAP_LEAF_TAG, hashToBytes(key), valueDigest);
}

const branchPreimage = new Uint8Array(1 + 2 * HASH_BYTES);

/** @returns the digest of a branch, which commits to the bit it splits at */
export function mapBranchDigest(bit: number, left: Uint8Array, right: Uint8Array): Uint8Array {
  branchPreimage[0] = bit;
  branchPreimage.set(left, 1);
  branchPreimage.set(right, 1 + HASH_BYTES);
  return digestTagged(MAP_BRANCH_TAG, branchPreimage);
}

/** What was last found of a proof: the same one, with the very same value, leads to the same root for all who are given it. */
const judged = new WeakMap<MapProof, { key: Hash; value: Uint8Array | undefined; root: Hash | null }>();

/** A proof as a map has made it of what it holds. It leads to that map's root: who is given this very object need not climb. */
export class OwnProof implements MapProof {
  readonly other: MapProof["other"];
  readonly steps: MapProof["steps"];
  readonly #key: Hash;
  readonly #value: Uint8Array | undefined;
  readonly #root: Hash;

  constructor(proof: MapProof, { key, value, root }: { key: Hash; value: Uint8Array | undefined; root: Hash }) {
    this.other = proof.other;
    this.steps = proof.steps;
    this.#key = key;
    this.#value = value;
    this.#root = root;
  }

  /** What the map holds for the key; undefined where that is absent. */
  get value(): Uint8Array | undefined {
    return this.#value;
  }

  /** @returns the map's root, or null for another claim than the proof was made for */
  rootFor(key: Hash, value: Uint8Array | undefined): Hash | null {
    return key === this.#key && value === this.#value ? this.#root : null;
  }
}

/**
 * The only root under which `proof` shows what a map holds for a key; never throws.
 *
 * @param value undefined claims that the key is absent
 * @returns null when the proof fits no map
 */
export function mapProofRoot(key: Hash, value: Uint8Array | undefined, proof: MapProof): Hash | null {
  const own = proof instanceof OwnProof ? proof.rootFor(key, value) : null;
  if (own !== null) return own;
  const known = judged.get(proof);
  if (known?.key === key && known.value === value) return known.root;
  const root = computeRoot(key, value, proof);
  judged.set(proof, { key, value, root });
  return root;
}

function computeRoot(key: Hash, value: Uint8Array | undefined, proof: MapProof): Hash | null {
  const leaf = leafInPlace(key, value, proof);
  if (leaf === null) {
    const isEmpty = value === undefined && proof.other === null && proof.steps.length === 0;
    return isEmpty ? EMPTY_MAP_ROOT : null;
  }
  const top = climb(key, leaf, proof.steps);
  return top === null ? null : bytesToHash(top);
}

/** Whether `proof` shows what the map of that root holds for a key; as {@link mapProofRoot}. */
export function verifyMapProof(root: Hash, key: Hash, value: Uint8Array | undefined, proof: MapProof): boolean {
  return mapProofRoot(key, value, proof) === root;
}

/** @returns the digest at the end of the steps upwards from a node in a key's place, null where no map has such steps */
export function climb(key: Hash, node: Uint8Array, steps: MapProof["steps"]): Uint8Array | null {
  let digest = node;
  let below = KEY_BITS;
  for (const { bit, sibling } of steps) {
    if (!Number.isInteger(bit) || bit < 0 || bit >= below || sibling.length !== HASH_BYTES) return null;
    digest = bitAt(key, bit) === 1 ? mapBranchDigest(bit, sibling, digest) : mapBranchDigest(bit, digest, sibling);
    below = bit;
  }
  return digest;
}

/** @returns the digest of the leaf that the proof starts from, null when there is none */
function leafInPlace(key: Hash, value: Uint8Array | undefined, { other }: MapProof): Uint8Array | null {
  if (value !== undefined) return other === null ? mapLeafDigest(key, sha256(value)) : null;
  return other === null || other.key === key ? null : mapLeafDigest(other.key, other.valueDigest);
}
