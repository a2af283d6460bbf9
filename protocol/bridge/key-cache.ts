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
