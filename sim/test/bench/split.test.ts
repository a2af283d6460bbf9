import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { growthPlot } from "../../bench/growth-plot.ts";
import { simulate, sodiumBackend } from "../../bench/simulate.ts";
import { balanced, splitBound } from "../../bench/split-bound.ts";
import { logEvents, type SplitLog } from "../../bench/split-log.ts";
import { manyChains } from "../../bench/workloads.ts";

type Event = readonly [timeUs: number, part: number, costUs: number];

function logOf(events: readonly Event[], partCount: number): SplitLog {
  return {
    timesUs: Float64Array.from(events, ([timeUs]) => timeUs),
    parts: Uint16Array.from(events, ([, part]) => part),
    costsUs: Float32Array.from(events, ([, , costUs]) => costUs),
    partCount,
    crossings: 0,
    shortestFlightUs: 1000,
  };
}

const PLAN = { cores: 2, lookaheadUs: 1000, barrierUs: 0 };

describe("the bound of a split", () => {
  test("is all cores where each window's work is even, and less by the barriers", () => {
    const log = logOf(
      [
        [0, 0, 10],
        [10, 1, 10],
        [5000, 0, 10],
        [5999, 1, 10],
      ],
      2,
    );
    expect(splitBound(log, PLAN)).toMatchObject({
      windows: 2,
      eventsAWindow: 2,
      freeSpeedup: 2,
      asynchronousSpeedup: 2,
    });
    expect(splitBound(log, { ...PLAN, barrierUs: 10 }).speedup).toBe(1);
  });

  test("is one core where parts take turns, however even their sums are", () => {
    const log = logOf(
      [
        [0, 0, 10],
        [1000, 1, 10],
        [2000, 0, 10],
        [3000, 1, 10],
      ],
      2,
    );
    expect(splitBound(log, PLAN)).toMatchObject({ windows: 4, speedup: 1, dealtSpeedup: 1, asynchronousSpeedup: 1 });
    expect(splitBound(log, { ...PLAN, lookaheadUs: 4000 }).speedup).toBe(2);
  });

  test("is one core where one part does everything", () => {
    const log = logOf(
      [
        [0, 1, 10],
        [1, 1, 10],
        [5000, 1, 30],
      ],
      3,
    );
    expect(splitBound(log, PLAN)).toMatchObject({
      speedup: 1,
      dealtSpeedup: 1,
      asynchronousSpeedup: 1,
      largestPartUs: 50,
    });
  });

  test("lies between one core and all, and a longer lookahead never slows an asynchronous split", () => {
    const event = fc.tuple(
      fc.integer({ min: 0, max: 20_000 }),
      fc.integer({ min: 0, max: 4 }),
      fc.integer({ min: 1, max: 99 }),
    );
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 60 }), fc.integer({ min: 1, max: 3 }), (events, cores) => {
        const log = logOf(
          events.toSorted(([a], [b]) => a - b),
          5,
        );
        const bound = splitBound(log, { ...PLAN, cores });
        const longer = splitBound(log, { ...PLAN, cores, lookaheadUs: 3000 });
        for (const value of [bound.speedup, bound.dealtSpeedup, bound.asynchronousSpeedup]) {
          expect(value).toBeGreaterThanOrEqual(1 - 1e-9);
          expect(value).toBeLessThanOrEqual(cores + 1e-9);
        }
        expect(bound.dealtSpeedup).toBeGreaterThanOrEqual(bound.freeSpeedup - 1e-9);
        expect(longer.asynchronousSpeedup).toBeGreaterThanOrEqual(bound.asynchronousSpeedup - 1e-9);
      }),
    );
  });

  test("puts the largest part on a core of its own where it outweighs the others", () => {
    expect(Array.from(balanced(Float64Array.of(1, 9, 2, 3), 2))).toEqual([1, 0, 1, 1]);
  });
});

test("a log has every event of the run, each part's, and no message faster than the shortest way", async () => {
  const backend = await sodiumBackend();
  const scenario = manyChains("modelled", { subchains: 3, minutes: 0.5, transfersPerSecond: 5 });
  const log = logEvents(scenario, backend);
  const { events } = simulate(scenario, { backend, checkers: false });
  expect(log.timesUs.length).toBe(events);
  expect(new Set(log.parts)).toEqual(new Set([0, 1, 2, 3]));
  expect(log.crossings).toBeGreaterThan(0);
  const shortest = Math.min(...scenario.network.backbone.regions.latencyUs.flat());
  expect(log.shortestFlightUs).toBeGreaterThanOrEqual(shortest);
  expect(Array.from(log.timesUs)).toEqual(Array.from(log.timesUs).toSorted((a, b) => a - b));
});

describe("a plot of growth", () => {
  const growth = {
    title: "a <b> & c",
    xLabel: "nodes",
    yLabel: "time (CPU s)",
    sizes: [1000, 10_000, 100_000],
    values: [0.5, 5, 50],
    target: 1.1,
    higherIsBetter: false,
  };

  test("is one document with labels, ticks, both lines and a point a size", () => {
    const svg = growthPlot(growth);
    expect(svg).toContain("<title>a &lt;b&gt; &amp; c</title>");
    for (const text of [
      "nodes",
      "time (CPU s)",
      "measured: exponent 1.00",
      "target: at most 1.1, from the first point",
      "10 k",
      "100 k",
    ])
      expect(svg).toContain(`>${text}</text>`);
    expect(svg.match(/<circle /g)).toHaveLength(3);
    expect(svg).not.toMatch(/NaN|undefined|Infinity|href|<script/);
  });

  test("keeps every point and line within its frame", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), { minLength: 3, maxLength: 3 }),
        (values) => {
          const svg = growthPlot({ ...growth, values });
          for (const [, x, y] of svg.matchAll(/<circle cx="([\d.-]+)" cy="([\d.-]+)"/g)) {
            expect(Number(x)).toBeGreaterThanOrEqual(80);
            expect(Number(x)).toBeLessThanOrEqual(616);
            expect(Number(y)).toBeGreaterThanOrEqual(64);
            expect(Number(y)).toBeLessThanOrEqual(384);
          }
        },
      ),
    );
  });
});
