import { describe, expect, test } from "vitest";
import { runReport } from "../../cli/run-report.ts";
import type { RunOutcome } from "../../runner/index.ts";
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

  test("that never ask go on sending, and nobody says that nothing was confirmed", () => {
    const senders = "  - {name: things, on: town, count: 3, link: wifi, sleep: {every: 8 s}, send: {confirm: never}}";
    const run = outcomeOf(town(senders));
    expect(alarms(run)).toEqual([]);
    const [group] = run.summary.devices ?? [];
    // Sixteen at a time may wait to be confirmed: these have sent more, as nothing of theirs waits.
    expect(group?.sent).toBeGreaterThan(3 * 20);
    expect(group).toMatchObject({ asks: false, confirmed: 0 });
    const transactions = run.summary.chains.find(({ id }) => id === "town")?.transactions;
    expect(transactions).toBeGreaterThan((group?.sent ?? 0) - 6);
    const text = reportOf(run);
    expect(text).toContain(`things: 3 devices, ${group?.sent} sent and never asked about, `);
    expect(text).not.toContain("confirmed");
    const mixed = outcomeOf(town(`${senders}\n${THINGS.replace("things", "others")}`));
    expect(reportOf(mixed)).toMatch(/\n.*others: 6 devices, \d+ of \d+ confirmed, /u);
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

/** @returns the report of a run as a pipe gets it */
function reportOf({ summary }: RunOutcome): string {
  const measured = { wallSeconds: 1, cpuSeconds: 1, peakRssBytes: 1, node: "" };
  return runReport(summary, measured, { isTTY: false } as NodeJS.WriteStream);
}

test.each([
  ["none", 0],
  ["links", 1],
])("links of a measured loss that are shifted by %s fail together, or each at its own time", (shift, least) => {
  const things = `{name: things, on: town, count: 10, link: wifi, loss: {trace: {file: loss.csv, shift: ${shift}}}, sleep: {every: 1 min, awake: 30 s}}`;
  const scenario = loadText({
    "x.yaml": `
duration: 3 min
crypto: modelled
rootchain: {preset: small, delegates: 4, committee: 4, round: 10 s}
subchains: [{name: town, operators: 4, round: 5 s}]
devices: [${things}]
`,
    // Nothing passes until the run is over, for links that begin at the beginning.
    "loss.csv": "seconds,per cent\n0,100\n200,0\n400,0\n",
  });
  const run = outcomeOf(scenario);
  const [group] = run.summary.devices ?? [];
  expect(group?.frames.sent).toBeGreaterThan(10);
  if (least === 0) expect(group).toMatchObject({ confirmed: 0, frames: { lost: group?.frames.sent } });
  else expect(group?.confirmed).toBeGreaterThanOrEqual(least);
  expect(alarms(run)).toEqual([]);
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
