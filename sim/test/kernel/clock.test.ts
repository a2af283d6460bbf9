import { describe, expect, it } from "vitest";
import { Clocks } from "../../kernel/clock.ts";

describe("clocks", () => {
  it("show global time until told otherwise", () => {
    expect(new Clocks(1).wallUs(0, 123)).toBe(123);
  });

  it("step at once and never show a negative time", () => {
    const clocks = new Clocks(2);
    clocks.step(1, -500);
    expect([clocks.wallUs(0, 100), clocks.wallUs(1, 100), clocks.wallUs(1, 700)]).toEqual([100, 0, 200]);
  });

  it("drift from the moment they are told to, and keep what they have gained", () => {
    const clocks = new Clocks(1);
    clocks.setDrift(0, 100, 1_000_000);
    expect(clocks.wallUs(0, 1_000_000)).toBe(1_000_000);
    expect(clocks.wallUs(0, 11_000_000)).toBe(11_001_000);
    clocks.setDrift(0, -100, 11_000_000);
    expect(clocks.wallUs(0, 21_000_000)).toBe(21_000_000);
    clocks.setDrift(0, 0, 31_000_000);
    expect(clocks.wallUs(0, 99_000_000)).toBe(98_999_000);
  });

  it("run timers on the drifting clock, unmoved by steps", () => {
    const clocks = new Clocks(1);
    clocks.step(0, 5_000_000);
    expect(clocks.globalDelayUs(0, 1_000_000)).toBe(1_000_000);
    clocks.setDrift(0, 1000, 0);
    const delayUs = clocks.globalDelayUs(0, 1_000_000);
    expect(delayUs).toBe(999_001);
    expect(clocks.wallUs(0, delayUs) - clocks.wallUs(0, 0)).toBeGreaterThanOrEqual(1_000_000);
  });

  it("are right again after a correction", () => {
    const clocks = new Clocks(1);
    clocks.step(0, 77);
    clocks.setDrift(0, 50, 10);
    clocks.correct(0);
    expect(clocks.wallUs(0, 1e9)).toBe(1e9);
  });
});
