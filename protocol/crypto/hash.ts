import { asciiToBytes } from "@noble/curves/utils.js";
import { sha256 as sha256Family } from "@noble/hashes/sha2.js";
import { assert } from "../core/assert.ts";
import type { Hash } from "../core/ids.ts";

/** Length of a SHA-256 digest in bytes. */
export const HASH_BYTES = 32;

/** Bound of the remembered tags; tags are literals of the source, so reaching it is a bug. */
const MAX_TAGS = 256;

// One hasher is reset from a remembered state for each digest, which halves the cost of a short input. Nothing here yields, so
// no second digest can begin meanwhile.
const initialState = sha256Family.create();
const hasher = sha256Family.create();
const taggedStates = new Map<string, typeof initialState>();
const LENGTH_BYTES = 4;
/** Short parts are hashed together: a call to the hasher costs as much as some 20 bytes. */
const GATHERED_BYTES = 512;
const gathering = new Uint8Array(GATHERED_BYTES);
const gatheringView = new DataView(gathering.buffer);

/**
 * Plain SHA-256.
 *
 * @returns 32 fresh bytes
 */
export function sha256(bytes: Uint8Array): Uint8Array {
  initialState._cloneInto(hasher);
  return finish(hasher.update(bytes));
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
  (taggedStates.get(tag) ?? addTag(tag))._cloneInto(hasher);
  let gathered = 0;
  for (const part of parts) {
    const end = gathered + LENGTH_BYTES + part.length;
    if (end > GATHERED_BYTES) {
      hasher.update(gathering.subarray(0, gathered));
      gathered = 0;
    }
    gatheringView.setUint32(gathered, part.length);
    gathered += LENGTH_BYTES;
    if (part.length <= GATHERED_BYTES - gathered) {
      gathering.set(part, gathered);
      gathered += part.length;
    } else {
      hasher.update(gathering.subarray(0, gathered)).update(part);
      gathered = 0;
    }
  }
  return finish(hasher.update(gathering.subarray(0, gathered)));
}

/** {@link digestTagged} as a `Hash`. */
export function hashTagged(tag: string, ...parts: readonly Uint8Array[]): Hash {
  return bytesToHash(digestTagged(tag, ...parts));
}

function finish(state: typeof hasher): Uint8Array {
  const digest = new Uint8Array(HASH_BYTES);
  state.digestInto(digest);
  return digest;
}

function addTag(tag: string): typeof initialState {
  assert(tag.length > 0 && taggedStates.size < MAX_TAGS, "hash tags are few and not empty");
  const digest = sha256(asciiToBytes(tag));
  const state = sha256Family.create().update(digest).update(digest);
  taggedStates.set(tag, state);
  return state;
}

const HEX_DIGIT_CODES = asciiToBytes("0123456789abcdef");
const hexCodes = new Array<number>(2 * HASH_BYTES).fill(0);

/**
 * @param bytes exactly 32
 * @throws InvariantError for another length; always this project's fault
 */
export function bytesToHash(bytes: Uint8Array): Hash {
  assert(bytes.length === HASH_BYTES, "a hash has 32 bytes");
  for (let i = 0; i < HASH_BYTES; i++) {
    const byte = bytes[i] as number;
    hexCodes[2 * i] = HEX_DIGIT_CODES[byte >> 4] as number;
    hexCodes[2 * i + 1] = HEX_DIGIT_CODES[byte & 15] as number;
  }
  return String.fromCharCode.apply(null, hexCodes) as Hash;
}

/** @returns the 32 bytes of a hash, fresh */
export function hashToBytes(hash: Hash): Uint8Array {
  const bytes = new Uint8Array(HASH_BYTES);
  for (let i = 0; i < HASH_BYTES; i++) bytes[i] = (nibbleAt(hash, 2 * i) << 4) | nibbleAt(hash, 2 * i + 1);
  return bytes;
}

/** @returns the hex digit at `index` as a number 0 … 15 */
export function nibbleAt(hash: Hash, index: number): number {
  // '0' … '9' are 0x30 … 0x39, 'a' … 'f' are 0x61 … 0x66.
  const code = hash.charCodeAt(index);
  return code < 0x3a ? code - 0x30 : code - 0x57;
}
