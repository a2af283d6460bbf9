import { assert } from "../../protocol/core/assert.ts";
import { CapacityError } from "./capacity-error.ts";
import { TimingWheel, WHEEL_END_US } from "./timing-wheel.ts";
import { TypedHeap } from "./typed-heap.ts";

/** Events that may be pending at once; reaching it ends the run with a CapacityError. */
export const MAX_PENDING_EVENTS = 1 << 24;

/** Fewer stale entries than this are never worth a compaction. */
const MIN_STALE_TO_COMPACT = 64;
/** The token of an event that cannot be cancelled. */
const NO_TOKEN = -1;

/**
 * Pending events in the order of (time, key), popped at times that never fall: a small heap for the nearest ones behind a
 * timing wheel for the rest. Only events that may be cancelled own a token; a cancelled one stays as a stale entry until it
 * surfaces or a compaction drops it.
 */
export class EventQueue {
  /** Time, key and payload of the event popped last. */
  timeUs = -1;
  key = -1;
  a = 0;
  b = 0;
  c = 0;

  private readonly heap: TypedHeap;
  private readonly wheel: TimingWheel;
  private readonly maxPending: number;
  /** By token: how often it was released, or the complement of that once its event is cancelled. */
  private readonly generations: number[] = [];
  private readonly freeTokens: number[] = [];
  private staleCount = 0;

  constructor(initialCapacity = 1024, maxPending = MAX_PENDING_EVENTS) {
    assert(initialCapacity >= 1 && maxPending <= MAX_PENDING_EVENTS, "queue capacity within its bound");
    this.heap = new TypedHeap(initialCapacity);
    this.wheel = new TimingWheel(initialCapacity);
    this.maxPending = maxPending;
  }

  /** Events pending and not cancelled. */
  get size(): number {
    return this.heap.length + this.wheel.count - this.staleCount;
  }

  /** @throws CapacityError when the queue is full */
  push(timeUs: number, key: number, a: number, b: number, c: number): void {
    this.add(timeUs, key, a, b, c, NO_TOKEN);
  }

  /**
   * Adds an event that can be withdrawn.
   *
   * @returns its token, which with `generationOf` names it for `cancel`
   * @throws CapacityError when the queue is full
   */
  pushCancellable(timeUs: number, key: number, a: number, b: number): number {
    const token = this.freeTokens.pop() ?? this.generations.push(0) - 1;
    this.add(timeUs, key, a, b, 0, token);
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
    const { heap, wheel, staleCount } = this;
    if (staleCount >= MIN_STALE_TO_COMPACT && 2 * staleCount > heap.length + wheel.count) this.compact();
    return true;
  }

  /** @returns the time of the next event, or Infinity when none is pending */
  nextTimeUs(): number {
    return this.settle() ? (this.heap.times[0] as number) : Infinity;
  }

  /**
   * Takes the next event; its time, key and payload are then in the fields of that name.
   *
   * @returns false when none is pending
   * @throws InvariantError when it has the same time and key as the one before
   */
  pop(): boolean {
    if (!this.settle()) return false;
    const { heap } = this;
    const timeUs = heap.times[0] as number;
    const key = heap.keys[0] as number;
    assert(key !== this.key || timeUs !== this.timeUs, "two events with equal time and key");
    this.timeUs = timeUs;
    this.key = key;
    this.a = heap.payloads[0] as number;
    this.b = heap.payloads[1] as number;
    this.c = heap.payloads[2] as number;
    const token = heap.payloads[3] as number;
    if (token !== NO_TOKEN) this.releaseToken(token);
    heap.removeRoot();
    return true;
  }

  private add(timeUs: number, key: number, a: number, b: number, c: number, token: number): void {
    const { heap, wheel } = this;
    if (heap.length + wheel.count === this.maxPending) {
      throw new CapacityError(`more than ${this.maxPending} events pending at once`);
    }
    if (timeUs < wheel.handEndUs || timeUs >= WHEEL_END_US) heap.push(timeUs, key, a, b, c, token);
    else wheel.insert(timeUs, key, a, b, c, token);
  }

  /** Brings the next event that is not stale to the heap's root. @returns false when there is none */
  private settle(): boolean {
    const { heap, wheel } = this;
    for (;;) {
      while (wheel.count > 0 && (heap.length === 0 || (heap.times[0] as number) >= wheel.handEndUs))
        wheel.advance(heap);
      if (heap.length === 0) return false;
      if (this.staleCount === 0) return true;
      const token = heap.payloads[3] as number;
      if (!this.isStale(token)) return true;
      this.dropStale(token);
      heap.removeRoot();
    }
  }

  private isStale(token: number): boolean {
    return token !== NO_TOKEN && (this.generations[token] as number) < 0;
  }

  private dropStale(token: number): void {
    this.staleCount--;
    this.releaseToken(token);
  }

  private releaseToken(token: number): void {
    const generation = this.generations[token] as number;
    this.generations[token] = (generation < 0 ? ~generation : generation) + 1;
    this.freeTokens.push(token);
  }

  private compact(): void {
    const isDropped = (token: number): boolean => {
      const stale = this.isStale(token);
      if (stale) this.dropStale(token);
      return stale;
    };
    this.heap.sweep(isDropped);
    this.wheel.sweep(isDropped);
  }
}
