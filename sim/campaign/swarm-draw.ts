import { assert } from "../../protocol/core/assert.ts";
import type { RandomStream } from "../kernel/index.ts";

/** @returns a whole number, both bounds included */
export function within(draw: RandomStream, first: number, last: number): number {
  assert(first <= last, "a range has a number in it");
  return first + draw.below(last - first + 1);
}

/** @returns true with the given probability */
export function chance(draw: RandomStream, probability: number): boolean {
  return draw.unit() < probability;
}

export function pickOne<Item>(draw: RandomStream, items: readonly Item[]): Item {
  return items[draw.below(items.length)] as Item;
}

/** @returns some of the items, none of them twice, in random order */
export function pickSome<Item>(draw: RandomStream, items: readonly Item[], count: number): Item[] {
  assert(count <= items.length, "no more than there are");
  const left = [...items];
  return Array.from({ length: count }, () => left.splice(draw.below(left.length), 1)[0] as Item);
}
