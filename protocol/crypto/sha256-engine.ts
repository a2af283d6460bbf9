import { sha256 as sha256Family } from "@noble/hashes/sha2.js";

/** Length of a SHA-256 digest in bytes. */
export const HASH_BYTES = 32;

/** Number of the state before any input. */
export const INITIAL_STATE = 0;

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
  /** @returns 32 fresh bytes */
  finish(): Uint8Array;
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

  finish(): Uint8Array {
    this.#flush();
    const digest = new Uint8Array(HASH_BYTES);
    this.#hasher.digestInto(digest);
    return digest;
  }

  #flush(): void {
    this.#hasher.update(this.#gathered.subarray(0, this.#used));
    this.#used = 0;
  }
}
