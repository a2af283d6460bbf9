import type { TypedHeap } from "./typed-heap.ts";

/** Times within one granule are not told apart here. */
const GRANULE_US = 64;
/** Wide enough that most messages, some 100 ms away, fall once and not twice. */
const DIGIT_BITS = 11;
const DIGITS = 1 << DIGIT_BITS;
const LEVELS = 3;
const WORDS_A_LEVEL = DIGITS / 32;

/** Later events do not fit the wheel; this is about three days. */
export const WHEEL_END_US = GRANULE_US * 2 ** 32;

const NONE = -1;
/** A record is five words of 8 bytes: time, key, (a, b), (c, d), (next record, nothing). */
const RECORD_DOUBLES = 5;
const RECORD_INTS = 10;

/**
 * Events yet to come, roughly sorted: a hierarchical timing wheel. Its hand stands at a granule; a later event lies in the
 * bucket of the highest of its granule's base-2048 digits that differs from the hand's. As the hand moves on, a bucket's events
 * fall to lower levels, at last into the heap that sorts one granule exactly. Keeps that heap small enough for the nearest cache.
 */
export class TimingWheel {
  count = 0;
  /** Events before this time belong in the heap. */
  handEndUs = GRANULE_US;
  private hand = 0;
  private readonly heads = new Int32Array(LEVELS * DIGITS).fill(NONE);
  /** A bit for each bucket that holds events. */
  private readonly occupied = new Int32Array(LEVELS * WORDS_A_LEVEL);
  private doubles: Float64Array;
  private ints: Int32Array;
  private freeHead = NONE;
  private used = 0;

  constructor(initialCapacity: number) {
    this.doubles = new Float64Array(RECORD_DOUBLES * initialCapacity);
    this.ints = new Int32Array(this.doubles.buffer);
  }

  /** Adds an event with handEndUs ≤ timeUs < WHEEL_END_US. */
  insert(timeUs: number, key: number, a: number, b: number, c: number, d: number): void {
    const record = this.takeRecord();
    const double = RECORD_DOUBLES * record;
    const int = RECORD_INTS * record;
    this.doubles[double] = timeUs;
    this.doubles[double + 1] = key;
    const { ints } = this;
    ints[int + 4] = a;
    ints[int + 5] = b;
    ints[int + 6] = c;
    ints[int + 7] = d;
    this.link(record, Math.floor(timeUs / GRANULE_US));
    this.count++;
  }

  /** Moves the hand to the next events and those of its granule into the heap; only with events left, and may move none. */
  advance(heap: TypedHeap): void {
    for (let level = 0; level < LEVELS; level++) {
      const shift = DIGIT_BITS * level;
      const digit = this.nextOccupied(level, ((this.hand >>> shift) & (DIGITS - 1)) + 1);
      if (digit === NONE) continue;
      const bucket = level * DIGITS + digit;
      const above = level === LEVELS - 1 ? 0 : this.hand & (-1 << (shift + DIGIT_BITS));
      this.hand = (above | (digit << shift)) >>> 0;
      this.handEndUs = (this.hand + 1) * GRANULE_US;
      this.empty(bucket, heap);
      return;
    }
  }

  /** Takes out every event whose last payload number `isDropped` says is to go. */
  sweep(isDropped: (d: number) => boolean): void {
    for (const [bucket, head] of this.heads.entries()) {
      this.heads[bucket] = NONE;
      for (let record = head; record !== NONE; ) {
        const int = RECORD_INTS * record;
        const next = this.ints[int + 8] as number;
        if (isDropped(this.ints[int + 7] as number)) this.free(record);
        else {
          this.ints[int + 8] = this.heads[bucket] as number;
          this.heads[bucket] = record;
        }
        record = next;
      }
    }
  }

  private link(record: number, granule: number): void {
    const highestBit = 31 - Math.clz32(granule ^ this.hand);
    const level = highestBit < DIGIT_BITS ? 0 : highestBit < 2 * DIGIT_BITS ? 1 : 2;
    const digit = (granule >>> (DIGIT_BITS * level)) & (DIGITS - 1);
    const bucket = level * DIGITS + digit;
    this.ints[RECORD_INTS * record + 8] = this.heads[bucket] as number;
    this.heads[bucket] = record;
    const word = bucket >> 5;
    this.occupied[word] = (this.occupied[word] as number) | (1 << (bucket & 31));
  }

  /** @returns the first digit from `from` on whose bucket holds events, or NONE */
  private nextOccupied(level: number, from: number): number {
    if (from === DIGITS) return NONE;
    let word = from >> 5;
    let bits = (this.occupied[level * WORDS_A_LEVEL + word] as number) & (-1 << (from & 31));
    while (bits === 0) {
      if (++word === WORDS_A_LEVEL) return NONE;
      bits = this.occupied[level * WORDS_A_LEVEL + word] as number;
    }
    return 32 * word + 31 - Math.clz32(bits & -bits);
  }

  /** Lets a bucket's events fall to where they belong under the hand. */
  private empty(bucket: number, heap: TypedHeap): void {
    const { doubles, ints } = this;
    let record = this.heads[bucket] as number;
    this.heads[bucket] = NONE;
    this.occupied[bucket >> 5] = (this.occupied[bucket >> 5] as number) & ~(1 << (bucket & 31));
    while (record !== NONE) {
      const int = RECORD_INTS * record;
      const next = ints[int + 8] as number;
      const timeUs = doubles[RECORD_DOUBLES * record] as number;
      if (timeUs < this.handEndUs) this.release(record, heap);
      else this.link(record, Math.floor(timeUs / GRANULE_US));
      record = next;
    }
  }

  private release(record: number, heap: TypedHeap): void {
    const { doubles, ints } = this;
    const double = RECORD_DOUBLES * record;
    const int = RECORD_INTS * record;
    const [a, b] = [ints[int + 4] as number, ints[int + 5] as number];
    const [c, d] = [ints[int + 6] as number, ints[int + 7] as number];
    heap.push(doubles[double] as number, doubles[double + 1] as number, a, b, c, d);
    this.free(record);
  }

  private free(record: number): void {
    this.ints[RECORD_INTS * record + 8] = this.freeHead;
    this.freeHead = record;
    this.count--;
  }

  private takeRecord(): number {
    const record = this.freeHead;
    if (record !== NONE) {
      this.freeHead = this.ints[RECORD_INTS * record + 8] as number;
      return record;
    }
    if (RECORD_DOUBLES * (this.used + 1) > this.doubles.length) {
      const doubles = new Float64Array(2 * this.doubles.length);
      doubles.set(this.doubles);
      this.doubles = doubles;
      this.ints = new Int32Array(doubles.buffer);
    }
    return this.used++;
  }
}
