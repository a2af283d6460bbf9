/** A growing column of numbers. */
export class Samples {
  #values = new Float64Array(64);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  push(value: number): void {
    if (this.#count === this.#values.length) {
      const grown = new Float64Array(2 * this.#count);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.#count++] = value;
  }

  at(index: number): number {
    return this.#values[index] as number;
  }

  /** @returns the values in ascending order */
  sorted(): Float64Array {
    return this.#values.slice(0, this.#count).sort();
  }
}

/**
 * The smallest value that at least `percent` of all do not exceed (nearest rank).
 *
 * @param sorted ascending
 * @returns null without values
 */
export function percentile(sorted: Float64Array, percent: number): number | null {
  if (sorted.length === 0) return null;
  const rank = Math.max(1, Math.ceil((percent * sorted.length) / 100));
  return sorted[rank - 1] as number;
}
