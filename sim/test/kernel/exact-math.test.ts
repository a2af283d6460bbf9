import { describe, expect, it } from "vitest";
import {
  decimalLogarithm,
  exponential,
  exponentialDraw,
  fromDecibels,
  naturalLogarithm,
  normalQuantile,
  toDecibels,
} from "../../kernel/exact-math.ts";

describe("exact mathematics", () => {
  it("agrees with the engine's logarithm and exponential to their last digits", () => {
    for (let step = 1; step < 3000; step++) {
      const x = step * 0.0371 * (step % 7 === 0 ? 1e-9 : 1);
      expect(Math.abs(naturalLogarithm(x) - Math.log(x))).toBeLessThan(2e-15 * Math.max(1, Math.abs(Math.log(x))));
      const y = (step - 1500) * 0.23;
      expect(Math.abs(exponential(y) / Math.exp(y) - 1)).toBeLessThan(1e-13);
    }
    expect(exponential(-1000)).toBe(0);
    expect(decimalLogarithm(1000)).toBeCloseTo(3, 14);
    expect(fromDecibels(toDecibels(0.02))).toBeCloseTo(0.02, 14);
  });

  it("knows the normal distribution's quantiles", () => {
    expect(normalQuantile(0.5)).toBe(0);
    expect(normalQuantile(0.975)).toBeCloseTo(1.959964, 5);
    expect(normalQuantile(0.001)).toBeCloseTo(-3.090232, 5);
    expect(normalQuantile(1e-6)).toBeCloseTo(-4.753424, 5);
    expect(normalQuantile(1e-13)).toBeCloseTo(-7.348796, 4);
  });

  it("draws exponentially distributed numbers that are finite at both ends", () => {
    expect(exponentialDraw(0)).toBeLessThan(24);
    expect(exponentialDraw(2 ** 32 - 1)).toBeGreaterThan(0);
  });
});
