import { EventQueue } from "../kernel/event-queue.ts";
import { mix } from "../kernel/random.ts";
import { median } from "./rounds.ts";

const PENDING = 100_000;
const OPERATIONS = 400_000;
const REPETITIONS = 9;
const MEAN_DELAY_US = 1 << 20;

/** The least a queue must do for the hold model: one pop and one push an operation. */
interface HoldQueue {
  push(timeUs: number, key: number): void;
  /** @returns the time of the event removed */
  pop(): number;
}

export interface QueueHoldResult {
  readonly value: number;
  readonly unit: "ops/s";
  /** This queue's rate over the other's, medians of interleaved runs. */
  readonly ratios: { readonly bareTypedHeap: number; readonly objectHeap: number };
}

class KernelQueue implements HoldQueue {
  private readonly queue = new EventQueue(PENDING);

  push(timeUs: number, key: number): void {
    this.queue.push(timeUs, key, key, 0, 0);
  }

  pop(): number {
    this.queue.pop();
    return this.queue.timeUs;
  }
}

/** What one would write by hand: a typed 4-ary heap of (time, key, payload) without slots, cancellation or checks. */
class BareTypedHeap implements HoldQueue {
  private readonly times = new Float64Array(PENDING + 1);
  private readonly keys = new Float64Array(PENDING + 1);
  private readonly payloads = new Int32Array(PENDING + 1);
  private length = 0;

  push(timeUs: number, key: number): void {
    const { times, keys, payloads } = this;
    let at = this.length++;
    while (at > 0) {
      const parent = (at - 1) >> 2;
      const parentTime = times[parent] as number;
      if (parentTime < timeUs || (parentTime === timeUs && (keys[parent] as number) < key)) break;
      times[at] = parentTime;
      keys[at] = keys[parent] as number;
      payloads[at] = payloads[parent] as number;
      at = parent;
    }
    times[at] = timeUs;
    keys[at] = key;
    payloads[at] = key;
  }

  pop(): number {
    const { times, keys, payloads } = this;
    const result = times[0] as number;
    const length = --this.length;
    const time = times[length] as number;
    const key = keys[length] as number;
    const payload = payloads[length] as number;
    let at = 0;
    for (let child = 1; child < length; child = 4 * at + 1) {
      const end = Math.min(child + 4, length);
      let best = child;
      for (let other = child + 1; other < end; other++) {
        const otherTime = times[other] as number;
        const bestTime = times[best] as number;
        if (otherTime < bestTime || (otherTime === bestTime && (keys[other] as number) < (keys[best] as number)))
          best = other;
      }
      const bestTime = times[best] as number;
      if (time < bestTime || (time === bestTime && key < (keys[best] as number))) break;
      times[at] = bestTime;
      keys[at] = keys[best] as number;
      payloads[at] = payloads[best] as number;
      at = best;
    }
    times[at] = time;
    keys[at] = key;
    payloads[at] = payload;
    return result;
  }
}

interface HeapEntry {
  readonly timeUs: number;
  readonly key: number;
}

/** The common binary heap of objects. */
class ObjectHeap implements HoldQueue {
  private readonly entries: HeapEntry[] = [];

  push(timeUs: number, key: number): void {
    const { entries } = this;
    const entry = { timeUs, key };
    let at = entries.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = entries[parent] as HeapEntry;
      if (isBefore(above, entry)) break;
      entries[at] = above;
      at = parent;
    }
    entries[at] = entry;
  }

  pop(): number {
    const { entries } = this;
    const result = entries[0] as HeapEntry;
    const entry = entries.pop() as HeapEntry;
    const length = entries.length;
    let at = 0;
    for (let child = 1; child < length; child = 2 * at + 1) {
      if (child + 1 < length && isBefore(entries[child + 1] as HeapEntry, entries[child] as HeapEntry)) child++;
      const below = entries[child] as HeapEntry;
      if (isBefore(entry, below)) break;
      entries[at] = below;
      at = child;
    }
    entries[at] = entry;
    return result.timeUs;
  }
}

function isBefore(one: HeapEntry, other: HeapEntry): boolean {
  return one.timeUs < other.timeUs || (one.timeUs === other.timeUs && one.key < other.key);
}

/** Pops and pushes `operations` times at a steady number of pending events. @returns operations a second */
function holdRate(queue: HoldQueue, delays: Uint32Array): number {
  const mask = delays.length - 1;
  let key = 0;
  while (key < PENDING) queue.push(delays[key & mask] as number, key++);
  const begin = performance.now();
  for (let operation = 0; operation < OPERATIONS; operation++) {
    queue.push(queue.pop() + (delays[key & mask] as number), key++);
  }
  return (OPERATIONS * 1000) / (performance.now() - begin);
}

/** Hold model at 100 000 pending: the kernel's queue beside a bare typed heap and an object heap, in one process. */
export function measureQueueHold(): QueueHoldResult {
  const delays = Uint32Array.from({ length: 1 << 20 }, (_, index) => mix(1, index, 0, 0, 0) % (2 * MEAN_DELAY_US));
  const makers = [() => new KernelQueue(), () => new BareTypedHeap(), () => new ObjectHeap()];
  const rates: number[][] = makers.map(() => []);
  for (let repetition = 0; repetition < REPETITIONS; repetition++) {
    for (const [index, make] of makers.entries()) rates[index]?.push(holdRate(make(), delays));
  }
  const [kernel = 0, bare = 1, objects = 1] = rates.map(median);
  return {
    value: Math.round(kernel),
    unit: "ops/s",
    ratios: { bareTypedHeap: kernel / bare, objectHeap: kernel / objects },
  };
}
