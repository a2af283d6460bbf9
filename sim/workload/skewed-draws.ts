import { exponential, naturalLogarithm } from "../kernel/exact-math.ts";

/** A Pareto distribution cut off at both ends. */
export interface ParetoBounds {
  /** Above 0. */
  readonly low: number;
  readonly high: number;
  /** Above 0; the smaller, the heavier the tail. */
  readonly shape: number;
}

/**
 * The quantile of the bounded Pareto distribution.
 *
 * @param probability above 0, below 1
 * @returns a value from `low` to `high`
 */
export function boundedPareto(probability: number, { low, high, shape }: ParetoBounds): number {
  const tail = exponential(shape * naturalLogarithm(low / high));
  return low * exponential(-naturalLogarithm(1 - probability * (1 - tail)) / shape);
}

/** @returns the mean of the distribution, in closed form */
export function paretoMean({ low, high, shape }: ParetoBounds): number {
  const ratio = low / high;
  const tail = exponential(shape * naturalLogarithm(ratio));
  if (shape === 1) return (low / (1 - tail)) * naturalLogarithm(1 / ratio);
  return ((low * shape) / (shape - 1)) * ((1 - tail / ratio) / (1 - tail));
}
