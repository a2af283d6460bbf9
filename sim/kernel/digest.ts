import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { assert } from "../../protocol/core/assert.ts";

/** A streaming SHA-256; drivers may inject a faster one. */
export interface Hasher {
  update(bytes: Uint8Array): unknown;
  digest(): Uint8Array;
}

/** The reference hasher. */
export const nobleHasher = (): Hasher => sha256.create();

const CHUNK_BYTES = 256 * 1024;
const CHUNK_WORDS = CHUNK_BYTES / 8;

/**
 * The rolling digest of a run: SHA-256 over binary records, hashed a chunk at a time. Every record is made of 8-byte words
 * (little-endian IEEE 754, or padded bytes). An event's record begins with its time, all others with a negative tag and
 * carry their lengths, so no two sequences of records share an encoding.
 */
export class RunDigest {
  private readonly chunk = new ArrayBuffer(CHUNK_BYTES);
  private readonly words = new Float64Array(this.chunk);
  private readonly bytes = new Uint8Array(this.chunk);
  private readonly hasher: Hasher;
  private used = 0;
  private finished = false;

  constructor(hasher: Hasher = nobleHasher()) {
    assert(new Uint8Array(new Float64Array([1]).buffer)[7] === 0x3f, "a little-endian machine");
    this.hasher = hasher;
  }

  /** Records a popped event. @param target the first word of its payload: the node that it concerns */
  event(timeUs: number, key: number, target: number): void {
    if (this.used > CHUNK_WORDS - 3) this.flush();
    this.words[this.used++] = timeUs;
    this.words[this.used++] = key;
    this.words[this.used++] = target;
  }

  number(value: number): void {
    if (this.used === CHUNK_WORDS) this.flush();
    this.words[this.used++] = value;
  }

  /** Records a text's length and its characters, a byte each. @param value at most CHUNK_BYTES of Latin-1 */
  text(value: string): void {
    this.number(value.length);
    const words = (value.length + 7) >>> 3;
    assert(words <= CHUNK_WORDS, "a text fits a chunk");
    if (words > CHUNK_WORDS - this.used) this.flush();
    if (words > 0) this.words[this.used + words - 1] = 0;
    const start = this.used * 8;
    for (let at = 0; at < value.length; at++) {
      const code = value.charCodeAt(at);
      assert(code < 256, "a recorded text is Latin-1");
      this.bytes[start + at] = code;
    }
    this.used += words;
  }

  /** Records bytes after their length, padded with zeros to whole words. */
  data(value: Uint8Array): void {
    this.number(value.length);
    const words = (value.length + 7) >>> 3;
    if (words > CHUNK_WORDS - this.used) this.flush();
    if (words > CHUNK_WORDS) {
      this.hasher.update(value);
      return;
    }
    if (words > 0) this.words[this.used + words - 1] = 0;
    this.bytes.set(value, this.used * 8);
    this.used += words;
  }

  /** Ends the digest. @returns 64 hex digits */
  finish(): string {
    assert(!this.finished, "a digest ends once");
    this.finished = true;
    this.flush();
    return bytesToHex(this.hasher.digest());
  }

  private flush(): void {
    this.hasher.update(this.bytes.subarray(0, this.used * 8));
    this.used = 0;
  }
}
