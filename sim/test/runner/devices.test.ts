import { describe, expect, test } from "vitest";
import { alarms, outcomeOf } from "../campaign/run.ts";
import { loadText } from "../scenario/from-text.ts";
import { figure, town } from "./town.ts";

const THINGS = "  - {name: things, on: town, count: 6, link: wifi, loss: 5 %, sleep: {every: 2 min, awake: 1 min}}";

describe("devices", () => {
  test.each(["wifi", "ble", "nb-iot", '"802.15.4"'])("on %s wake, see their transactions final, and sleep", (link) => {
    const run = outcomeOf(town(THINGS.replace("wifi", link)));
    expect(alarms(run)).toEqual([]);
    expect(figure(run, "devices.sent")).toBeGreaterThan(5);
    expect(figure(run, "devices.confirmed")).toBeGreaterThan(0.9);
    expect(figure(run, "devices.awake")).toBeLessThan(0.4);
    expect(run.summary.nodes.byRole).toMatchObject({ device: 6, gateway: 1 });
  });

  test("that only send cost a fraction of those that want to know", () => {
    const mixed = [THINGS, THINGS.replace("things", "senders").replace("sleep", "send: {confirm: 16}, sleep")].join(
      "\n",
    );
    const run = outcomeOf(town(mixed));
    expect(figure(run, "devices.senders.energy")).toBeLessThan(0.5 * figure(run, "devices.things.energy"));
    const town1 = run.summary.chains.find(({ id }) => id === "town");
    expect(town1?.transactions).toBeGreaterThan(figure(run, "devices.sent") - 3);
  });

  test("give the same digest twice, in slices, and when everything is computed anew", () => {
    const scenario = town(THINGS, "duration: 3 min");
    const digests = [
      outcomeOf(scenario).digest,
      outcomeOf(scenario, {}, 97).digest,
      outcomeOf(scenario, { paranoid: true }).digest,
      outcomeOf(scenario, { checkers: false }).digest,
    ];
    expect(new Set(digests).size).toBe(1);
  });

  test("hear and say nothing while their gateway is down", () => {
    const faults = "faults: [{at: 1 s, crash: {of: gateways things}}]";
    const run = outcomeOf(town(`${THINGS}\n${faults}`));
    expect(figure(run, "devices.sent")).toBeGreaterThan(5);
    expect(figure(run, "devices.confirmed")).toBe(0);
    expect(alarms(run)).toEqual([]);
  });

  test("are measured by causes that add up", () => {
    const run = outcomeOf(town(THINGS));
    const causes = ["listen", "receive", "transmit", "compute", "sleep"];
    const sum = causes.reduce((all, cause) => all + figure(run, `devices.energy.${cause}`), 0);
    expect(sum).toBeCloseTo(figure(run, "devices.energy"), 9);
    expect(figure(run, "devices.energy.listen")).toBeGreaterThan(figure(run, "devices.energy.transmit"));
  });
});

test("a trace of losses is read from beside the scenario", () => {
  const scenario = loadText({
    "x.yaml": `
subchains: [{name: town}]
devices: [{on: town, link: lte-m, loss: {trace: loss.csv}}]
`,
    "loss.csv": "seconds,per cent\n0,0\n10,50\n12.5,0\n60,0\n",
  });
  expect(scenario.devices?.[0]?.loss).toEqual({
    kind: "trace",
    fromUs: [0, 10_000_000, 12_500_000],
    lossProbability: [0, 0.5, 0],
    lengthUs: 60_000_000,
  });
});
