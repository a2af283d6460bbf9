import { assert } from "../core/assert.ts";
import {
  type DigestWords,
  HASH_BYTES,
  INITIAL_STATE,
  readWords,
  type Sha256Engine,
  writeWords,
} from "./sha256-engine.ts";

/**
 * The raw module behind libsodium's wrappers, as far as it is used here. Pointers are addresses in its memory; a length is a
 * 64-bit integer in two words.
 */
interface SodiumMemory {
  /** Replaced when the memory grows. */
  readonly HEAPU8: Uint8Array;
  readonly _malloc: (bytes: number) => number;
  readonly _crypto_hash_sha256_statebytes: () => number;
  readonly _crypto_hash_sha256_init: (state: number) => number;
  readonly _crypto_hash_sha256_update: (state: number, input: number, low: number, high: number) => number;
  readonly _crypto_hash_sha256_final: (state: number, output: number) => number;
}

/** Input gathered before a call; longer parts are hashed piece by piece. */
const GATHERED_BYTES = 16 * 1024;
/** Bound of remembered states. */
const MAX_STATES = 512;

/**
 * SHA-256 of libsodium without its wrappers: input is gathered, and states are kept, in the library's own memory. A short
 * digest costs a third of the reference's.
 */
class SodiumSha256 implements Sha256Engine {
  readonly #module: SodiumMemory;
  readonly #update: SodiumMemory["_crypto_hash_sha256_update"];
  readonly #final: SodiumMemory["_crypto_hash_sha256_final"];
  readonly #stateBytes: number;
  readonly #states: number;
  readonly #work: number;
  readonly #input: number;
  readonly #output: number;
  #known = 1;
  #memory: Uint8Array;
  #used = 0;

  /** @param module of the initialised library */
  constructor(module: SodiumMemory) {
    this.#module = module;
    this.#stateBytes = module._crypto_hash_sha256_statebytes();
    this.#states = module._malloc(MAX_STATES * this.#stateBytes);
    this.#work = module._malloc(this.#stateBytes);
    this.#input = module._malloc(GATHERED_BYTES);
    this.#output = module._malloc(HASH_BYTES);
    assert(this.#states * this.#work * this.#input * this.#output !== 0, "the library has memory");
    module._crypto_hash_sha256_init(this.#states);
    this.#memory = module.HEAPU8;
    // A first call binds the module's functions; what is read afterwards leads straight to them.
    this.begin(INITIAL_STATE);
    module._crypto_hash_sha256_update(this.#work, this.#input, 0, 0);
    module._crypto_hash_sha256_final(this.#work, this.#output);
    this.#update = module._crypto_hash_sha256_update;
    this.#final = module._crypto_hash_sha256_final;
  }

  remember(bytes: Uint8Array): number {
    assert(this.#known < MAX_STATES, "remembered states within their bound");
    this.begin(INITIAL_STATE);
    this.feed(bytes);
    this.#flush();
    const state = this.#known++;
    this.#memory.copyWithin(this.#addressOf(state), this.#work, this.#work + this.#stateBytes);
    return state;
  }

  begin(state: number): void {
    this.#memory = this.#module.HEAPU8;
    const from = this.#addressOf(state);
    this.#memory.copyWithin(this.#work, from, from + this.#stateBytes);
    this.#used = 0;
  }

  feed(bytes: Uint8Array): void {
    if (bytes.length > GATHERED_BYTES - this.#used) this.#flush();
    if (bytes.length > GATHERED_BYTES) {
      for (let at = 0; at < bytes.length; at += GATHERED_BYTES) this.feed(bytes.subarray(at, at + GATHERED_BYTES));
      return;
    }
    this.#memory.set(bytes, this.#input + this.#used);
    this.#used += bytes.length;
  }

  feedU32(value: number): void {
    if (GATHERED_BYTES - this.#used < 4) this.#flush();
    const memory = this.#memory;
    const at = this.#input + this.#used;
    memory[at] = value >>> 24;
    memory[at + 1] = value >>> 16;
    memory[at + 2] = value >>> 8;
    memory[at + 3] = value;
    this.#used += 4;
  }

  feedWords(words: DigestWords): void {
    if (GATHERED_BYTES - this.#used < HASH_BYTES) this.#flush();
    writeWords(words, this.#memory, this.#input + this.#used);
    this.#used += HASH_BYTES;
  }

  finishInto(words: DigestWords): void {
    this.#finish();
    readWords(this.#memory, this.#output, words);
  }

  finish(): Uint8Array {
    this.#finish();
    // Made without a buffer of its own outside the heap, which a slice would have.
    const digest = new Uint8Array(HASH_BYTES);
    const memory = this.#memory;
    for (let at = 0; at < HASH_BYTES; at++) digest[at] = memory[this.#output + at] as number;
    return digest;
  }

  #finish(): void {
    this.#flush();
    this.#final(this.#work, this.#output);
  }

  #addressOf(state: number): number {
    return this.#states + state * this.#stateBytes;
  }

  #flush(): void {
    if (this.#used > 0) this.#update(this.#work, this.#input, this.#used, 0);
    this.#used = 0;
  }
}

const engines = new WeakMap<object, SodiumSha256>();

/** @param sodium the initialised library @returns the library's engine, the same one each time */
export function sodiumSha256(sodium: object): SodiumSha256 {
  const known = engines.get(sodium);
  if (known !== undefined) return known;
  // The wrappers' type says nothing of the module that they wrap.
  const engine = new SodiumSha256((sodium as { libsodium: SodiumMemory }).libsodium);
  engines.set(sodium, engine);
  return engine;
}
