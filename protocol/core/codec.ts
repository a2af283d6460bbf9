import { assert } from "./assert.ts";
import { hashAt } from "./hex.ts";
import { type Hash, ZERO_HASH } from "./ids.ts";

/** Largest integer that an 8-byte field may hold: everything above would lose precision as a number. */
const MAX_SAFE = Number.MAX_SAFE_INTEGER;
const U32_RANGE = 4_294_967_296;
const INITIAL_BYTES = 1024;
/** Writers that are done leave their room to the next ones: most encode one short thing. */
const MAX_SPARE_ROOMS = 8;
const MAX_SPARE_BYTES = 64 * 1024;
const U64_RANGE = 1n << 64n;
const U128_RANGE = 1n << 128n;
/** A shorter byte string is copied faster by a loop than by a call. */
const LOOPED_BYTES = 64;

/** The value of an ASCII hex digit (lower case, as hashes are written). */
function nibble(code: number): number {
  return code < 58 ? code - 48 : code - 87;
}

/** Small results share buffers: a buffer of its own costs a short byte string more than all the rest of its encoding. */
const SLAB_BYTES = 4 * 1024;
const MAX_SHARED_BYTES = 512;
let slab = new ArrayBuffer(SLAB_BYTES);
let slabUsed = 0;

function copy(from: Uint8Array, to: Uint8Array, at: number): void {
  for (let i = 0; i < from.length; i++) to[at + i] = from[i] as number;
}

function allocate(count: number): Uint8Array {
  if (count > MAX_SHARED_BYTES) return new Uint8Array(count);
  if (slabUsed + count > SLAB_BYTES) {
    slab = new ArrayBuffer(SLAB_BYTES);
    slabUsed = 0;
  }
  const bytes = new Uint8Array(slab, slabUsed, count);
  slabUsed += count;
  return bytes;
}

/** @returns the same bytes, in a buffer of no more: a part of a larger one, kept for long, would keep all of it */
export function ownBytes(bytes: Uint8Array): Uint8Array {
  return bytes.length < bytes.buffer.byteLength ? bytes.slice() : bytes;
}

/** Where a writer writes. */
class Room {
  readonly bytes: Uint8Array;
  readonly view: DataView;

  constructor(count: number) {
    this.bytes = new Uint8Array(count);
    this.view = new DataView(this.bytes.buffer);
  }
}

const NO_ROOM = new Room(0);
const spareRooms: Room[] = [];

function roomFor(count: number): Room {
  const spare = count <= INITIAL_BYTES ? spareRooms.pop() : undefined;
  return spare ?? new Room(Math.max(INITIAL_BYTES, count));
}

/**
 * Builds a canonical encoding: fixed-width big-endian integers, length-prefixed byte strings, no padding, no choices.
 * One writer may be reused; `finish` copies.
 */
export class Writer {
  #room = NO_ROOM;
  #bytes = NO_ROOM.bytes;
  #length = 0;

  #reserve(count: number): number {
    const at = this.#length;
    this.#length = at + count;
    if (this.#length > this.#bytes.length) this.#grow(at);
    return at;
  }

  #grow(written: number): void {
    const before = this.#bytes;
    this.#room = roomFor(Math.max(2 * before.length, this.#length));
    this.#bytes = this.#room.bytes;
    if (written > 0) this.#bytes.set(before.subarray(0, written));
  }

  /** Begins anew, in whatever room is there then. */
  #empty(): void {
    this.#length = 0;
    if (this.#bytes.length > MAX_SPARE_BYTES || this.#bytes.length === 0) return;
    if (spareRooms.length < MAX_SPARE_ROOMS) spareRooms.push(this.#room);
    this.#room = NO_ROOM;
    this.#bytes = NO_ROOM.bytes;
  }

  u8(value: number): this {
    const at = this.#reserve(1);
    this.#bytes[at] = value;
    return this;
  }

  u32(value: number): this {
    assert(value >= 0 && value < U32_RANGE, "a u32 field is within its range");
    const at = this.#reserve(4);
    const bytes = this.#bytes;
    bytes[at] = value >>> 24;
    bytes[at + 1] = value >>> 16;
    bytes[at + 2] = value >>> 8;
    bytes[at + 3] = value;
    return this;
  }

  /** Eight bytes for a non-negative integer up to 2^53 − 1: heights, times, nonces. */
  u64(value: number): this {
    assert(value >= 0 && value <= MAX_SAFE, "a u64 field is a safe integer");
    const low = value % U32_RANGE;
    return this.u32((value - low) / U32_RANGE).u32(low);
  }

  /** Sixteen bytes for an amount of base units. */
  u128(value: bigint): this {
    assert(value >= 0n && value < U128_RANGE, "an amount fits 128 bits");
    const at = this.#reserve(16);
    const { view } = this.#room;
    view.setBigUint64(at, value < U64_RANGE ? 0n : value >> 64n);
    // What a view writes is taken modulo 2^64.
    view.setBigUint64(at + 8, value);
    return this;
  }

  hash(hash: Hash): this {
    assert(hash.length === 64, "a hash has 64 hex digits");
    const at = this.#reserve(32);
    const bytes = this.#bytes;
    for (let i = 0; i < 32; i++) {
      bytes[at + i] = (nibble(hash.charCodeAt(2 * i)) << 4) | nibble(hash.charCodeAt(2 * i + 1));
    }
    return this;
  }

  /** Bytes of a length that the reader knows. */
  fixed(value: Uint8Array): this {
    const { length } = value;
    const at = this.#reserve(length);
    if (length > LOOPED_BYTES) this.#bytes.set(value, at);
    else copy(value, this.#bytes, at);
    return this;
  }

  /** Bytes with their length in front. */
  bytes(value: Uint8Array): this {
    return this.u32(value.length).fixed(value);
  }

  /** ASCII text with its length in front; for domain tags. */
  ascii(text: string): this {
    this.u32(text.length);
    const at = this.#reserve(text.length);
    for (let i = 0; i < text.length; i++) this.#bytes[at + i] = text.charCodeAt(i);
    return this;
  }

  /** @returns how many bytes were written; the writer is empty again */
  measure(): number {
    const length = this.#length;
    this.#empty();
    return length;
  }

  /** @returns what was written, to be read at once: the next writer may write over it; the writer is empty again */
  borrow(): Uint8Array {
    const written = this.#bytes.subarray(0, this.#length);
    this.#empty();
    return written;
  }

  /** @returns a copy of what was written; the writer is empty again */
  finish(): Uint8Array {
    const length = this.#length;
    const result = allocate(length);
    if (length > LOOPED_BYTES) result.set(this.#bytes.subarray(0, length));
    else for (let at = 0; at < length; at++) result[at] = this.#bytes[at] as number;
    this.#empty();
    return result;
  }
}

/** An amount under way from bytes to a number: a view of its own for every reader would cost more than all that it reads. */
const wideBytes = new Uint8Array(16);
const wideView = new DataView(wideBytes.buffer);

/**
 * Reads a canonical encoding from untrusted bytes. It never throws: after the first misfit every read yields zeros and
 * `complete()` is false, so decoders read straight through and ask once at the end.
 */
export class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;
  #failed = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Declares the input malformed. */
  fail(): void {
    this.#failed = true;
  }

  get failed(): boolean {
    return this.#failed;
  }

  /** @returns whether every byte was read and all of them fitted */
  complete(): boolean {
    return !this.#failed && this.#at === this.#bytes.length;
  }

  #take(count: number): number {
    const at = this.#at;
    if (this.#failed || count > this.#bytes.length - at) {
      this.#failed = true;
      return -1;
    }
    this.#at = at + count;
    return at;
  }

  u8(): number {
    const at = this.#take(1);
    return at < 0 ? 0 : (this.#bytes[at] as number);
  }

  u32(): number {
    const at = this.#take(4);
    if (at < 0) return 0;
    const b = this.#bytes;
    const high = (b[at] as number) * 16_777_216;
    return high + (((b[at + 1] as number) << 16) | ((b[at + 2] as number) << 8) | (b[at + 3] as number));
  }

  u64(): number {
    const value = this.u32() * U32_RANGE + this.u32();
    if (value <= MAX_SAFE) return value;
    this.#failed = true;
    return 0;
  }

  u128(): bigint {
    const at = this.#take(16);
    if (at < 0) return 0n;
    for (let i = 0; i < 16; i++) wideBytes[i] = this.#bytes[at + i] as number;
    const low = wideView.getBigUint64(8);
    const isShort = wideView.getInt32(0) === 0 && wideView.getInt32(4) === 0;
    return isShort ? low : (wideView.getBigUint64(0) << 64n) | low;
  }

  hash(): Hash {
    const at = this.#take(32);
    return at < 0 ? ZERO_HASH : hashAt(this.#bytes, at);
  }

  fixed(count: number): Uint8Array {
    const at = this.#take(count);
    return at < 0 ? new Uint8Array(count) : this.#bytes.slice(at, at + count);
  }

  /** @param maxBytes a longer string fails before anything is allocated, as does one that is longer than the rest */
  bytes(maxBytes: number): Uint8Array {
    const count = this.u32();
    if (count <= maxBytes && count <= this.#bytes.length - this.#at) return this.fixed(count);
    this.#failed = true;
    return new Uint8Array(0);
  }

  /**
   * Reads a counted list.
   *
   * @param maxCount a longer list fails before anything is read
   */
  list<T>(maxCount: number, read: (reader: Reader) => T): T[] {
    const count = this.u32();
    const items: T[] = [];
    if (count > maxCount) this.#failed = true;
    for (let i = 0; i < count && !this.#failed; i++) items.push(read(this));
    return items;
  }
}
