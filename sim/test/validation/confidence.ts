import { expect } from "vitest";

/** Two-sided 99.9 % quantiles of Student's t by degrees of freedom. Source: any table of the distribution. */
const STUDENT_999: Readonly<Record<number, number>> = {
  4: 8.61,
  5: 6.869,
  7: 5.408,
  9: 4.781,
  11: 4.437,
  15: 4.073,
  19: 3.883,
};

/** What independent runs say of one figure. */
export interface Estimate {
  readonly mean: number;
  /** Half of the 99.9 % confidence interval of the mean. */
  readonly halfWidth: number;
}

/** @param samples one figure of each seed */
export function estimate(samples: readonly number[]): Estimate {
  const count = samples.length;
  const mean = samples.reduce((sum, each) => sum + each, 0) / count;
  const squares = samples.reduce((sum, each) => sum + (each - mean) ** 2, 0);
  const quantile = STUDENT_999[count - 1];
  if (quantile === undefined) throw new Error(`no quantile for ${count} samples`);
  return { mean, halfWidth: quantile * Math.sqrt(squares / (count - 1) / count) };
}

/** @returns one figure of each of so many seeds */
export function overSeeds(seeds: number, figure: (seed: number) => number): Estimate {
  return estimate(Array.from({ length: seeds }, (_, seed) => figure(seed + 1)));
}

/**
 * Holds a simulated figure against a closed form: the form has to be inside the confidence interval, widened by what the form itself
 * is off at most, and the interval has to be narrow enough to tell something.
 */
export function expectAgreement(
  { mean, halfWidth }: Estimate,
  expected: number,
  { resolution, modelError = 0 }: { resolution: number; modelError?: number },
): void {
  expect(halfWidth / expected, "half width of the interval").toBeLessThan(resolution);
  expect(Math.abs(mean - expected), `${mean} ± ${halfWidth} against ${expected}`).toBeLessThanOrEqual(
    halfWidth + modelError * expected,
  );
}
