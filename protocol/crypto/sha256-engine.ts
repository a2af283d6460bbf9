import { sha256 as sha256Family } from "@noble/hashes/sha2.js";

/** Length of a SHA-256 digest in bytes. */
export const HASH_BYTES = 32;

/** Number of the state before any input. */
export const INITIAL_STATE = 0;

/**
 * A digest as big-endian words in the object that it belongs to. A byte array of its own takes four times the memory, which counts
 * where there are millions.
 */
export class DigestWords {
  w0 = 0;
  w1 = 0;
  w2 = 0;
  w3 = 0;
  w4 = 0;
  w5 = 0;
  w6 = 0;
  w7 = 0;
}

/** Writes a digest as 32 bytes. */
export function writeWords({ w0, w1, w2, w3, w4, w5, w6, w7 }: DigestWords, bytes: Uint8Array, at: number): void {
  writeWord(bytes, at, w0);
  writeWord(bytes, at + 4, w1);
  writeWord(bytes, at + 8, w2);
  writeWord(bytes, at + 12, w3);
  writeWord(bytes, at + 16, w4);
  writeWord(bytes, at + 20, w5);
  writeWord(bytes, at + 24, w6);
  writeWord(bytes, at + 28, w7);
}

/** Reads a digest from 32 bytes. */
export function readWords(bytes: Uint8Array, at: number, into: DigestWords): void {
  into.w0 = readWord(bytes, at);
  into.w1 = readWord(bytes, at + 4);
  into.w2 = readWord(bytes, at + 8);
  into.w3 = readWord(bytes, at + 12);
  into.w4 = readWord(bytes, at + 16);
  into.w5 = readWord(bytes, at + 20);
  into.w6 = readWord(bytes, at + 24);
  into.w7 = readWord(bytes, at + 28);
}

function writeWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word >>> 24;
  bytes[at + 1] = word >>> 16;
  bytes[at + 2] = word >>> 8;
  bytes[at + 3] = word;
}

function readWord(bytes: Uint8Array, at: number): number {
  const [a, b] = [bytes[at] as number, bytes[at + 1] as number];
  return (a << 24) | (b << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number);
}

/**
 * Computes one SHA-256 after the other: `begin`, any number of `feed`s, `finish`. A remembered state stands for input that many
 * digests begin with. Nothing here yields, so no second digest can begin meanwhile.
 */
export interface Sha256Engine {
  /** @returns the number of the state after `bytes`, for `begin` */
  remember(bytes: Uint8Array): number;
  begin(state: number): void;
  feed(bytes: Uint8Array): void;
  /** Feeds four bytes, big-endian. */
  feedU32(value: number): void;
  feedWords(words: DigestWords): void;
  /** @returns 32 fresh bytes */
  finish(): Uint8Array;
  /** As `finish`, into words that exist already. */
  finishInto(words: DigestWords): void;
}

const U32_BYTES = 4;
/** Short parts are hashed together: a call to the hasher costs as much as some 20 bytes. */
const GATHERED_BYTES = 512;

/** The reference: pure JavaScript. */
export class NobleSha256 implements Sha256Engine {
  readonly #states = [sha256Family.create()];
  readonly #hasher = sha256Family.create();
  readonly #gathered = new Uint8Array(GATHERED_BYTES);
  readonly #view = new DataView(this.#gathered.buffer);
  #used = 0;

  remember(bytes: Uint8Array): number {
    return this.#states.push(sha256Family.create().update(bytes)) - 1;
  }

  begin(state: number): void {
    this.#states[state]?._cloneInto(this.#hasher);
    this.#used = 0;
  }

  feed(bytes: Uint8Array): void {
    if (bytes.length > GATHERED_BYTES - this.#used) this.#flush();
    if (bytes.length > GATHERED_BYTES) {
      this.#hasher.update(bytes);
      return;
    }
    this.#gathered.set(bytes, this.#used);
    this.#used += bytes.length;
  }

  feedU32(value: number): void {
    if (U32_BYTES > GATHERED_BYTES - this.#used) this.#flush();
    this.#view.setUint32(this.#used, value);
    this.#used += U32_BYTES;
  }

  feedWords(words: DigestWords): void {
    if (HASH_BYTES > GATHERED_BYTES - this.#used) this.#flush();
    writeWords(words, this.#gathered, this.#used);
    this.#used += HASH_BYTES;
  }

  finish(): Uint8Array {
    this.#flush();
    const digest = new Uint8Array(HASH_BYTES);
    this.#hasher.digestInto(digest);
    return digest;
  }

  finishInto(words: DigestWords): void {
    readWords(this.finish(), 0, words);
  }

  #flush(): void {
    this.#hasher.update(this.#gathered.subarray(0, this.#used));
    this.#used = 0;
  }
}
