import { describe, expect, test } from "vitest";
import { makeCapsule, readCapsule, writeCapsule } from "../../campaign/capsule.ts";
import type { RunEnding } from "../../campaign/failure.ts";
import { fewest, lowest } from "../../campaign/minimize.ts";
import { groupsOf, nodesOf, sizeOfScenario, withNodesDrawn } from "../../campaign/operations.ts";
import { shrink } from "../../campaign/shrink.ts";
import { swarmScenario } from "../../campaign/swarm.ts";
import type { DeviceGroup, Scenario } from "../../scenario/index.ts";
import { loadText } from "../scenario/from-text.ts";
import { excerpt, outcomeOf } from "./run.ts";

const FAILURE = { kind: "crash", what: "boom", where: "" } as const;
const BOOM: RunEnding = { bug: "boom" };
const FINE: RunEnding = { lost: "interrupted" };

function capsuleOf(scenario: Scenario) {
  return makeCapsule({ scenario, codeVersion: "", origin: "", expected: { digest: "", failure: FAILURE } });
}

/** A bug that shows whenever these faults are there and the run lasts long enough. */
function breaksUnder(names: readonly string[], seconds: number) {
  return ({ faults, durationUs }: Scenario): RunEnding => {
    const there = names.every((name) => faults.some((fault) => fault.name === name && groupsOf(fault).length > 0));
    return there && durationUs >= seconds * 1e6 ? BOOM : FINE;
  };
}

/** The first drawn scenario with at least three faults. */
const scenario = Array.from({ length: 50 }, (_, seed) => swarmScenario(String(seed))).find(
  ({ faults }) => faults.length >= 3,
) as Scenario;
const culprit = scenario.faults[1]?.name as string;

describe("minimizing", () => {
  test("leaves exactly the items that are needed", async () => {
    const items = Array.from({ length: 20 }, (_, index) => index);
    const needed = [3, 11, 19];
    expect(await fewest(items, async (kept) => needed.every((item) => kept.includes(item)))).toEqual(needed);
    expect(await fewest(items, async () => true)).toEqual([]);
  });

  test("finds the least number in few steps", async () => {
    let steps = 0;
    const least = await lowest(1000, 1, async (value) => {
      steps++;
      return value >= 387;
    });
    expect([least, steps <= 12]).toEqual([387, true]);
  });
});

describe("naming drawn nodes", () => {
  test("changes no event of a run", () => {
    const drawn = excerpt("3", 20, {
      faults: [
        { kind: "crash", name: "some", atUs: 2e6, forUs: 4e6, nodes: [{ first: 0, last: 3, count: 2 }], disk: "kept" },
      ],
      adversaries: [{ name: "liar", nodes: [{ first: 0, last: 3, count: 1 }], strategy: "double-vote", fromUs: 0 }],
    });
    const named = withNodesDrawn(drawn);
    expect(named.faults.flatMap(groupsOf).flatMap(nodesOf)).toHaveLength(2);
    expect(outcomeOf(named).digest).toBe(outcomeOf(drawn).digest);
  });
});

describe("shrinking", () => {
  test("ends at the one fault, node and time that matter", async () => {
    const result = await shrink(capsuleOf(scenario), breaksUnder([culprit], 5), { isOver: () => false });
    const small = result.capsule.scenario;
    expect(result).toMatchObject({ reproduced: true, finished: true });
    expect(small.faults.map(({ name }) => name)).toEqual([culprit]);
    expect(small).toMatchObject({ adversaries: [], workload: [], durationUs: 5e6, perturbation: 0 });
    expect(small.rootchain).toMatchObject({ delegates: 4, standby: 0, fullNodes: 0, committee: 4 });
    expect(sizeOfScenario(small).operations).toBeLessThanOrEqual(2);
    expect(
      small.faults
        .flatMap(groupsOf)
        .flatMap(nodesOf)
        .every((node) => node < 4),
    ).toBe(true);
  });

  test("leaves the one operation of the workload that matters, at a round time", async () => {
    const resign = (seat: number, atUs: number) =>
      ({ kind: "resign", chain: "root", seat, name: `resign-${seat}`, atUs }) as const;
    const operations = [resign(0, 2_345_678), resign(1, 3_456_789), resign(2, 40_000_000), resign(3, 4_567_890)];
    const breaks = ({ operations: left = [] }: Scenario): RunEnding =>
      left.some(({ name, atUs }) => name === "resign-1" && atUs >= 2e6) ? BOOM : FINE;
    const { capsule, before, after } = await shrink(capsuleOf({ ...scenario, operations }), breaks, {
      isOver: () => false,
    });
    expect(capsule.scenario.operations).toEqual([{ ...resign(1, 3_000_000) }]);
    expect(after.operations).toBe(1);
    expect(before.operations).toBe(sizeOfScenario(scenario).operations + operations.length);
    // Without operations there is no key: a capsule is as it was before there were any.
    const fine = await shrink(capsuleOf({ ...scenario, operations }), () => BOOM, { isOver: () => false });
    expect(fine.capsule.scenario).not.toHaveProperty("operations");
  });

  test("leaves devices at their own places, and as many places as devices and gateways", async () => {
    const placed = loadText({
      "x.yaml": `
crypto: modelled
rootchain: {preset: small}
subchains: [{name: town, operators: 4}]
devices: [{name: things, on: town, link: lora, places: places.csv, gatewayPlaces: gateways.csv}]
`,
      "places.csv": `x (m),y (m)\n${Array.from({ length: 20 }, (_, at) => `${100 + at},${200 + 2 * at}`).join("\n")}\n`,
      "gateways.csv": "x (m),y (m)\n110,210\n120,220\n130,230\n",
    });
    const [before] = placed.devices ?? [];
    expect(before).toMatchObject({ count: 20, gateways: 3 });
    const tried: DeviceGroup[] = [];
    const breaks = ({ devices = [] }: Scenario): RunEnding => {
      tried.push(...devices);
      return devices.some(({ count }) => count >= 7) ? BOOM : FINE;
    };
    const { capsule, reproduced } = await shrink(capsuleOf(placed), breaks, { isOver: () => false });
    expect(reproduced).toBe(true);
    const [group] = capsule.scenario.devices ?? [];
    expect(group).toMatchObject({ count: 7, gateways: 1 });
    for (const { count, gateways, places, gatewayPlaces } of tried) {
      expect(places).toEqual({ x: before?.places?.x.slice(0, count), y: before?.places?.y.slice(0, count) });
      const { x, y } = before?.gatewayPlaces ?? expect.fail("no places of gateways");
      expect(gatewayPlaces).toEqual({ x: x.slice(0, gateways), y: y.slice(0, gateways) });
    }
    // A capsule is read back as it was written, places and all.
    expect(readCapsule(writeCapsule(capsule), "x.json").scenario.devices).toEqual(capsule.scenario.devices);
  });

  test("takes from devices what does not matter: a shared air, a pattern of wakings, another chain to send to", async () => {
    const given = loadText({
      "x.yaml": `
crypto: modelled
rootchain: {preset: small}
subchains: [{name: town, operators: 4}, {name: village, operators: 4}]
devices:
  - {name: things, on: town, link: "802.15.4", count: 3, air: hall, sleep: {every: 1 min, arrival: poisson}, send: {to: village}}
`,
    });
    const [before] = given.devices ?? [];
    expect([before?.air, before?.sleep.arrival?.kind, before?.send.crossing?.to]).toEqual([
      "hall",
      "poisson",
      "village",
    ]);
    const breaks = ({ devices = [] }: Scenario): RunEnding => (devices.length > 0 ? BOOM : FINE);
    const { capsule } = await shrink(capsuleOf(given), breaks, { isOver: () => false });
    const [group] = capsule.scenario.devices ?? [];
    expect([group?.air, group?.sleep.arrival, group?.send.crossing]).toEqual([undefined, undefined, undefined]);
    expect(capsule.scenario.subchains.map(({ name }) => name)).toEqual(["town"]);
  });

  test("keeps an adversary's victim as nodes before it leave", async () => {
    const eclipsed: Scenario = {
      ...scenario,
      faults: [],
      rootchain: { ...scenario.rootchain, fullNodes: 3 },
      adversaries: [
        {
          name: "eclipse",
          nodes: [{ first: 0, last: 0, count: 1 }],
          strategy: "eclipse",
          fromUs: 0,
          victim: scenario.rootchain.delegates + scenario.rootchain.standby + 2,
        },
      ],
    };
    const breaks = ({ adversaries, rootchain }: Scenario): RunEnding =>
      adversaries.some(({ victim = 0 }) => victim >= rootchain.delegates + rootchain.standby) ? BOOM : FINE;
    const { capsule } = await shrink(capsuleOf(eclipsed), breaks, { isOver: () => false });
    expect(capsule.scenario.rootchain).toMatchObject({ delegates: 4, standby: 0, fullNodes: 1 });
    expect(capsule.scenario.adversaries[0]?.victim).toBe(4);
  });

  test("is the same every time, and stops when time is over", async () => {
    const run = async (most: number) => {
      let runs = 0;
      const execute = (candidate: Scenario) => {
        runs++;
        return breaksUnder([culprit], 5)(candidate);
      };
      return shrink(capsuleOf(scenario), execute, { isOver: () => runs >= most });
    };
    expect(await run(1000)).toEqual(await run(1000));
    const short = await run(5);
    expect(short).toMatchObject({ finished: false, runs: 5, reproduced: true });
  });

  test("never accepts another failure, nor more guilt than the committee bears", async () => {
    const bearing = { ...scenario, adversaries: [], faults: [] };
    const liars = [
      { first: 0, last: 0, count: 1 },
      { first: 1, last: 1, count: 1 },
    ];
    const guilty: Scenario = {
      ...bearing,
      rootchain: { ...bearing.rootchain, delegates: 8, committee: 8, stakes: Array.from({ length: 8 }, () => "1") },
      adversaries: [{ name: "liars", nodes: liars, strategy: "equivocate", fromUs: 0 }],
    };
    const needsBoth = (candidate: Scenario): RunEnding =>
      candidate.adversaries.flatMap(({ nodes }) => nodesOf(nodes)).length === 2 ? BOOM : { bug: "other" };
    const { capsule } = await shrink(capsuleOf(guilty), needsBoth, { isOver: () => false });
    expect(capsule.scenario.rootchain).toMatchObject({ delegates: 7, committee: 7 });
  });

  test("leaves a failure that cannot be repeated alone", async () => {
    const result = await shrink(capsuleOf(scenario), () => FINE, { isOver: () => false });
    expect(result).toMatchObject({ reproduced: false, runs: 1, capsule: capsuleOf(scenario) });
  });
});
