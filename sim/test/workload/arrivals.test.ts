import { describe, expect, test } from "vitest";
import { stream } from "../../kernel/index.ts";
import type { Arrival, TransferLoad } from "../../scenario/scenario.ts";
import { arrivalsOf, drawAmount, drawPartner } from "../../workload/arrivals.ts";
import { boundedPareto, paretoMean } from "../../workload/skewed-draws.ts";
import { loadText } from "../scenario/from-text.ts";

const INTERVAL_US = 50_000;
const DRAWS = 40_000;

function loadOf(changes: Partial<TransferLoad>): TransferLoad {
  const { workload } = loadText("duration: 10 min\nworkload: [{transfer: {rate: 20/s, accounts: 10}}]");
  return { ...(workload[0] as TransferLoad), ...changes };
}

/** @returns the times of a load's starts, from the first on, µs */
function timesOf(arrival: Arrival, draws = DRAWS): number[] {
  const arrivals = arrivalsOf(loadOf({ arrival }), stream("1", "test"));
  const times = [0];
  while (times.length < draws) times.push((times.at(-1) as number) + arrivals.waitUs(times.at(-1) as number));
  return times;
}

function waitsOf(times: readonly number[]): number[] {
  return times.slice(1).map((time, at) => time - (times[at] as number));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0) / values.length;
}

function variance(values: readonly number[]): number {
  const middle = mean(values);
  return mean(values.map((each) => (each - middle) ** 2));
}

describe("arrivals", () => {
  const PATTERNS: readonly Arrival[] = [
    { kind: "steady" },
    { kind: "poisson" },
    { kind: "periodic", jitter: 0.5 },
    { kind: "diurnal", depth: 0.8, periodUs: 60_000_000 },
    { kind: "bursts", size: 10, gapUs: 1000 },
  ];

  test.each(PATTERNS)("$kind: have the mean that the load asks for, within five standard errors", (arrival) => {
    const waits = waitsOf(timesOf(arrival));
    // Waits of rows are far from independent: a row counts as one draw.
    const independent = arrival.kind === "bursts" ? waits.length / arrival.size : waits.length;
    const rowed = arrival.kind === "bursts" ? arrival.size * Math.sqrt(variance(waits)) : Math.sqrt(variance(waits));
    expect(Math.abs(mean(waits) - INTERVAL_US)).toBeLessThan((5 * rowed) / Math.sqrt(independent) + 1);
  });

  test("poisson: waits spread as the exponential distribution does", () => {
    const waits = waitsOf(timesOf({ kind: "poisson" }));
    // Standard error of a share: at most 0.5 / √n.
    const error = (5 * 0.5) / Math.sqrt(waits.length);
    for (const times of [0.1, 0.5, 1, 2, 4]) {
      const share = waits.filter((wait) => wait > times * INTERVAL_US).length / waits.length;
      expect(Math.abs(share - Math.exp(-times))).toBeLessThan(error);
    }
  });

  test("periodic: every account keeps its own beat, missed by no more than the jitter", () => {
    const arrivals = arrivalsOf(loadOf({ arrival: { kind: "periodic", jitter: 0.2 } }), stream("1", "test"));
    let nowUs = 0;
    for (let beat = 0; beat < 200; beat++) {
      expect(arrivals.sender()).toBe(beat % 10);
      expect(Math.abs(nowUs - beat * INTERVAL_US)).toBeLessThanOrEqual(0.1 * INTERVAL_US + 1);
      nowUs += arrivals.waitUs(nowUs);
    }
  });

  test("diurnal: the middle of the period sees nine times as much as its ends", () => {
    const periodUs = 60_000_000;
    const times = timesOf({ kind: "diurnal", depth: 0.8, periodUs });
    const tenths = new Array<number>(10).fill(0);
    for (const time of times) (tenths[Math.floor((10 * (time % periodUs)) / periodUs)] as number)++;
    const expected = (tenth: number) => 1 + 0.8 * (1 - 4 * Math.abs((tenth + 0.5) / 10 - 0.5));
    const whole = times.length / 10;
    for (const [tenth, count] of tenths.entries()) {
      expect(Math.abs(count - whole * expected(tenth))).toBeLessThan(
        5 * Math.sqrt(whole * expected(tenth)) + whole / 50,
      );
    }
  });

  test("bursts: rows of the size asked for, close together", () => {
    const waits = waitsOf(timesOf({ kind: "bursts", size: 10, gapUs: 1000 }, 2001));
    waits.forEach((wait, at) => {
      if ((at + 1) % 10 !== 0) expect(wait).toBe(1000);
    });
    expect(mean(waits.filter((_, at) => (at + 1) % 10 === 0))).toBeGreaterThan(100_000);
  });
});

describe("skewed draws", () => {
  const BOUNDS = { low: 1, high: 1000, shape: 1.16 };

  test("keep to their bounds and have the mean of the bounded Pareto distribution", () => {
    const random = stream("1", "pareto");
    const draws = Array.from({ length: DRAWS }, () => boundedPareto(random.unit() * 0.999_999 + 5e-7, BOUNDS));
    expect(Math.min(...draws)).toBeGreaterThanOrEqual(1);
    expect(Math.max(...draws)).toBeLessThanOrEqual(1000);
    const error = 5 * Math.sqrt(variance(draws) / draws.length);
    expect(Math.abs(mean(draws) - paretoMean(BOUNDS))).toBeLessThan(error);
    expect(paretoMean({ ...BOUNDS, shape: 1 })).toBeCloseTo((1000 * Math.log(1000)) / 999, 9);
  });

  test("make amounts small, and a few of them large", () => {
    const random = stream("1", "amounts");
    const load = loadOf({ amount: { min: "1000", max: "1000000" }, amounts: { kind: "pareto", shape: 1.16 } });
    const amounts = Array.from({ length: DRAWS }, () => Number(drawAmount(load, random)));
    expect(Math.min(...amounts)).toBeGreaterThanOrEqual(1000);
    expect(Math.max(...amounts)).toBeLessThanOrEqual(1_000_000);
    const sorted = amounts.toSorted((a, b) => a - b);
    expect(sorted[DRAWS / 2]).toBeLessThan(2000);
    const fifth = sorted.slice((4 * DRAWS) / 5);
    expect(mean(fifth) / 5 / mean(amounts)).toBeGreaterThan(0.6);
    expect(drawAmount({ ...load, amount: { min: "7", max: "7" } }, random)).toBe(7n);
  });

  test("give partners by rank: the first the most", () => {
    const random = stream("1", "partners");
    const load = loadOf({ partners: { kind: "pareto", shape: 1 } });
    const counts = new Array<number>(10).fill(0);
    for (let draw = 0; draw < DRAWS; draw++) (counts[drawPartner(load, random)] as number)++;
    // P(k) = (1/k − 1/(k + 1)) / (1 − 1/11)
    counts.forEach((count, at) => {
      const share = (1 / (at + 1) - 1 / (at + 2)) / (1 - 1 / 11);
      expect(Math.abs(count - DRAWS * share)).toBeLessThan(5 * Math.sqrt(DRAWS * share));
    });
  });
});

describe("in scenario files", () => {
  const loaded = (text: string) =>
    loadText(`duration: 10 min\nworkload: [{transfer: {${text}}}]`).workload[0] as TransferLoad;

  test("patterns go by a word, or with what shapes them", () => {
    expect(loaded("rate: 1/s").arrival).toEqual({ kind: "steady" });
    expect(loaded("arrival: poisson").arrival).toEqual({ kind: "poisson" });
    expect(loaded("arrival: diurnal").arrival).toEqual({ kind: "diurnal", depth: 0.8, periodUs: 86_400_000_000 });
    expect(loaded("arrival: {periodic: {jitter: 25 %}}").arrival).toEqual({ kind: "periodic", jitter: 0.25 });
    expect(loaded("arrival: {bursts: {size: 5}}").arrival).toEqual({ kind: "bursts", size: 5, gapUs: 100_000 });
    expect(loaded("amounts: pareto, partners: {pareto: {shape: 2}}")).toMatchObject({
      amounts: { kind: "pareto", shape: 1.16 },
      partners: { kind: "pareto", shape: 2 },
    });
  });

  test("readings are transactions of data alone, of accounts in turn, on one subchain", () => {
    const file = (load: string) => `duration: 10 min\nsubchains: [{name: home, operators: 4}]\nworkload: [{${load}}]`;
    expect(loadText(file("reading: {on: home, rate: 1/s, accounts: 60}")).workload[0]).toMatchObject({
      name: "reading-1",
      from: "home",
      to: "home",
      amount: { min: "0", max: "0" },
      dataBytes: 24,
      arrival: { kind: "periodic", jitter: 0.1 },
    });
    expect(() => loadText(file("reading: {rate: 1/s}"))).toThrow(/readings without a chain that keeps them/);
    expect(() => loadText(file("reading: {on: root}"))).toThrow(/readings without a chain that keeps them/);
    expect(() => loadText(file("reading: {on: home}, transfer: {from: home, to: home}"))).toThrow(
      /transfer and reading in one entry/,
    );
    expect(() => loadText(file(""))).toThrow(/an entry of no kind/);
  });

  test("a trace gives the very times, and its file is judged by the row", () => {
    const file = "duration: 10 min\nworkload: [{transfer: {start: 1 s, stop: 60 s, arrival: {trace: times.csv}}}]";
    const traced = (csv: string, text = file) =>
      loadText({ "x.yaml": text, "times.csv": csv }).workload[0] as TransferLoad;
    const load = traced("seconds\n0.5\n0.75\n0.75\n20\n");
    expect(load.arrival).toEqual({ kind: "trace", atUs: [500_000, 750_000, 750_000, 20_000_000] });
    const arrivals = arrivalsOf(load, stream("1", "test"));
    const times = [load.startUs + arrivals.firstUs];
    while ((times.at(-1) as number) < load.stopUs) {
      times.push((times.at(-1) as number) + arrivals.waitUs(times.at(-1) as number));
    }
    expect(times).toEqual([1_500_000, 1_750_000, 1_750_001, 21_000_000, 60_000_000]);
    expect(() => traced("seconds\n2\n1\n")).toThrow(
      /row 2 of times\.csv: 1 s does not come after 2 s[\s\S]*seconds, ascending/,
    );
    expect(() => traced("seconds\n2,1\n")).toThrow(/row 1 of times\.csv: 2 in place of 1 cell/);
    expect(() => traced("seconds\n-1\n")).toThrow(/row 1 of times\.csv: seconds "-1" is no number of 0 or more/);
    expect(() => traced("seconds\n")).toThrow(/0 rows in times\.csv/);
    expect(() => loadText(file)).toThrow(/there is no such file/);
    expect(() => traced("seconds\n1\n", file.replace("start: 1 s", "start: 1 s, rate: 1/s"))).toThrow(
      /times from a file have no rate/,
    );
  });

  test("two patterns, none, and bursts without a pause are refused where they stand", () => {
    expect(() => loaded("arrival: {bursts: {}, diurnal: {}}")).toThrow(/an arrival of no kind or of several/);
    expect(() => loaded("arrival: {}")).toThrow(/an arrival of no kind or of several/);
    expect(() => loaded("rate: 20/s, arrival: {bursts: {size: 10, gap: 1 s}}")).toThrow(
      /take longer than the rate leaves between them[\s\S]*a gap below 0\.055555 s/,
    );
    expect(() => loaded("arrival: poison")).toThrow(/did you mean "poisson"/);
  });
});
