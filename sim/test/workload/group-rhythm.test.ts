import { describe, expect, test } from "vitest";
import type { Rhythm } from "../../../protocol/node/rhythm.ts";
import { mix } from "../../kernel/random.ts";
import type { Arrival, DeviceGroup } from "../../scenario/scenario.ts";
import { rhythmOf } from "../../workload/group-rhythm.ts";
import { loadText } from "../scenario/from-text.ts";

const PERIOD_US = 60_000_000;
const WAKINGS = 20_000;
const FILE = `
duration: 10 min
subchains: [{name: hall, operators: 4}]
devices: [{name: things, on: hall, count: 3, link: wifi, sleep: {every: 1 min, awake: 1 s}, send: {confirm: never}}]
`;

function groupOf(arrival: Arrival | undefined, changes: Partial<DeviceGroup> = {}): DeviceGroup {
  const group = loadText(FILE).devices?.[0] as DeviceGroup;
  const sleep = arrival === undefined ? group.sleep : { ...group.sleep, arrival };
  return { ...group, sleep, ...changes };
}

/** @returns the times of a device's wakings when it is never late, µs */
function wakingsOf(rhythm: Rhythm, firstUs: number, wakings = WAKINGS): number[] {
  const times = [firstUs];
  let draws = 0;
  const entropy = () => mix(7, draws++, 0, 0, 0);
  while (times.length < wakings) {
    const wokeUs = times.at(-1) as number;
    times.push(rhythm.nextUs({ wokeUs, number: times.length }, { nowUs: wokeUs, entropy }));
  }
  return times;
}

function timesOf(arrival: Arrival | undefined, wakings = WAKINGS): number[] {
  const rhythm = rhythmOf(groupOf(arrival), "1");
  const device = { node: 40, place: 0 };
  return wakingsOf(rhythm.of(device), rhythm.firstUs(device), wakings);
}

const waitsOf = (times: readonly number[]) => times.slice(1).map((time, at) => time - (times[at] as number));
const mean = (values: readonly number[]) => values.reduce((sum, each) => sum + each, 0) / values.length;
const deviation = (values: readonly number[]) =>
  Math.sqrt(mean(values.map((each) => each * each)) - mean(values) * mean(values));

describe("rhythms of devices", () => {
  test.each<[string, Arrival | undefined]>([
    ["none", undefined],
    ["steady", { kind: "steady" }],
    ["poisson", { kind: "poisson" }],
    ["periodic", { kind: "periodic", jitter: 0.5 }],
    ["diurnal", { kind: "diurnal", depth: 0.8, periodUs: 3_600_000_000 }],
    ["bursts", { kind: "bursts", size: 5, gapUs: 1_000_000 }],
  ])("%s: wakings have the mean that the group asks for, within five standard errors", (_, arrival) => {
    const waits = waitsOf(timesOf(arrival));
    const apart = arrival?.kind === "bursts" ? arrival.size : 1;
    const error = (deviation(waits) * apart) / Math.sqrt(waits.length / apart);
    expect(Math.abs(mean(waits) - PERIOD_US)).toBeLessThan(5 * error);
  });

  test("of a Poisson process waits have the mean as deviation, and e^-1 of them are longer than it", () => {
    const waits = waitsOf(timesOf({ kind: "poisson" }));
    expect(Math.abs(deviation(waits) / PERIOD_US - 1)).toBeLessThan(0.05);
    const longer = waits.filter((each) => each > PERIOD_US).length / waits.length;
    expect(Math.abs(longer - 0.3679)).toBeLessThan(5 * Math.sqrt((0.3679 * 0.6321) / WAKINGS));
  });

  test("a strict beat does not drift, and a device that was late falls in again", () => {
    const times = timesOf({ kind: "periodic", jitter: 0.5 }, 1_000);
    const [first = 0] = times;
    for (const [beat, time] of times.entries()) {
      if (beat > 0) expect(Math.abs(time - first - beat * PERIOD_US)).toBeLessThanOrEqual(0.25 * PERIOD_US);
    }
    const device = { node: 40, place: 0 };
    const rhythm = rhythmOf(groupOf({ kind: "periodic", jitter: 0 }), "1");
    const lateUs = rhythm.firstUs(device) + 3 * PERIOD_US + 20_000_000;
    const nextUs = rhythm.of(device).nextUs({ wokeUs: lateUs, number: 4 }, { nowUs: lateUs, entropy: () => 2 ** 31 });
    expect(nextUs).toBe(rhythm.firstUs(device) + 4 * PERIOD_US);
  });

  test("rows are of the size asked for, a gap apart", () => {
    const waits = waitsOf(timesOf({ kind: "bursts", size: 4, gapUs: 2_000_000 }, 401));
    for (const [at, wait] of waits.entries()) if (at % 4 !== 3) expect(wait).toBe(2_000_000);
    expect(mean(waits.filter((_, at) => at % 4 === 3))).toBeGreaterThan(10_000_000);
  });

  test("over a day most wakings come in its middle", () => {
    const periodUs = 3_600_000_000;
    const tenths = new Array<number>(10).fill(0);
    for (const time of timesOf({ kind: "diurnal", depth: 0.8, periodUs })) {
      (tenths[Math.floor((10 * (time % periodUs)) / periodUs)] as number)++;
    }
    // Rates in the middle of the tenths: 0.28 of the mean in the first, 1.72 in the fifth.
    const [low = 0, , , , high = 0] = tenths;
    expect(high / low).toBeGreaterThan(4);
    expect(high / low).toBeLessThan(9);
  });

  test("rows of a file go to devices in turn, each once however early or late its device is", () => {
    const atUs = [5, 6, 7, 65, 66, 67, 125].map((seconds) => seconds * 1_000_000);
    const rhythm = rhythmOf(groupOf({ kind: "trace", atUs }), "1");
    const device = { node: 41, place: 1 };
    expect(rhythm.firstUs(device)).toBe(6_000_001);
    expect(wakingsOf(rhythm.of(device), 6_000_001, 2)).toEqual([6_000_001, 66_000_001]);
    const entropy = () => 0;
    const next = (wokeUs: number, nowUs = wokeUs) =>
      rhythm.of(device).nextUs({ wokeUs, number: 1 }, { nowUs, entropy });
    expect(next(5_900_000)).toBe(66_000_001);
    expect(next(7_000_000, 80_000_000)).toBeGreaterThan(3_600_000_000);
    expect(next(66_000_001)).toBeGreaterThan(3_600_000_000);
    expect(rhythm.firstUs({ node: 47, place: 7 })).toBeGreaterThan(3_600_000_000);
  });

  test("without a start the first wakings of a Poisson process are exponential, too, and with one they spread evenly", () => {
    const firsts = (changes: Partial<DeviceGroup>) => {
      const rhythm = rhythmOf(groupOf({ kind: "poisson" }, changes), "1");
      return Array.from({ length: 5_000 }, (_, place) => rhythm.firstUs({ node: 40 + place, place }));
    };
    const own = firsts({});
    expect(Math.abs(mean(own) / PERIOD_US - 1)).toBeLessThan(0.08);
    expect(Math.max(...own)).toBeGreaterThan(5 * PERIOD_US);
    const given = firsts({ start: { atUs: 1_000_000, spreadUs: 2_000_000 } });
    expect(Math.min(...given)).toBeGreaterThan(1_000_000);
    expect(Math.max(...given)).toBeLessThanOrEqual(3_000_000);
  });
});

describe("in scenario files", () => {
  const CSV = "seconds\n5\n6\n7\n65\n66\n67\n";
  const loaded = (sleep: string, send = "confirm: never", rest = "") =>
    loadText({
      "x.yaml": `duration: 10 min
subchains: [{name: hall, operators: 4}]
devices: [{name: things, on: hall, count: 3, link: wifi, sleep: {${sleep}}, send: {${send}}${rest}}]`,
      "times.csv": CSV,
    }).devices?.[0] as DeviceGroup;

  test("patterns stand beside every, and are filled in as those of loads are", () => {
    expect(loaded("every: 1 min").sleep.arrival).toBeUndefined();
    expect(loaded("every: 1 min, arrival: poisson").sleep).toMatchObject({
      periodUs: PERIOD_US,
      arrival: { kind: "poisson" },
    });
    expect(loaded("every: 1 min, arrival: {bursts: {size: 3}}").sleep.arrival).toEqual({
      kind: "bursts",
      size: 3,
      gapUs: 100_000,
    });
    const traced = loaded("arrival: {trace: times.csv}", "confirm: never", ", start: {at: 10 s}");
    expect(traced.sleep.periodUs).toBe(33_500_001);
    expect(traced.start).toEqual({ atUs: 10_000_000, spreadUs: 1 });
  });

  test.each([
    ["every: 1 min, jitter: 5 %, arrival: poisson", /3:88: a pattern says itself how far wakings stray/],
    ["every: 1 min, arrival: {trace: times.csv}", /times from a file have no period/],
    [
      "every: 10 s, arrival: {bursts: {size: 10, gap: 20 s}}",
      /longer than the period leaves between them[\s\S]*a longer period/,
    ],
    ["every: 1 min, arrival: poison", /did you mean "poisson"/],
    ["every: 1 min, arrival: {poisson: {}}", /poisson/],
  ])("%s is refused where it stands", (sleep, message) => {
    expect(() => loaded(sleep)).toThrow(message);
  });

  test("who follows a chain is asleep before the next of a row", () => {
    const rows = "every: 1 min, awake: 10 s, arrival: {bursts: {size: 3, gap: 5 s}}";
    expect(() => loaded(rows, "confirm: 1")).toThrow(/the next waking of a row comes 5 s after the last/);
    expect(loaded(rows).sleep.awakeUs).toBe(10_000_000);
  });

  test("a few times before the end are enough, however late the others are", () => {
    const late = loadText({
      "x.yaml": `duration: 1 min
subchains: [{name: hall, operators: 4}]
devices: [{name: things, on: hall, count: 3, link: wifi, sleep: {arrival: {trace: times.csv}}, send: {confirm: never}}]`,
      "times.csv": "seconds\n5\n5000\n",
    });
    expect(late.devices?.[0]?.sleep.arrival).toEqual({ kind: "trace", atUs: [5_000_000, 5_000_000_000] });
  });

  test("times that all come after the run are refused", () => {
    expect(() => loaded("arrival: {trace: times.csv}", "confirm: never", ", start: {at: 596 s}")).toThrow(
      /the first time is 5 s after the start, and the run is over 4 s after it/,
    );
  });
});
