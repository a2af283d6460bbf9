import type { Place } from "./path-loss.ts";

/** Speed of light in a vacuum, which no radio exceeds, m a µs. Source: BIPM, SI Brochure, 9th edition, table 1. */
const METRES_PER_US = 299.792_458;

/** @returns how long a signal takes from one place to another, whole µs, rounded up: nothing is faster than light */
export function propagationBetweenUs(one: Place, other: Place): number {
  const [x, y] = [one.x - other.x, one.y - other.y];
  return Math.ceil(Math.sqrt(x * x + y * y) / METRES_PER_US);
}
