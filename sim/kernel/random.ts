import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import seedrandom from "seedrandom";

/** A named stream of pseudo-random numbers. */
export interface RandomStream {
  /** @returns an unsigned 32-bit number */
  uint32(): number;
  /** @returns an integer in 0 … bound − 1. @param bound at most 2^32 */
  below(bound: number): number;
  /** @returns a number in [0, 1) with 53 bits */
  unit(): number;
}

/** Seed and label as one string that no other pair makes. */
function labelled(seed: string, label: string): string {
  return `${seed.length}:${seed}/${label}`;
}

/**
 * Opens the stream of one purpose and entity; no other stream is shifted by how much of it is drawn.
 *
 * @param label "purpose/entity"
 */
export function stream(seed: string, label: string): RandomStream {
  const generator = seedrandom.xor4096(labelled(seed, label));
  return {
    uint32: () => generator.int32() >>> 0,
    below: (bound) => Math.floor(generator.double() * bound),
    unit: () => generator.double(),
  };
}

/** @returns 32 bytes for key material, all of them derived from seed and label */
export function deriveSeed(seed: string, label: string): Uint8Array {
  return sha256(utf8ToBytes(labelled(seed, label)));
}

/** @returns a 32-bit key for `mix` */
export function mixKey(seed: string, label: string): number {
  const bytes = deriveSeed(seed, label);
  return new DataView(bytes.buffer, bytes.byteOffset).getInt32(0, true);
}

/** Takes one more 32-bit word into a mixing state (the round of MurmurHash3). */
export function absorb(state: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  const h = state ^ k;
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
}

/** Spreads every bit of a mixing state over the result (MurmurHash3's finalizer). @returns an unsigned 32-bit number */
export function finish(state: number): number {
  let h = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/**
 * A counter-based random number: the same words always give the same one, and none depends on another draw.
 *
 * @returns an unsigned 32-bit number
 */
export function mix(key: number, a: number, b: number, c: number, d: number): number {
  return finish(absorb(absorb(absorb(absorb(key, a), b), c), d));
}
