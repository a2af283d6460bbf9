/**
 * A 4-ary heap of (time, key) over typed arrays. The payload of four 32-bit numbers travels with its entry, for a slot
 * elsewhere would cost a cache miss a pop.
 */
export class TypedHeap {
  length = 0;
  times: Float64Array;
  keys: Float64Array;
  /** Four words an entry. */
  payloads: Int32Array;

  constructor(initialCapacity: number) {
    this.times = new Float64Array(initialCapacity);
    this.keys = new Float64Array(initialCapacity);
    this.payloads = new Int32Array(4 * initialCapacity);
  }

  push(timeUs: number, key: number, a: number, b: number, c: number, d: number): void {
    if (this.length === this.times.length) this.grow();
    this.siftUp(this.length++, timeUs, key, a, b, c, d);
  }

  /** Drops the least entry, which is at place 0. */
  removeRoot(): void {
    const last = --this.length;
    if (last > 0) this.sink(last);
  }

  /** Takes out every entry whose last payload number `isDropped` says is to go. */
  sweep(isDropped: (d: number) => boolean): void {
    const { times, keys, payloads, length } = this;
    this.length = 0;
    for (let at = 0; at < length; at++) {
      const word = 4 * at;
      const d = payloads[word + 3] as number;
      if (isDropped(d)) continue;
      const [a, b, c] = [payloads[word] as number, payloads[word + 1] as number, payloads[word + 2] as number];
      this.siftUp(this.length++, times[at] as number, keys[at] as number, a, b, c, d);
    }
  }

  private siftUp(start: number, timeUs: number, key: number, a: number, b: number, c: number, d: number): void {
    const { times, keys, payloads } = this;
    let at = start;
    while (at > 0) {
      const parent = (at - 1) >> 2;
      const parentUs = times[parent] as number;
      if (parentUs < timeUs || (parentUs === timeUs && (keys[parent] as number) <= key)) break;
      this.move(parent, at);
      at = parent;
    }
    times[at] = timeUs;
    keys[at] = key;
    payloads[4 * at] = a;
    payloads[4 * at + 1] = b;
    payloads[4 * at + 2] = c;
    payloads[4 * at + 3] = d;
  }

  /**
   * Fills the root from below, leaving a hole at a leaf, and lets the entry at `from` rise from there: the last entry nearly
   * always belongs near the leaves, so comparing it on the way down is wasted.
   */
  private sink(from: number): void {
    let at = 0;
    for (let child = 1; child < this.length; child = 4 * at + 1) {
      const best = this.leastOf(child, Math.min(child + 4, this.length));
      this.move(best, at);
      at = best;
    }
    const { times, keys, payloads } = this;
    const word = 4 * from;
    const [a, b] = [payloads[word] as number, payloads[word + 1] as number];
    const [c, d] = [payloads[word + 2] as number, payloads[word + 3] as number];
    this.siftUp(at, times[from] as number, keys[from] as number, a, b, c, d);
  }

  /** @returns the place of the least entry in begin … end − 1 */
  private leastOf(begin: number, end: number): number {
    const { times, keys } = this;
    let best = begin;
    let bestUs = times[begin] as number;
    for (let other = begin + 1; other < end; other++) {
      const otherUs = times[other] as number;
      if (otherUs > bestUs || (otherUs === bestUs && (keys[other] as number) > (keys[best] as number))) continue;
      best = other;
      bestUs = otherUs;
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
    const { times, keys, payloads } = this;
    const capacity = 2 * times.length;
    this.times = new Float64Array(capacity);
    this.times.set(times);
    this.keys = new Float64Array(capacity);
    this.keys.set(keys);
    this.payloads = new Int32Array(4 * capacity);
    this.payloads.set(payloads);
  }
}
