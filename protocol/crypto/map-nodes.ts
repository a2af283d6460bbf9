import type { Hash } from "../core/ids.ts";
import { beginTagged, HASH_BYTES, sha256Into, writeHash } from "./hash.ts";
import { bitAt, MAP_BRANCH_TAG, MAP_LEAF_TAG } from "./map-proof.ts";
import { DigestWords, writeWords } from "./sha256-engine.ts";

/** A place of an authenticated map: an entry, or two places below. */
export type MapNode = Leaf | Branch;

const keyBytes = new Uint8Array(HASH_BYTES);
const valueDigest = new DigestWords();

/** An entry. */
export class Leaf extends DigestWords {
  readonly key: Hash;
  readonly value: Uint8Array;
  #isHashed = false;

  constructor(key: Hash, value: Uint8Array) {
    super();
    this.key = key;
    this.value = value;
  }

  /** @returns itself, with its digest in its words; the same as `mapLeafDigest` */
  hashed(): this {
    if (this.#isHashed) return this;
    this.#isHashed = true;
    sha256Into(this.value, valueDigest);
    writeHash(this.key, keyBytes);
    const digest = beginTagged(MAP_LEAF_TAG);
    digest.feedU32(HASH_BYTES);
    digest.feed(keyBytes);
    digest.feedU32(HASH_BYTES);
    digest.feedWords(valueDigest);
    digest.finishInto(this);
    return this;
  }
}

const bitByte = new Uint8Array(1);

/** Keys below share all bits before `bit`; those with 0 there are on the left. */
export class Branch extends DigestWords {
  readonly bit: number;
  readonly left: MapNode;
  readonly right: MapNode;
  #isHashed = false;

  constructor(bit: number, left: MapNode, right: MapNode) {
    super();
    this.bit = bit;
    this.left = left;
    this.right = right;
  }

  /** @returns itself, with its digest in its words; the same as `mapBranchDigest` */
  hashed(): this {
    if (this.#isHashed) return this;
    this.#isHashed = true;
    const [left, right] = [this.left.hashed(), this.right.hashed()];
    bitByte[0] = this.bit;
    const digest = beginTagged(MAP_BRANCH_TAG);
    digest.feedU32(1 + 2 * HASH_BYTES);
    digest.feed(bitByte);
    digest.feedWords(left);
    digest.feedWords(right);
    digest.finishInto(this);
    return this;
  }

  /** @returns the child on the way of `key` */
  child(key: Hash): MapNode {
    return bitAt(key, this.bit) === 1 ? this.right : this.left;
  }

  sibling(key: Hash): MapNode {
    return bitAt(key, this.bit) === 1 ? this.left : this.right;
  }

  /** @returns this branch with another child on the way of `key` */
  withChild(key: Hash, child: MapNode): Branch {
    const isRight = bitAt(key, this.bit) === 1;
    return isRight ? new Branch(this.bit, this.left, child) : new Branch(this.bit, child, this.right);
  }
}

/** @returns the 32 bytes of a place's digest, fresh */
export function digestOf(node: MapNode): Uint8Array {
  const bytes = new Uint8Array(HASH_BYTES);
  writeWords(node.hashed(), bytes, 0);
  return bytes;
}
