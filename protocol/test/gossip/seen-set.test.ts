import fc from "fast-check";
import { expect, test } from "vitest";
import type { Hash } from "../../core/ids.ts";
import { IdNumbers } from "../../gossip/id-numbers.ts";
import { SeenSet } from "../../gossip/seen-set.ts";

/** What a memory of two generations is, in plain sets. */
class PlainMemory {
  #young = new Set<Hash>();
  #old = new Set<Hash>();
  readonly #generation: number;

  constructor(generation: number) {
    this.#generation = generation;
  }

  has(id: Hash): boolean {
    return this.#young.has(id) || this.#old.has(id);
  }

  add(id: Hash): void {
    if (this.#young.size >= this.#generation) {
      this.#old = this.#young;
      this.#young = new Set();
    }
    this.#young.add(id);
  }
}

const idOf = (number: number) => `id-${number}` as Hash;

test("memories that share their numbers remember what each was told, and nothing of each other", () => {
  const step = fc.record({ node: fc.nat({ max: 3 }), id: fc.nat({ max: 150 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
      const numbers = new IdNumbers();
      const sets = Array.from({ length: 4 }, () => new SeenSet(16, numbers));
      const plain = Array.from({ length: 4 }, () => new PlainMemory(16));
      for (const { node, id } of steps) {
        sets[node]?.add(idOf(id));
        plain[node]?.add(idOf(id));
        for (const [at, set] of sets.entries()) expect(set.has(idOf(id))).toBe(plain[at]?.has(idOf(id)));
      }
      for (let id = 0; id <= 150; id++) {
        for (const [at, set] of sets.entries()) expect(set.has(idOf(id))).toBe(plain[at]?.has(idOf(id)));
      }
    }),
    { numRuns: 100, seed: 1 },
  );
});

test("an id is added where it is not there, as by asking first", () => {
  const step = fc.record({ node: fc.nat({ max: 2 }), id: fc.nat({ max: 80 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
      const numbers = new IdNumbers();
      const sets = Array.from({ length: 3 }, () => new SeenSet(16, numbers));
      const plain = Array.from({ length: 3 }, () => new PlainMemory(16));
      for (const { node, id } of steps) {
        const isNew = plain[node]?.has(idOf(id)) === false;
        expect(sets[node]?.addNew(idOf(id))).toBe(isNew);
        if (isNew) plain[node]?.add(idOf(id));
        for (const [at, set] of sets.entries()) expect(set.has(idOf(id))).toBe(plain[at]?.has(idOf(id)));
      }
    }),
    { numRuns: 60, seed: 1 },
  );
});

test("ids that nobody remembers any more take no room", () => {
  const numbers = new IdNumbers();
  const sets = [new SeenSet(32, numbers), new SeenSet(32, numbers)];
  for (let id = 0; id < 10_000; id += 2) for (const set of sets) set.add(idOf(id));
  for (let id = 1; id < 10_000; id += 2) for (const set of sets) set.addNew(idOf(id));
  expect(numbers.size).toBeLessThanOrEqual(64);
  expect(sets[0]?.has(idOf(9_999))).toBe(true);
});
