import { percentile, Samples } from "./samples.ts";

/** A time during which something was broken on purpose, µs. */
export interface Window {
  readonly fromUs: number;
  readonly toUs: number;
}

/** Durations with the times they began and ended, so that figures can leave the faults out. */
export class Spans {
  readonly #from = new Samples();
  readonly #to = new Samples();

  push(fromUs: number, toUs: number): void {
    this.#from.push(fromUs);
    this.#to.push(toUs);
  }

  /** @returns the durations in ascending order, µs; those that overlap a window are left out */
  lengths(without: readonly Window[] = []): Float64Array {
    const lengths = new Samples();
    for (let index = 0; index < this.#from.count; index++) {
      const fromUs = this.#from.at(index);
      const toUs = this.#to.at(index);
      if (!without.some((window) => fromUs < window.toUs && toUs > window.fromUs)) lengths.push(toUs - fromUs);
    }
    return lengths.sorted();
  }
}

/** @returns the 50th and 99th percentile in seconds */
export function percentilesSeconds(lengthsUs: Float64Array): { p50: number | null; p99: number | null } {
  const seconds = (percent: number): number | null => {
    const us = percentile(lengthsUs, percent);
    return us === null ? null : us / 1_000_000;
  };
  return { p50: seconds(50), p99: seconds(99) };
}
