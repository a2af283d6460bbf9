import { assert } from "../../protocol/core/assert.ts";
import { CapacityError } from "./capacity-error.ts";

/** Events that may be pending at once; reaching it ends the run with a CapacityError. */
export const MAX_PENDING_EVENTS = 1 << 24;

/** Fewer stale entries than this are never worth a compaction. */
const MIN_STALE_TO_COMPACT = 64;
const GENERATION_MASK = 0x1fffffff;

/**
 * Pending events in the order of (time, key): a 4-ary heap over typed arrays, with the payload in slots that never move.
 *
 * A pop leaves a hole at the root, which the next push fills: the common pop-then-push costs one walk down instead of a
 * walk down and a walk up. A cancelled event stays in the heap as a stale entry until it surfaces or a compaction drops it.
 */
export class EventQueue {
  /** Time and key of the event popped last. */
  timeUs = -1;
  key = -1;
  /** Payload of the event popped last. */
  a = 0;
  b = 0;
  detail = 0;
  /** A further number of a pending event's payload, by slot: 0 unless written right after `push`. */
  details: Float64Array;

  private order: Float64Array;
  private slots: Int32Array;
  private firsts: Int32Array;
  private seconds: Int32Array;
  /** By slot: the generation, or its complement once the event is cancelled. */
  private generations: Int32Array;
  private freeSlots: Int32Array;
  private freeCount = 0;
  private usedSlots = 0;
  private length = 0;
  private staleCount = 0;
  private hole = false;
  private readonly maxPending: number;

  constructor(initialCapacity = 1024, maxPending = MAX_PENDING_EVENTS) {
    assert(maxPending <= MAX_PENDING_EVENTS && initialCapacity >= 1, "queue capacity within its bound");
    const capacity = Math.min(initialCapacity, maxPending);
    this.maxPending = maxPending;
    this.order = new Float64Array(2 * capacity);
    this.slots = new Int32Array(capacity);
    this.firsts = new Int32Array(capacity);
    this.seconds = new Int32Array(capacity);
    this.details = new Float64Array(capacity);
    this.generations = new Int32Array(capacity);
    this.freeSlots = new Int32Array(capacity);
  }

  /** @returns events that are pending and not cancelled */
  get size(): number {
    return this.length - this.staleCount - (this.hole ? 1 : 0);
  }

  /**
   * Adds an event.
   *
   * @returns its slot, valid until it is popped; with `generationOf` it names the event for `cancel`
   * @throws CapacityError when the queue is full
   */
  push(timeUs: number, key: number, a: number, b: number): number {
    const slot = this.takeSlot();
    this.firsts[slot] = a;
    this.seconds[slot] = b;
    this.details[slot] = 0;
    if (this.hole) {
      this.hole = false;
      this.siftDown(0, timeUs, key, slot);
    } else {
      this.siftUp(this.length++, timeUs, key, slot);
    }
    return slot;
  }

  generationOf(slot: number): number {
    return this.generations[slot] as number;
  }

  /** Withdraws a pending event. @returns whether it was still pending */
  cancel(slot: number, generation: number): boolean {
    if (this.generations[slot] !== generation || generation < 0) return false;
    this.generations[slot] = ~generation;
    this.staleCount++;
    if (this.staleCount >= MIN_STALE_TO_COMPACT && 2 * this.staleCount > this.length) this.compact();
    return true;
  }

  /** @returns the time of the next event, or Infinity when none is pending */
  nextTimeUs(): number {
    this.settle();
    return this.length === 0 ? Infinity : (this.order[0] as number);
  }

  /**
   * Takes the next event; its time, key and payload are then in the fields of that name.
   *
   * @returns false when none is pending
   * @throws InvariantError when it has the same time and key as the one before
   */
  pop(): boolean {
    this.settle();
    if (this.length === 0) return false;
    const timeUs = this.order[0] as number;
    const key = this.order[1] as number;
    assert(key !== this.key || timeUs !== this.timeUs, "two events with equal time and key");
    const slot = this.slots[0] as number;
    this.timeUs = timeUs;
    this.key = key;
    this.a = this.firsts[slot] as number;
    this.b = this.seconds[slot] as number;
    this.detail = this.details[slot] as number;
    this.releaseSlot(slot);
    this.hole = true;
    return true;
  }

  /** Closes the hole and drops stale entries until a live event is at the root. */
  private settle(): void {
    if (this.hole) {
      this.hole = false;
      this.removeRoot();
    }
    while (this.staleCount > 0 && this.length > 0) {
      const slot = this.slots[0] as number;
      if ((this.generations[slot] as number) >= 0) return;
      this.staleCount--;
      this.releaseSlot(slot);
      this.removeRoot();
    }
  }

  private removeRoot(): void {
    const last = --this.length;
    if (last === 0) return;
    const order = this.order;
    this.siftDown(0, order[2 * last] as number, order[2 * last + 1] as number, this.slots[last] as number);
  }

  private siftUp(start: number, timeUs: number, key: number, slot: number): void {
    const order = this.order;
    const slots = this.slots;
    let at = start;
    while (at > 0) {
      const parent = (at - 1) >> 2;
      const parentTimeUs = order[2 * parent] as number;
      if (parentTimeUs < timeUs || (parentTimeUs === timeUs && (order[2 * parent + 1] as number) <= key)) break;
      order[2 * at] = parentTimeUs;
      order[2 * at + 1] = order[2 * parent + 1] as number;
      slots[at] = slots[parent] as number;
      at = parent;
    }
    order[2 * at] = timeUs;
    order[2 * at + 1] = key;
    slots[at] = slot;
  }

  private siftDown(start: number, timeUs: number, key: number, slot: number): void {
    const order = this.order;
    const slots = this.slots;
    const length = this.length;
    let at = start;
    for (let child = 4 * at + 1; child < length; child = 4 * at + 1) {
      const end = child + 4 < length ? child + 4 : length;
      let best = child;
      let bestTimeUs = order[2 * child] as number;
      for (let other = child + 1; other < end; other++) {
        const otherTimeUs = order[2 * other] as number;
        if (otherTimeUs > bestTimeUs) continue;
        if (otherTimeUs === bestTimeUs && (order[2 * other + 1] as number) > (order[2 * best + 1] as number)) continue;
        best = other;
        bestTimeUs = otherTimeUs;
      }
      if (bestTimeUs > timeUs || (bestTimeUs === timeUs && (order[2 * best + 1] as number) >= key)) break;
      order[2 * at] = bestTimeUs;
      order[2 * at + 1] = order[2 * best + 1] as number;
      slots[at] = slots[best] as number;
      at = best;
    }
    order[2 * at] = timeUs;
    order[2 * at + 1] = key;
    slots[at] = slot;
  }

  private takeSlot(): number {
    if (this.freeCount > 0) return this.freeSlots[--this.freeCount] as number;
    if (this.usedSlots === this.slots.length) this.grow();
    return this.usedSlots++;
  }

  private releaseSlot(slot: number): void {
    const generation = this.generations[slot] as number;
    this.generations[slot] = ((generation < 0 ? ~generation : generation) + 1) & GENERATION_MASK;
    this.freeSlots[this.freeCount++] = slot;
  }

  private grow(): void {
    const capacity = Math.min(2 * this.slots.length, this.maxPending);
    if (capacity === this.slots.length) throw new CapacityError(`more than ${capacity} events pending at once`);
    this.order = grownFloats(this.order, 2 * capacity);
    this.slots = grownInts(this.slots, capacity);
    this.firsts = grownInts(this.firsts, capacity);
    this.seconds = grownInts(this.seconds, capacity);
    this.details = grownFloats(this.details, capacity);
    this.generations = grownInts(this.generations, capacity);
    this.freeSlots = grownInts(this.freeSlots, capacity);
  }

  /** Drops every stale entry and restores the heap from the bottom up. */
  private compact(): void {
    this.settle();
    const { order, slots } = this;
    let kept = 0;
    for (let at = 0; at < this.length; at++) {
      const slot = slots[at] as number;
      if ((this.generations[slot] as number) < 0) {
        this.releaseSlot(slot);
        continue;
      }
      order[2 * kept] = order[2 * at] as number;
      order[2 * kept + 1] = order[2 * at + 1] as number;
      slots[kept++] = slot;
    }
    this.length = kept;
    this.staleCount = 0;
    for (let at = (kept - 2) >> 2; at >= 0; at--) {
      this.siftDown(at, order[2 * at] as number, order[2 * at + 1] as number, slots[at] as number);
    }
  }
}

function grownFloats(from: Float64Array, length: number): Float64Array {
  const to = new Float64Array(length);
  to.set(from);
  return to;
}

function grownInts(from: Int32Array, length: number): Int32Array {
  const to = new Int32Array(length);
  to.set(from);
  return to;
}
