import type { Hash } from "../core/ids.ts";
import { bytesToHash, sha256 } from "./hash.ts";
import {
  bitAt,
  climb,
  EMPTY_MAP_ROOT,
  firstDifference,
  type MapProof,
  mapLeafDigest,
  verifyMapProof,
} from "./map-proof.ts";

/** What one entry of a map was, and what it becomes; undefined where it is absent. */
export interface EntryChange {
  readonly key: Hash;
  readonly before: Uint8Array | undefined;
  readonly after: Uint8Array | undefined;
}

function climbedRoot(key: Hash, node: Uint8Array, steps: MapProof["steps"]): Hash | null {
  const top = climb(key, node, steps);
  return top === null ? null : bytesToHash(top);
}

/** An absent key's leaf splits off the other leaf in its place, at the first bit in which their keys differ. */
function insertedRoot(key: Hash, leaf: Uint8Array, { other, steps }: MapProof): Hash | null {
  if (other === null) return bytesToHash(leaf);
  const bit = firstDifference(key, other.key);
  const place = steps.findIndex((step) => step.bit <= bit);
  const below = place < 0 ? steps : steps.slice(0, place);
  const above = place < 0 ? [] : steps.slice(place);
  // Under a true root, keys in one place agree in every bit that is branched at on the way to it.
  if (below.some((step) => bitAt(key, step.bit) !== bitAt(other.key, step.bit))) return null;
  const sibling = climb(key, mapLeafDigest(other.key, other.valueDigest), below);
  // A branch at this very bit would have led the two keys apart: climbing refuses a bit that is there twice.
  return sibling === null ? null : climbedRoot(key, leaf, [{ bit, sibling }, ...above]);
}

/** The sibling of a removed leaf takes the place of the branch between them. */
function removedRoot(key: Hash, { steps }: MapProof): Hash | null {
  const [lowest, ...rest] = steps;
  return lowest === undefined ? EMPTY_MAP_ROOT : climbedRoot(key, lowest.sibling, rest);
}

/**
 * The root of a map after one of its entries changed, found without the map. To change several entries, prove each under the
 * root that the one before it left.
 *
 * @param proof of what the map of `root` holds for the key before
 * @returns the root, or null when the proof does not show what was there before; never throws
 */
export function updatedRoot(root: Hash, { key, before, after }: EntryChange, proof: MapProof): Hash | null {
  if (!verifyMapProof(root, key, before, proof)) return null;
  if (after === undefined) return before === undefined ? root : removedRoot(key, proof);
  const leaf = mapLeafDigest(key, sha256(after));
  return before === undefined ? insertedRoot(key, leaf, proof) : climbedRoot(key, leaf, proof.steps);
}
