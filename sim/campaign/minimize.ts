/** Answers whether what is left still shows the same failure. */
export type Holds<T> = (candidate: T) => Promise<boolean>;

/**
 * Leaves out as many items as it can: first all, then ever smaller neighbouring parts, at last single ones (delta debugging
 * by complements).
 *
 * Source: Zeller and Hildebrandt, Simplifying and Isolating Failure-Inducing Input, 2002.
 *
 * @returns items that hold, in their order
 */
export async function fewest<T>(items: readonly T[], holds: Holds<readonly T[]>): Promise<readonly T[]> {
  if (items.length === 0 || (await holds([]))) return [];
  let kept = items;
  for (let part = Math.ceil(items.length / 2); part >= 1; part = part === 1 ? 0 : Math.ceil(part / 2)) {
    for (let start = 0; start < kept.length && kept.length > 1; ) {
      const rest = [...kept.slice(0, start), ...kept.slice(start + part)];
      if (rest.length > 0 && (await holds(rest))) kept = rest;
      else start += part;
    }
  }
  return kept;
}

/**
 * Looks for the least whole number that holds, as if all above it did too.
 *
 * @param value holds
 * @param least may not
 * @returns a number from `least` to `value` that holds
 */
export async function lowest(value: number, least: number, holds: Holds<number>): Promise<number> {
  if (value <= least) return value;
  if (await holds(least)) return least;
  let [fails, works] = [least, value];
  while (works - fails > 1) {
    const middle = fails + Math.floor((works - fails) / 2);
    if (await holds(middle)) works = middle;
    else fails = middle;
  }
  return works;
}
