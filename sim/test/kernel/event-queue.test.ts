import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CapacityError } from "../../kernel/capacity-error.ts";
import { EventQueue } from "../../kernel/event-queue.ts";

type Step = { readonly do: "push" | "pushCancellable" | "pop" | "cancel"; readonly number: number };

const steps = fc.array(
  fc.record<Step>({
    do: fc.constantFrom("push", "push", "pushCancellable", "pushCancellable", "pop", "cancel", "cancel"),
    number: fc.nat(50),
  }),
  { maxLength: 600 },
);

/** From the same granule of the wheel to beyond its end. */
const DELAYS_US = [0, 0, 1, 1, 3, 70, 5000, 5000, 130_000, 300_000, 2 ** 24, 2 ** 28 + 1, 2 ** 33, 2 ** 39] as const;

interface Entry {
  readonly timeUs: number;
  readonly key: number;
}

const inOrder = (one: Entry, other: Entry) => one.timeUs - other.timeUs || one.key - other.key;

/** Runs the steps on the queue and on a sorted array. @returns what either gave, in order */
function race(sequence: readonly Step[]): { readonly queue: (Entry | null)[]; readonly array: (Entry | null)[] } {
  const queue = new EventQueue(1);
  const array: Entry[] = [];
  const handles: { readonly key: number; readonly token: number; readonly generation: number }[] = [];
  const outputs = { queue: [] as (Entry | null)[], array: [] as (Entry | null)[] };
  let nowUs = 0;
  let key = 0;
  const pop = () => {
    outputs.array.push(array.shift() ?? null);
    outputs.queue.push(queue.pop() ? { timeUs: queue.timeUs, key: queue.key } : null);
    nowUs = Math.max(nowUs, queue.timeUs);
  };
  for (const step of sequence) {
    if (step.do === "pop") pop();
    else if (step.do === "cancel") {
      const handle = handles[step.number % (handles.length || 1)];
      if (handle === undefined) continue;
      const at = array.findIndex((entry) => entry.key === handle.key);
      expect(queue.cancel(handle.token, handle.generation)).toBe(at >= 0);
      if (at >= 0) array.splice(at, 1);
    } else {
      const entry = {
        timeUs: nowUs + (DELAYS_US[step.number % DELAYS_US.length] as number),
        key: ++key * (step.number % 2 === 0 ? 1 : 1000),
      };
      array.push(entry);
      array.sort(inOrder);
      if (step.do === "push") queue.push(entry.timeUs, entry.key, 1, 2, 3);
      else {
        const token = queue.pushCancellable(entry.timeUs, entry.key, 1, 2);
        handles.push({ key: entry.key, token, generation: queue.generationOf(token) });
      }
    }
    expect(queue.size).toBe(array.length);
  }
  while (array.length > 0) pop();
  pop();
  return outputs;
}

describe("event queue", () => {
  it("gives what a sorted array gives, whatever is pushed, popped and cancelled", () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        const { queue, array } = race(sequence);
        expect(queue).toEqual(array);
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  it("keeps the order of 20 000 events through growth and compaction", () => {
    const queue = new EventQueue(16);
    const expected: Entry[] = [];
    for (let key = 0; key < 20_000; key++) {
      const timeUs = Math.imul(key, 0x9e3779b1) >>> 18;
      const token = queue.pushCancellable(timeUs, key, key, 0);
      if (key % 3 !== 0) queue.cancel(token, queue.generationOf(token));
      else expected.push({ timeUs, key });
    }
    const popped: Entry[] = [];
    while (queue.pop()) popped.push({ timeUs: queue.timeUs, key: queue.a });
    expect(popped).toEqual(expected.sort(inOrder));
  });

  it("carries the payload of each event", () => {
    const queue = new EventQueue(1);
    for (let index = 0; index < 100; index++) queue.push(1000 - index, index, index, -index, 7 * index);
    for (let index = 99; index >= 0; index--) {
      queue.pop();
      expect([queue.a, queue.b + index, queue.c]).toEqual([index, 0, 7 * index]);
    }
  });

  it("does not cancel a later event that reuses a token", () => {
    const queue = new EventQueue();
    const token = queue.pushCancellable(1, 1, 0, 0);
    const generation = queue.generationOf(token);
    queue.pop();
    expect(queue.pushCancellable(2, 2, 0, 0)).toBe(token);
    expect(queue.cancel(token, generation)).toBe(false);
    expect(queue.size).toBe(1);
  });

  it("stops a run with two events of equal time and key", () => {
    const queue = new EventQueue();
    queue.push(5, 1, 0, 0, 0);
    queue.push(5, 1, 0, 0, 0);
    queue.pop();
    expect(() => queue.pop()).toThrow("equal time and key");
  });

  it("refuses one event more than its bound by name", () => {
    const queue = new EventQueue(1, 3);
    for (let key = 0; key < 3; key++) queue.push(0, key, 0, 0, 0);
    expect(() => queue.push(0, 3, 0, 0, 0)).toThrow(CapacityError);
  });
});
