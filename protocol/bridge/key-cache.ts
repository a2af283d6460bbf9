import type { Hash } from "../core/ids.ts";

/** Most keys that one cache remembers: chain ids come from peers. */
const MAX_REMEMBERED = 4096;

/** @returns a form of `keyOf` that hashes each number once: the same few chains are asked for by every transaction */
export function remembering(keyOf: (number: number) => Hash): (number: number) => Hash {
  const known = new Map<number, Hash>();
  return (number) => {
    const before = known.get(number);
    if (before !== undefined) return before;
    const key = keyOf(number);
    if (known.size < MAX_REMEMBERED) known.set(number, key);
    return key;
  };
}

/** As {@link remembering}, for keys of two numbers. */
export function rememberingPairs(keyOf: (one: number, other: number) => Hash): (one: number, other: number) => Hash {
  const known = new Map<number, Map<number, Hash>>();
  let size = 0;
  return (one, other) => {
    const before = known.get(one)?.get(other);
    if (before !== undefined) return before;
    const key = keyOf(one, other);
    if (size >= MAX_REMEMBERED) return key;
    size++;
    known.set(one, (known.get(one) ?? new Map<number, Hash>()).set(other, key));
    return key;
  };
}

/** Locks that are on their way at a time, and a generation of those before. */
const MAX_LATELY = 2048;

/** @returns a form of `keyOf` that remembers what it was asked for lately: relayers, pools and blocks ask for one lock after the other */
export function rememberingLately(keyOf: (name: Hash) => Hash): (name: Hash) => Hash {
  let [young, old] = [new Map<Hash, Hash>(), new Map<Hash, Hash>()];
  return (name) => {
    const before = young.get(name);
    if (before !== undefined) return before;
    const key = old.get(name) ?? keyOf(name);
    if (young.size >= MAX_LATELY) [young, old] = [new Map(), young];
    young.set(name, key);
    return key;
  };
}
