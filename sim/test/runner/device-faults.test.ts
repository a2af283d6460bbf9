import { describe, expect, test } from "vitest";
import { alarms, outcomeOf } from "../campaign/run.ts";
import { complaints } from "../scenario/from-text.ts";
import { figure, town } from "./town.ts";

const THINGS = "  - {name: things, on: town, count: 6, link: wifi, sleep: {every: 1 min, awake: 30 s}}";
const bitesOf = (run: ReturnType<typeof outcomeOf>) => run.summary.faults.map(({ bites }) => bites);

describe("devices under faults", () => {
  test("that are switched off keep their flash: no number of a transaction is used twice, and they go on", () => {
    const churn = "faults: [{at: 20 s, for: 4 min, churn: {of: devices things, period: 3 s, away: 10 s}}]";
    const run = outcomeOf(town(`${THINGS}\n${churn}`, "duration: 6 min"));
    expect(alarms(run)).toEqual([]);
    expect(bitesOf(run)[0]).toBeGreaterThan(50);
    expect(figure(run, "devices.struck")).toBe(bitesOf(run)[0]);
    expect(figure(run, "devices.sent")).toBeGreaterThan(20);
    expect(figure(run, "devices.confirmed")).toBeGreaterThan(0.9);
  });

  test("that are off do not wake, and a crash that they would have slept through anyway does not bite", () => {
    const crash = (at: string, after: string) =>
      `faults: [{at: ${at}, crash: {of: devices things 0..2}, restartAfter: ${after}}]`;
    const calm = outcomeOf(town(THINGS));
    const off = outcomeOf(town(`${THINGS}\n${crash("10 s", "3 min")}`));
    expect(figure(off, "devices.wakes")).toBeLessThan(figure(calm, "devices.wakes") - 5);
    expect(bitesOf(off)[0]).toBeGreaterThan(0);
    const late = THINGS.replace("link:", "start: {at: 3 min, spread: 10 s}, link:");
    const idle = outcomeOf(town(`${late}\n${crash("10 s", "5 s")}`));
    expect(bitesOf(idle)).toEqual([0]);
  });

  test("come when they are told to", () => {
    const late = THINGS.replace("link:", "start: {at: 3 min, spread: 20 s}, link:");
    const run = outcomeOf(town(late, "duration: 230 s"));
    expect(figure(run, "devices.wakes")).toBe(6);
    expect(alarms(run)).toEqual([]);
  });

  test("give the same digest in slices", () => {
    const churn = "faults: [{at: 20 s, for: 2 min, churn: {of: devices, period: 3 s, away: 10 s}}]";
    const scenario = town(`${THINGS}\n${churn}`, "duration: 3 min");
    expect(outcomeOf(scenario).digest).toBe(outcomeOf(scenario, {}, 97).digest);
  });
});

describe("gateways without power", () => {
  test.each(["802.15.4", "wifi", "ble", "{lora: {class: C, spreadingFactor: 7, secondWindow: 7}}"])(
    "on %s serve nobody, and what they miss is the fault's bite",
    (link) => {
      const things = `  - {name: things, on: town, count: 4, link: ${link}, sleep: {every: 2 min, awake: 100 s, poll: 20 s}}`;
      const run = outcomeOf(town(`${things}\nfaults: [{at: 1 s, crash: {of: gateways things}}]`));
      expect(bitesOf(run)[0]).toBeGreaterThan(3);
      expect(figure(run, "devices.lost")).toBeGreaterThan(0.99);
      // Radios of Wi-Fi and Bluetooth listen while they look for their gateway, at each waking; the others hear nothing.
      const connects = link === "wifi" || link === "ble";
      expect(figure(run, "devices.energy.receive") > 0).toBe(connects);
      expect(figure(run, "devices.confirmed")).toBe(0);
    },
  );

  test("take their devices up again when they are back", () => {
    const faults = "faults: [{at: 1 min, crash: {of: gateways things}, restartAfter: 1 min}]";
    const run = outcomeOf(town(`${THINGS}\n${faults}`, "duration: 6 min"));
    expect(bitesOf(run)[0]).toBeGreaterThan(0);
    expect(figure(run, "devices.confirmed")).toBeGreaterThan(0.9);
  });
});

test.each([
  ["slow: {of: devices, factor: 2}", "a slow of devices"],
  ["crash: {of: devices things, disk: lost}", "devices that lose their flash"],
  ["partition: {groups: [devices, rest]}", "a partition of devices"],
  ["slowPair: {from: delegates 0, to: devices things 0, delay: 1 s}", "a slow pair with a device"],
])("%s is refused", (fault, message) => {
  const text = `subchains: [{name: town}]\ndevices:\n${THINGS}\nfaults: [{at: 1 s, ${fault}}]`;
  expect(complaints(text)).toEqual([expect.stringContaining(message)]);
});
