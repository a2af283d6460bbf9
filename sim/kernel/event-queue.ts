import { assert } from "../../protocol/core/assert.ts";
import { CapacityError } from "./capacity-error.ts";

/** Events that may be pending at once; reaching it ends the run with a CapacityError. */
export const MAX_PENDING_EVENTS = 1 << 24;

/** Fewer stale entries than this are never worth a compaction. */
const MIN_STALE_TO_COMPACT = 64;
/** The token of an event that cannot be cancelled. */
const NO_TOKEN = -1;

/**
 * Pending events in the order of (time, key): a 4-ary heap over typed arrays. The payload of three 32-bit numbers travels
 * with its event, for a slot elsewhere would cost a cache miss a pop. Only events that may be cancelled own a token; a
 * cancelled one stays as a stale entry until it surfaces or a compaction drops it.
 */
export class EventQueue {
  /** Time, key and payload of the event popped last. */
  timeUs = -1;
  key = -1;
  a = 0;
  b = 0;
  c = 0;

  private times: Float64Array;
  private keys: Float64Array;
  /** Four words an entry: a, b, c and the token. */
  private payloads: Int32Array;
  private length = 0;
  private readonly maxPending: number;

  /** By token: how often it was released, or the complement of that once its event is cancelled. */
  private readonly generations: number[] = [];
  private readonly freeTokens: number[] = [];
  private staleCount = 0;

  constructor(initialCapacity = 1024, maxPending = MAX_PENDING_EVENTS) {
    assert(initialCapacity >= 1 && maxPending <= MAX_PENDING_EVENTS, "queue capacity within its bound");
    const capacity = Math.min(initialCapacity, maxPending);
    this.maxPending = maxPending;
    this.times = new Float64Array(capacity);
    this.keys = new Float64Array(capacity);
    this.payloads = new Int32Array(4 * capacity);
  }

  /** Events pending and not cancelled. */
  get size(): number {
    return this.length - this.staleCount;
  }

  /** @throws CapacityError when the queue is full */
  push(timeUs: number, key: number, a: number, b: number, c: number): void {
    if (this.length === this.times.length) this.grow();
    this.siftUp(this.length++, timeUs, key, a, b, c, NO_TOKEN);
  }

  /**
   * Adds an event that can be withdrawn.
   *
   * @returns its token, which with `generationOf` names it for `cancel`
   * @throws CapacityError when the queue is full
   */
  pushCancellable(timeUs: number, key: number, a: number, b: number): number {
    if (this.length === this.times.length) this.grow();
    const token = this.freeTokens.pop() ?? this.generations.push(0) - 1;
    this.siftUp(this.length++, timeUs, key, a, b, 0, token);
    return token;
  }

  generationOf(token: number): number {
    return this.generations[token] as number;
  }

  /** Withdraws a pending event. @returns whether it was still pending */
  cancel(token: number, generation: number): boolean {
    if (this.generations[token] !== generation || generation < 0) return false;
    this.generations[token] = ~generation;
    this.staleCount++;
    if (this.staleCount >= MIN_STALE_TO_COMPACT && 2 * this.staleCount > this.length) this.compact();
    return true;
  }

  /** @returns the time of the next event, or Infinity when none is pending */
  nextTimeUs(): number {
    if (this.staleCount > 0) this.dropStaleRoots();
    return this.length === 0 ? Infinity : (this.times[0] as number);
  }

  /**
   * Takes the next event; its time, key and payload are then in the fields of that name.
   *
   * @returns false when none is pending
   * @throws InvariantError when it has the same time and key as the one before
   */
  pop(): boolean {
    if (this.staleCount > 0) this.dropStaleRoots();
    if (this.length === 0) return false;
    const timeUs = this.times[0] as number;
    const key = this.keys[0] as number;
    assert(key !== this.key || timeUs !== this.timeUs, "two events with equal time and key");
    const payloads = this.payloads;
    this.timeUs = timeUs;
    this.key = key;
    this.a = payloads[0] as number;
    this.b = payloads[1] as number;
    this.c = payloads[2] as number;
    const token = payloads[3] as number;
    if (token !== NO_TOKEN) this.releaseToken(token);
    this.removeRoot();
    return true;
  }

  private dropStaleRoots(): void {
    while (this.length > 0 && this.isStale(0)) {
      this.releaseToken(this.payloads[3] as number);
      this.staleCount--;
      this.removeRoot();
    }
  }

  private isStale(at: number): boolean {
    const token = this.payloads[4 * at + 3] as number;
    return token !== NO_TOKEN && (this.generations[token] as number) < 0;
  }

  private releaseToken(token: number): void {
    const generation = this.generations[token] as number;
    this.generations[token] = (generation < 0 ? ~generation : generation) + 1;
    this.freeTokens.push(token);
  }

  private removeRoot(): void {
    const last = --this.length;
    if (last > 0) this.sink(last);
  }

  private siftUp(start: number, timeUs: number, key: number, a: number, b: number, c: number, token: number): void {
    const { times, keys, payloads } = this;
    let at = start;
    while (at > 0) {
      const parent = (at - 1) >> 2;
      const parentTimeUs = times[parent] as number;
      if (parentTimeUs < timeUs || (parentTimeUs === timeUs && (keys[parent] as number) <= key)) break;
      this.move(parent, at);
      at = parent;
    }
    times[at] = timeUs;
    keys[at] = key;
    payloads[4 * at] = a;
    payloads[4 * at + 1] = b;
    payloads[4 * at + 2] = c;
    payloads[4 * at + 3] = token;
  }

  /**
   * Fills the root from below, leaving a hole at a leaf, and lets the entry at `from` rise from there: the last entry nearly
   * always belongs near the leaves, so comparing it on the way down is wasted. Unrolled, as nothing else in a run is as hot.
   */
  private sink(from: number): void {
    const { times, keys, payloads, length } = this;
    let at = 0;
    let child = 1;
    for (; child + 3 < length; child = 4 * at + 1) {
      let best = child;
      let bestUs = times[child] as number;
      const secondUs = times[child + 1] as number;
      if (secondUs < bestUs || (secondUs === bestUs && (keys[child + 1] as number) < (keys[best] as number))) {
        best = child + 1;
        bestUs = secondUs;
      }
      const thirdUs = times[child + 2] as number;
      if (thirdUs < bestUs || (thirdUs === bestUs && (keys[child + 2] as number) < (keys[best] as number))) {
        best = child + 2;
        bestUs = thirdUs;
      }
      const fourthUs = times[child + 3] as number;
      if (fourthUs < bestUs || (fourthUs === bestUs && (keys[child + 3] as number) < (keys[best] as number))) {
        best = child + 3;
        bestUs = fourthUs;
      }
      times[at] = bestUs;
      keys[at] = keys[best] as number;
      payloads[4 * at] = payloads[4 * best] as number;
      payloads[4 * at + 1] = payloads[4 * best + 1] as number;
      payloads[4 * at + 2] = payloads[4 * best + 2] as number;
      payloads[4 * at + 3] = payloads[4 * best + 3] as number;
      at = best;
    }
    if (child < length) {
      const best = this.leastOf(child, length);
      this.move(best, at);
      at = best;
    }
    const word = 4 * from;
    const [a, b] = [payloads[word] as number, payloads[word + 1] as number];
    const [c, token] = [payloads[word + 2] as number, payloads[word + 3] as number];
    this.siftUp(at, times[from] as number, keys[from] as number, a, b, c, token);
  }

  /** @returns the place of the least entry in begin … end − 1 */
  private leastOf(begin: number, end: number): number {
    const { times, keys } = this;
    let best = begin;
    for (let other = begin + 1; other < end; other++) {
      const [otherUs, bestUs] = [times[other] as number, times[best] as number];
      if (otherUs < bestUs || (otherUs === bestUs && (keys[other] as number) < (keys[best] as number))) best = other;
    }
    return best;
  }

  private move(from: number, to: number): void {
    const { times, keys, payloads } = this;
    times[to] = times[from] as number;
    keys[to] = keys[from] as number;
    payloads[4 * to] = payloads[4 * from] as number;
    payloads[4 * to + 1] = payloads[4 * from + 1] as number;
    payloads[4 * to + 2] = payloads[4 * from + 2] as number;
    payloads[4 * to + 3] = payloads[4 * from + 3] as number;
  }

  private grow(): void {
    const capacity = Math.min(2 * this.times.length, this.maxPending);
    if (capacity === this.times.length) throw new CapacityError(`more than ${capacity} events pending at once`);
    const { times, keys, payloads } = this;
    this.times = new Float64Array(capacity);
    this.times.set(times);
    this.keys = new Float64Array(capacity);
    this.keys.set(keys);
    this.payloads = new Int32Array(4 * capacity);
    this.payloads.set(payloads);
  }

  /** Drops every stale entry, keeping the others in place order, which re-adding them one by one makes a heap again. */
  private compact(): void {
    const { times, keys, payloads } = this;
    const entries = this.length;
    this.length = 0;
    this.staleCount = 0;
    for (let at = 0; at < entries; at++) {
      const word = 4 * at;
      const token = payloads[word + 3] as number;
      if (this.isStale(at)) {
        this.releaseToken(token);
        continue;
      }
      const [timeUs, key] = [times[at] as number, keys[at] as number];
      const [a, b, c] = [payloads[word] as number, payloads[word + 1] as number, payloads[word + 2] as number];
      this.siftUp(this.length++, timeUs, key, a, b, c, token);
    }
  }
}
