import { beforeAll, describe, expect, it } from "vitest";
import { alarms, outcomeOf } from "../campaign/run.ts";
import { type Estimate, overSeeds } from "../validation/confidence.ts";
import { town } from "./town.ts";

const SEEDS = 6;
const LORA =
  "link: {lora: {spreadingFactor: 7, confirmed: false, demodulators: 64}}, sleep: {every: 80 s, awake: 20 s}";
const CELL = 'link: {"802.15.4": {acknowledged: false}}, sleep: {every: 12 s, awake: 6 s}';

/** @returns the part of frames that collided, over seeds @param groups all at one place, so that no frame captures another */
function collided(duration: string, groups: readonly string[]): Estimate {
  const at = "on: town, radius: 1 m, shadowing: 0, send: {confirm: never}";
  const devices = groups.map((group) => `  - {${at}, ${group}}`).join("\n");
  return overSeeds(SEEDS, (seed) => {
    const outcome = outcomeOf(town(devices, `duration: ${duration}\nseed: ${seed}`));
    expect(alarms(outcome)).toEqual([]);
    const all = (outcome.summary.devices ?? []).map(({ frames }) => frames);
    const sum = (of: "sent" | "collided") => all.reduce((total, frames) => total + frames[of], 0);
    return sum("collided") / sum("sent");
  });
}

describe.each([
  ["LoRa", LORA, "4 min"],
  ["802.15.4", CELL, "2 min"],
])("two groups of 200 devices on %s", (_, link, duration) => {
  let [one, two, apart]: Estimate[] = [];
  beforeAll(() => {
    const half = `count: 200, ${link}`;
    one = collided(duration, [`count: 400, ${link}`]);
    two = collided(duration, [`${half}, air: hall`, `${half}, air: hall`]);
    apart = collided(duration, [half, half]);
  }, 240_000);

  it("collide on one air as often as a group of 400 does", () => {
    const [{ mean, halfWidth }, expected] = [two as Estimate, one as Estimate];
    expect(Math.max(halfWidth, expected.halfWidth) / expected.mean, "half width of the intervals").toBeLessThan(0.25);
    expect(Math.abs(mean - expected.mean)).toBeLessThan(halfWidth + expected.halfWidth);
  });

  it("collide less on an air each, as before", () => {
    const [{ mean, halfWidth }, shared] = [apart as Estimate, two as Estimate];
    expect(mean + halfWidth).toBeLessThan(shared.mean - shared.halfWidth);
  });
});

it("groups of several gateways that move, lose their power and connect again share an air, and give the same run twice", () => {
  const cell = 'link: "802.15.4", air: hall, radius: 30 m, sleep: {every: 40 s, awake: 20 s}';
  const wide =
    "link: {lora: {spreadingFactor: 7, class: C}}, air: roof, radius: 2 km, sleep: {every: 2 min, awake: 1 min}";
  const devices = `
  - {name: still, on: town, count: 12, gateways: 3, ${cell}}
  - {name: moving, on: town, count: 12, gateways: 2, mobility: {speed: 3, step: 2 s}, ${cell}}
  - {name: single, on: town, count: 6, ${cell}}
  - {name: meters, on: town, count: 8, gateways: 2, ${wide}}
  - {name: trackers, on: town, count: 8, gateways: 3, mobility: {speed: 30, step: 5 s}, ${wide}}
faults:
  - {at: 30 s, crash: {of: gateways still}, restartAfter: 20 s}
  - {at: 40 s, crash: {of: gateways trackers}, restartAfter: 20 s}
  - {at: 70 s, for: 2 min, churn: {of: devices moving, period: 8 s, away: 2 s}}
  - {at: 70 s, for: 2 min, churn: {of: devices meters, period: 8 s, away: 2 s}}`;
  const [first, second] = [0, 1].map(() => outcomeOf(town(devices, "duration: 5 min")));
  expect(first?.summary.violations).toEqual([]);
  expect(first?.summary.devices?.every(({ frames }) => frames.sent > 20)).toBe(true);
  expect(second?.summary.digest).toBe(first?.summary.digest);
});

it("a name of its own changes nothing on LoRa", () => {
  const wide = "link: lora, sleep: {every: 2 min, awake: 1 min}";
  const digests = ["", ", air: roof"].map(
    (air) => outcomeOf(town(`  - {on: town, count: 8, ${wide}${air}}`)).summary.digest,
  );
  expect(digests[0]).toBe(digests[1]);
});
