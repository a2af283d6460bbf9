import { describe, expect, test } from "vitest";
import { Motion } from "../../network/motion.ts";
import { alarms, outcomeOf } from "../campaign/run.ts";
import { loadText } from "../scenario/from-text.ts";
import { figure, town } from "./town.ts";

const SECOND = 1_000_000;
const OPTIONS = { key: 77, radiusMetres: 500, speed: 2, pauseUs: 5 * SECOND, stepUs: 10 * SECOND };
const places = (count: number) => Array.from({ length: count }, (_, device) => ({ x: device, y: -device }));

describe("random waypoint", () => {
  test("keeps to the disc and to the speed, and moves on after each pause", () => {
    const motion = new Motion({ ...OPTIONS, places: places(20) });
    for (let device = 0; device < 20; device++) {
      let before = motion.at(device, 0);
      let metres = 0;
      for (let second = 1; second <= 3_600; second++) {
        const now = motion.at(device, second * SECOND);
        const step = Math.hypot(now.x - before.x, now.y - before.y);
        expect(step).toBeLessThanOrEqual(2 + 1e-9);
        expect(Math.hypot(now.x, now.y)).toBeLessThanOrEqual(500);
        metres += step;
        before = now;
      }
      // Never slower than half of the most but in pauses, of which each way of some hundred metres has one.
      expect(metres).toBeGreaterThan(0.8 * 3_600);
    }
  });

  test("draws for each device by itself, whatever the others are and however often it is looked at", () => {
    const [few, many] = [new Motion({ ...OPTIONS, places: places(3) }), new Motion({ ...OPTIONS, places: places(9) })];
    for (let second = 0; second < 2_000; second += 7) few.at(2, second * SECOND);
    expect(few.at(2, 2_000 * SECOND)).toEqual(many.at(2, 2_000 * SECOND));
  });
});

test("a recorded path is gone along straight, again and again, by each device from somewhere else", () => {
  const path = { atUs: [0, 10 * SECOND, 20 * SECOND], x: [0, 100, 0], y: [0, 0, 0] };
  const motion = new Motion({ ...OPTIONS, places: places(5), path });
  const seen = new Set<number>();
  for (let device = 0; device < 5; device++) {
    const start = motion.at(device, 0).x;
    seen.add(start);
    for (let second = 1; second < 100; second++) {
      const { x, y } = motion.at(device, second * SECOND);
      expect(Math.abs(x - 50)).toBeLessThanOrEqual(50);
      expect(y).toBe(0);
      if (second % 20 === 0) expect(x).toBeCloseTo(start, 6);
    }
  }
  expect(seen.size).toBe(5);
});

test("a path is read from beside the scenario, its corner being south-west", () => {
  const mobility = loadText({
    "x.yaml": "subchains: [{name: town}]\ndevices: [{on: town, link: wifi, radius: 20 m, mobility: {path: p.csv}}]\n",
    "p.csv": "seconds,east,north\n0,0,40\n10,20,20\n",
  }).devices?.[0]?.mobility;
  expect(mobility?.path).toEqual({ atUs: [0, 10 * SECOND], x: [-20, 0], y: [20, 0] });
});

const moving = (link: string, more: string) =>
  `  - {name: things, on: town, count: 12, link: ${link}, gateways: 4, ${more}, sleep: {every: 1 min, awake: 40 s}}`;

describe("devices that move", () => {
  test.each([
    ["wifi", "radius: 60 m, mobility: {speed: 5, pause: 1 s, step: 2 s}"],
    ["ble", "radius: 30 m, mobility: {speed: 3, pause: 1 s, step: 2 s}"],
    ['"802.15.4"', "radius: 40 m, mobility: {speed: 5, pause: 1 s, step: 2 s}"],
    ["nb-iot", "radius: 900 m, mobility: {speed: 30, pause: 1 s, step: 2 s}"],
    ["lora", "radius: 2 km, mobility: {speed: 30, pause: 1 s, step: 2 s}"],
  ])("on %s go from gateway to gateway, and their energy adds up", (link, more) => {
    const scenario = town(moving(link, more));
    const run = outcomeOf(scenario);
    expect(alarms(run)).toEqual([]);
    expect(figure(run, "devices.handovers")).toBeGreaterThan(5);
    if (link !== "lora") expect(figure(run, "devices.confirmed")).toBeGreaterThan(0.5);
    expect(outcomeOf(scenario, {}, 97).digest).toBe(run.digest);
  });

  test("pay for a handover in energy", () => {
    const ble = (step: string) => moving("ble", `radius: 30 m, mobility: {speed: 3, pause: 1 s, step: ${step}}`);
    const [often, never] = [outcomeOf(town(ble("2 s"))), outcomeOf(town(ble("1 h")))];
    expect(figure(never, "devices.handovers")).toBe(0);
    // Connecting at each waking costs the same in both, and is about half of what going over costs here.
    expect(figure(often, "devices.energy.receive")).toBeGreaterThan(1.5 * figure(never, "devices.energy.receive"));
  });

  test("out of reach lose what they send, which is explained, and is no error", () => {
    const far = moving("wifi", "radius: 170 m, mobility: {speed: 20}").replace("gateways: 4", "gateways: 1");
    const run = outcomeOf(town(far));
    expect(alarms(run)).toEqual([]);
    expect(figure(run, "devices.lost")).toBeGreaterThan(0.5);
    expect(figure(run, "devices.confirmed")).toBeLessThan(0.3);
  });
});
