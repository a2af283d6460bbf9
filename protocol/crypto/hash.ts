import { asciiToBytes, concatBytes } from "@noble/curves/utils.js";
import { assert } from "../core/assert.ts";
import { hashAt } from "../core/hex.ts";
import type { Hash } from "../core/ids.ts";
import { type DigestWords, HASH_BYTES, INITIAL_STATE, NobleSha256, type Sha256Engine } from "./sha256-engine.ts";

export { HASH_BYTES } from "./sha256-engine.ts";

/** Bound of the remembered tags; tags are literals of the source, so reaching it is a bug. */
const MAX_TAGS = 256;

const reference = new NobleSha256();
let engine: Sha256Engine = reference;
/** Tags by the state after them. */
const taggedStates = new Map<string, number>();

/** Has all further digests computed by another engine; whoever starts the program decides, and every engine gives the same bytes. */
export function useSha256(other: Sha256Engine = reference): void {
  if (other === engine) return;
  engine = other;
  taggedStates.clear();
}

/**
 * Plain SHA-256.
 *
 * @returns 32 fresh bytes
 */
export function sha256(bytes: Uint8Array): Uint8Array {
  engine.begin(INITIAL_STATE);
  engine.feed(bytes);
  return engine.finish();
}

/** SHA-256 of two byte strings as one. @returns 32 fresh bytes */
export function sha256Prefixed(prefix: Uint8Array, bytes: Uint8Array): Uint8Array {
  engine.begin(INITIAL_STATE);
  engine.feed(prefix);
  engine.feed(bytes);
  return engine.finish();
}

/**
 * Domain-separated SHA-256, injective in the tag and in the list of parts.
 *
 * The tag enters as in BIP 340: SHA-256(tag) twice, which fills the first block, so a repeated tag costs nothing. Each part
 * follows its length (32-bit, big-endian), so moving a boundary between parts changes the preimage.
 *
 * @param tag non-empty ASCII, a literal that names the kind of object
 * @returns 32 fresh bytes
 * Source: BIP 340, tagged hashes.
 */
export function digestTagged(tag: string, ...parts: readonly Uint8Array[]): Uint8Array {
  beginTagged(tag);
  for (const part of parts) {
    engine.feedU32(part.length);
    engine.feed(part);
  }
  return engine.finish();
}

/**
 * Domain-separated SHA-256 of parts without their lengths: injective where all but the last have lengths of their own.
 *
 * @param tag as for {@link digestTagged}, and no tag of both
 * @returns 32 fresh bytes
 */
export function digestJoined(tag: string, ...parts: readonly Uint8Array[]): Uint8Array {
  beginTagged(tag);
  for (const part of parts) engine.feed(part);
  return engine.finish();
}

/** Begins a tagged digest, for who feeds its parts by itself. @returns what to feed, and to finish before any other begins */
export function beginTagged(tag: string): Sha256Engine {
  engine.begin(taggedStates.get(tag) ?? addTag(tag));
  return engine;
}

/** As {@link sha256}, into words. */
export function sha256Into(bytes: Uint8Array, words: DigestWords): void {
  engine.begin(INITIAL_STATE);
  engine.feed(bytes);
  engine.finishInto(words);
}

/** {@link digestTagged} as a `Hash`. */
export function hashTagged(tag: string, ...parts: readonly Uint8Array[]): Hash {
  return bytesToHash(digestTagged(tag, ...parts));
}

function addTag(tag: string): number {
  assert(tag.length > 0 && taggedStates.size < MAX_TAGS, "hash tags are few and not empty");
  const digest = sha256(asciiToBytes(tag));
  const state = engine.remember(concatBytes(digest, digest));
  taggedStates.set(tag, state);
  return state;
}

/**
 * @param bytes exactly 32
 * @throws InvariantError for another length; always this project's fault
 */
export function bytesToHash(bytes: Uint8Array): Hash {
  assert(bytes.length === HASH_BYTES, "a hash has 32 bytes");
  return hashAt(bytes, 0);
}

/** @returns the 32 bytes of a hash, fresh */
export function hashToBytes(hash: Hash): Uint8Array {
  const bytes = new Uint8Array(HASH_BYTES);
  writeHash(hash, bytes);
  return bytes;
}

/** Writes the 32 bytes of a hash to the beginning of others. */
export function writeHash(hash: Hash, bytes: Uint8Array): void {
  for (let i = 0; i < HASH_BYTES; i++) bytes[i] = (nibbleAt(hash, 2 * i) << 4) | nibbleAt(hash, 2 * i + 1);
}

/** @returns the hex digit at `index` as a number 0 … 15 */
export function nibbleAt(hash: Hash, index: number): number {
  // '0' … '9' are 0x30 … 0x39, 'a' … 'f' are 0x61 … 0x66.
  const code = hash.charCodeAt(index);
  return code < 0x3a ? code - 0x30 : code - 0x57;
}
