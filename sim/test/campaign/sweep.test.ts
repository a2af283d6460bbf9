import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { estimate, intervalText, type SweepRun, sweepResults } from "../../campaign/index.ts";
import { studentQuantile95, studentWithin } from "../../campaign/student.ts";

describe("Student's t", () => {
  // Source: NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2, column 0.975.
  test.each([
    [1, 12.706],
    [2, 4.303],
    [3, 3.182],
    [4, 2.776],
    [5, 2.571],
    [9, 2.262],
    [10, 2.228],
    [29, 2.045],
    [30, 2.042],
    [60, 2.0],
    [100, 1.984],
  ])("with %i degrees of freedom leaves 5 %% beyond ±%f", (freedom, quantile) => {
    expect(Number(studentQuantile95(freedom).toFixed(3))).toBe(quantile);
  });

  test("comes near the normal distribution with many degrees of freedom", () => {
    expect(studentQuantile95(999)).toBeCloseTo(1.959964, 2);
    expect(studentQuantile95(999)).toBeGreaterThan(1.959964);
  });

  test("is a probability that rises with t", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 999 }), fc.double({ min: 0.01, max: 50, noNaN: true }), (freedom, t) => {
        const [within, further] = [studentWithin(t, freedom), studentWithin(t * 1.5, freedom)];
        expect(within).toBeGreaterThan(0);
        expect(further).toBeGreaterThanOrEqual(within - 1e-12);
        expect(further).toBeLessThan(1 + 1e-12);
      }),
    );
  });
});

describe("an estimate", () => {
  test("of five samples is that of a textbook", () => {
    // 2, 4, 4, 5, 10: mean 5, sum of squares 36, deviation 3; t with 4 degrees of freedom is 2.7764.
    const { samples, mean, deviation, low, high } = estimate([2, 4, 4, 5, 10]);
    expect([samples, mean, deviation]).toEqual([5, 5, 3]);
    expect(high).toBeCloseTo(5 + (2.77645 * 3) / Math.sqrt(5), 4);
    expect(low).toBeCloseTo(5 - (2.77645 * 3) / Math.sqrt(5), 4);
  });

  test("of one sample has no interval", () => {
    expect(estimate([7])).toEqual({ samples: 1, mean: 7, deviation: null, low: null, high: null });
    expect(intervalText({ name: "height", unit: "count", ...estimate([7]) })).toBe("7 (1)");
  });

  test("covers the true mean 95 times in a hundred", () => {
    // Sums of twelve even draws are as good as normal; a generator of Park and Miller's makes them.
    let state = 1;
    const even = (): number => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    };
    const draw = () => Array.from({ length: 12 }, even).reduce((sum, each) => sum + each, -6);
    const trials = 4_000;
    let covered = 0;
    for (let trial = 0; trial < trials; trial++) {
      const { low, high } = estimate(Array.from({ length: 5 }, draw));
      if (low !== null && high !== null && low <= 0 && high >= 0) covered++;
    }
    // Four standard errors of a share of 95 %.
    expect(Math.abs(covered / trials - 0.95)).toBeLessThan(4 * Math.sqrt((0.95 * 0.05) / trials));
  });

  test("is shown in its unit", () => {
    const of = (unit: string, ...samples: number[]) => intervalText({ name: "x", unit, ...estimate(samples) });
    expect(of("share", 0.5, 0.5)).toBe("50 ± 0 % (2)");
    expect(of("s", 1, 2)).toBe("1.5 ± 6.4 s (2)");
    expect(of("1/s", 3)).toBe("3 /s (1)");
    expect(intervalText(undefined)).toBe("–");
  });
});

function run(cell: number, seed: string, value: number | null): SweepRun {
  const figures = value === null ? [] : [{ name: "height", unit: "count", value }];
  const verdict = value === null ? ("lost" as const) : ("pass" as const);
  const same = { file: "x.yaml", scenario: "x", digest: "", detail: "", reproduce: "", wallSeconds: 0 };
  return { ...same, cell, seed, verdict, figures };
}

describe("results by cell", () => {
  const cell = (number: number) => ({ number, values: [String(number)], settings: [], scenario: {} as never });
  const sweep = { cells: [cell(1), cell(2), cell(3)], seeds: ["9", "10", "11"] };
  const runs = [run(1, "9", 1), run(1, "10", 2), run(1, "11", 3), run(2, "9", 4), run(2, "10", null), run(2, "11", 6)];

  test("do not depend on the order in which runs end", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(runs, { minLength: runs.length }), (shuffled) => {
        expect(sweepResults(sweep, shuffled)).toEqual(sweepResults(sweep, runs));
      }),
    );
  });

  test("count the samples of a lost run out, and a cell without runs has no figure", () => {
    const [first, second, third] = sweepResults(sweep, runs);
    expect(first?.figures).toMatchObject([{ name: "height", samples: 3, mean: 2 }]);
    expect(second?.figures).toMatchObject([{ name: "height", samples: 2, mean: 5 }]);
    expect(second?.runs.map(({ verdict }) => verdict)).toEqual(["pass", "lost", "pass"]);
    expect(third).toMatchObject({ runs: [], figures: [] });
  });
});
