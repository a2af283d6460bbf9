import { describe, expect, test } from "vitest";
import { makeCapsule } from "../../campaign/capsule.ts";
import { CoverageWatch } from "../../campaign/coverage.ts";
import { kindsOf } from "../../campaign/drawn-kinds.ts";
import type { RunEnding } from "../../campaign/failure.ts";
import { shrink } from "../../campaign/shrink.ts";
import { swarmOfChains } from "../../campaign/swarm-chains.ts";
import { swarmOfDevices } from "../../campaign/swarm-devices.ts";
import { swarmOfViews } from "../../campaign/swarm-views.ts";
import type { Scenario } from "../../scenario/index.ts";
import { alarms, outcomeOf } from "./run.ts";

const seeds = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index + 1));

describe.each([
  ["world of chains", swarmOfChains],
  ["committee of many views", swarmOfViews],
  ["world of things", swarmOfDevices],
] as const)("a drawn %s", (_, draw) => {
  test("is the same for the same seed only", () => {
    expect(draw("7")).toEqual(draw("7"));
    expect(new Set(seeds(100).map((seed) => JSON.stringify({ ...draw(seed), seed: "" }))).size).toBe(100);
  });

  test.each(seeds(2))("of seed %s holds", (seed) => {
    expect(alarms(outcomeOf(draw(seed)))).toEqual([]);
  });
});

test("a world of chains meets its forger, and its transfers arrive all the same", () => {
  const { summary } = outcomeOf(swarmOfChains("16"));
  expect(summary.faults.find(({ name }) => name.startsWith("forge"))?.bites).toBeGreaterThan(50);
  expect(summary.transfers.delivered).toBe(summary.transfers.started);
  expect(summary.chains.every(({ transactions }) => transactions > 20)).toBe(true);
});

test("a committee of many views goes through them: most of its heights are not decided in the first", () => {
  const { summary } = outcomeOf(swarmOfViews("1"));
  expect(summary.chains[0]?.viewChanges).toBeGreaterThan(10);
});

describe("drawn worlds of things", () => {
  const drawn = seeds(300).map(swarmOfDevices);

  test("have every link, loss and trouble of devices and gateways now and then", () => {
    const kinds = new Set(drawn.flatMap(kindsOf));
    const troubles = [
      "churn of devices",
      "churn of gateways",
      "crash kept",
      "crash kept of devices",
      "crash torn of devices",
    ];
    const cuts = ["isolate", "degrade", "corrupt", "replay"].map((kind) => `${kind} of gateways`);
    const links = ["802.15.4", "ble", "wifi", "wire", "nb-iot", "lte-m", "lora A", "lora C"].map(
      (link) => `link ${link}`,
    );
    const losses = ["none", "bernoulli", "gilbertElliott", "trace"].map((loss) => `radio loss ${loss}`);
    const others = [
      "mobility",
      "mobility by path",
      "small battery",
      "late start",
      "shared air",
      "wakes bursts",
      "devices across chains",
      "crash kept of gateways",
      "partition",
    ];
    for (const kind of [...troubles, ...cuts, ...links, ...losses, ...others]) expect(kinds).toContain(kind);
  });

  test("promise safety and the chains' liveness, and nothing about devices", () => {
    for (const { expect: expected } of drawn.slice(0, 20))
      expect(expected.map(({ kind }) => kind)).toEqual(["safety", "liveness"]);
  });

  test("go through states of devices, which a campaign tells apart", () => {
    const scenario = swarmOfDevices("5");
    const watch = new CoverageWatch(scenario);
    outcomeOf(scenario, { watchers: [watch] });
    const still = new CoverageWatch(scenario);
    const { onObserve, onEmit } = { onObserve: still.onObserve.bind(still), onEmit: still.onEmit.bind(still) };
    outcomeOf(scenario, { watchers: [{ onObserve, onEmit }] });
    expect(watch.states.length).toBeGreaterThan(still.states.length + 10);
  });

  test("shrink to the one cut of power, group and device that matter", async () => {
    const of = (kind: string) => (fault: Scenario["faults"][number]) => fault.kind === kind;
    const scenario = drawn.find(
      ({ faults, devices = [] }) => devices.length > 1 && faults.some(of("churn")),
    ) as Scenario;
    const breaks = ({ faults }: Scenario): RunEnding =>
      faults.some((fault) => fault.kind === "churn" && fault.nodes.length > 0)
        ? { bug: "boom" }
        : { lost: "interrupted" };
    const failure = { kind: "crash", what: "boom", where: "" } as const;
    const capsule = makeCapsule({ scenario, codeVersion: "", origin: "", expected: { digest: "", failure } });
    const small = (await shrink(capsule, breaks, { isOver: () => false })).capsule.scenario;
    expect(small.faults).toHaveLength(1);
    expect(small.devices).toHaveLength(1);
    expect(small.devices?.[0]).toMatchObject({ count: 1, gateways: 1, loss: { kind: "none" } });
    expect(small.devices?.[0]).not.toHaveProperty("mobility");
  });
});
