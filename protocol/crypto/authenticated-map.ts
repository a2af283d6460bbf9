import { ownBytes } from "../core/codec.ts";
import type { Hash } from "../core/ids.ts";
import { bytesToHash, sha256 } from "./hash.ts";
import { Branch, digestOf, Leaf, type MapNode } from "./map-nodes.ts";
import { bitAt, EMPTY_MAP_ROOT, firstDifference, KEY_BITS, OwnProof } from "./map-proof.ts";

/** Proofs that one version of a map keeps. */
const MAX_KEPT_PROOFS = 1024;

/**
 * A persistent map from hashes to bytes under a Merkle root.
 *
 * A binary trie that branches only where two keys differ: its shape, and so its root, depends on the entries alone and not
 * on their history. Versions share all they have in common; an update copies one path, and digests wait until a root is asked for.
 */
export class AuthenticatedMap {
  static readonly #empty = new AuthenticatedMap(null, 0);

  /** Number of entries. */
  readonly size: number;
  readonly #top: MapNode | null;
  /** Proofs by key: everybody asks for the same ones. */
  #proofs: Map<Hash, OwnProof> | null = null;
  #token: object | null = null;
  /** What was found last: whoever reads an entry writes it next, and all nodes read it for the same transaction. */
  #found: Leaf | null = null;

  private constructor(top: MapNode | null, size: number) {
    this.#top = top;
    this.size = size;
  }

  static empty(): AuthenticatedMap {
    return AuthenticatedMap.#empty;
  }

  get root(): Hash {
    return this.#top === null ? EMPTY_MAP_ROOT : bytesToHash(digestOf(this.#top));
  }

  /** Stands for this version, and no other, with whoever shall remember it without keeping its entries. */
  get token(): object {
    this.#token ??= {};
    return this.#token;
  }

  get(key: Hash): Uint8Array | undefined {
    const leaf = this.#leafInPlace(key);
    return leaf?.key === key ? leaf.value : undefined;
  }

  /** @param value kept, and must not be changed afterwards */
  set(key: Hash, value: Uint8Array): AuthenticatedMap {
    const leaf = new Leaf(key, ownBytes(value));
    const inPlace = this.#leafInPlace(key);
    if (this.#top === null || inPlace === null) return new AuthenticatedMap(leaf, 1);
    const bit = firstDifference(key, inPlace.key);
    return new AuthenticatedMap(insert(this.#top, leaf, bit), bit === KEY_BITS ? this.size : this.size + 1);
  }

  delete(key: Hash): AuthenticatedMap {
    if (this.#top === null || this.get(key) === undefined) return this;
    return new AuthenticatedMap(remove(this.#top, key), this.size - 1);
  }

  /** @returns all entries in ascending order of their keys */
  *entries(): Generator<[Hash, Uint8Array]> {
    const waiting: MapNode[] = this.#top === null ? [] : [this.#top];
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      if (node instanceof Leaf) yield [node.key, node.value];
      else waiting.push(node.right, node.left);
    }
  }

  /**
   * What is not as it was in another version; what both share is passed over, so that the cost goes by the changes.
   *
   * @returns in no order to rely on, each key once
   */
  *changesSince(older: AuthenticatedMap): Generator<EntryChangeSince> {
    const pairs: [MapNode | null, MapNode | null][] = [[older.#top, this.#top]];
    for (let pair = pairs.pop(); pair !== undefined; pair = pairs.pop()) {
      const [before, after] = pair;
      if (before === after) continue;
      if (before instanceof Branch || after instanceof Branch) pairs.push(...alignedChildren(before, after));
      else if (before?.key === after?.key) yield changeOf(before, after);
      else {
        if (before !== null) yield changeOf(before, null);
        if (after !== null) yield changeOf(null, after);
      }
    }
  }

  /** @returns the proof of what `get` returns for `key`, for {@link verifyMapProof} */
  prove(key: Hash): OwnProof {
    const known = this.#proofs?.get(key);
    if (known !== undefined) return known;
    const proof = this.#prove(key);
    this.#proofs ??= new Map();
    if (this.#proofs.size < MAX_KEPT_PROOFS) this.#proofs.set(key, proof);
    return proof;
  }

  /** Gives up the proofs that were made so far: of an older version few are asked for any more. */
  forgetProofs(): void {
    this.#proofs = null;
  }

  #prove(key: Hash): OwnProof {
    const steps: { bit: number; sibling: Uint8Array }[] = [];
    let node = this.#top;
    while (node instanceof Branch) {
      steps.push({ bit: node.bit, sibling: digestOf(node.sibling(key)) });
      node = node.child(key);
    }
    const [held, foreign] = node?.key === key ? [node, null] : [null, node];
    const other = foreign === null ? null : { key: foreign.key, valueDigest: sha256(foreign.value) };
    return new OwnProof({ other, steps: steps.reverse() }, { key, value: held?.value, root: this.root });
  }

  /** @returns the only leaf that `key` could be, if it is present */
  #leafInPlace(key: Hash): Leaf | null {
    if (this.#found?.key === key) return this.#found;
    let node = this.#top;
    while (node instanceof Branch) node = node.child(key);
    this.#found = node;
    return node;
  }
}

/** An entry that differs between two versions; undefined where it is absent. */
export interface EntryChangeSince {
  readonly key: Hash;
  readonly before: Uint8Array | undefined;
  readonly after: Uint8Array | undefined;
}

function changeOf(before: Leaf | null, after: Leaf | null): EntryChangeSince {
  const { key } = (before ?? after) as Leaf;
  return { key, before: before?.value, after: after?.value };
}

function anyKey(node: MapNode): Hash {
  let leaf = node;
  while (leaf instanceof Branch) leaf = leaf.left;
  return leaf.key;
}

/** The bit that a place splits at; a leaf's never. */
function bitOf(node: MapNode | null): number {
  return node instanceof Branch ? node.bit : KEY_BITS;
}

/** @returns what stands in the places below of two versions of one place, at least one of them a branch */
function alignedChildren(before: MapNode | null, after: MapNode | null): [MapNode | null, MapNode | null][] {
  const bit = Math.min(bitOf(before), bitOf(after));
  const sides = (node: MapNode | null): [MapNode | null, MapNode | null] => {
    if (node instanceof Branch && node.bit === bit) return [node.left, node.right];
    if (node === null) return [null, null];
    // All keys of a place that splits later are on one side of this bit.
    return bitAt(anyKey(node), bit) === 1 ? [null, node] : [node, null];
  };
  const [older, newer] = [sides(before), sides(after)];
  return [
    [older[0], newer[0]],
    [older[1], newer[1]],
  ];
}

/** @param bit the first at which the leaf differs from all keys in its place; KEY_BITS replaces an entry */
function insert(node: MapNode, leaf: Leaf, bit: number): MapNode {
  if (node instanceof Branch && node.bit < bit) {
    return node.withChild(leaf.key, insert(node.child(leaf.key), leaf, bit));
  }
  if (bit === KEY_BITS) return leaf;
  return bitAt(leaf.key, bit) === 1 ? new Branch(bit, node, leaf) : new Branch(bit, leaf, node);
}

/** @param key present below `node` @returns null when nothing is left */
function remove(node: MapNode, key: Hash): MapNode | null {
  if (node instanceof Leaf) return null;
  const child = remove(node.child(key), key);
  return child === null ? node.sibling(key) : node.withChild(key, child);
}
