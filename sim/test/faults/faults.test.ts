import { describe, expect, it } from "vitest";
import type { FaultOperation, ScheduledFault } from "../../faults/operations.ts";
import { FaultSchedule } from "../../faults/schedule.ts";
import { Outcome } from "../../network/drop-reasons.ts";
import { makeWorld, type World } from "../host/flood.ts";

const NODES = 7;
const SECOND = 1_000_000;

interface Run extends World {
  readonly bites: readonly number[];
  readonly told: readonly string[];
  readonly result: string;
}

/** Floods for three seconds under faults. */
function runUnder(faults: readonly ScheduledFault[], untilUs = 3 * SECOND): Run {
  const told: string[] = [];
  const watchers = [
    {
      onFault: (_fault: number, name: string, atUs: number, begins: boolean) => told.push(`${atUs} ${name} ${begins}`),
      onCrash: (node: number, atUs: number) => told.push(`${atUs} down ${node}`),
      onStart: (node: number, atUs: number) => atUs > 0 && told.push(`${atUs} up ${node}`),
    },
  ];
  const world = makeWorld({ nodes: NODES, host: { watchers }, kernel: { untilUs } });
  const schedule = new FaultSchedule(world.host, faults, { seed: "1", leader: () => 2, core: null });
  world.host.startAll();
  world.kernel.advance(1_000_000);
  return { ...world, told, bites: schedule.bites().map(({ bites }) => bites), result: world.digest.finish() };
}

const during = (operation: FaultOperation, name = "f"): ScheduledFault => ({
  name,
  atUs: SECOND,
  forUs: SECOND,
  operation,
});

const OPERATIONS: readonly FaultOperation[] = [
  { kind: "crash", nodes: [1, 2], disk: "kept" },
  { kind: "crash", nodes: [1], disk: "lost" },
  {
    kind: "partition",
    groups: [
      [0, 1],
      [2, 3, 4, 5, 6],
    ],
    mode: "symmetric",
  },
  {
    kind: "partition",
    groups: [
      [0, 1, 2, 3],
      [3, 4, 5, 6],
    ],
    mode: "symmetric",
  },
  { kind: "partition", groups: [[0], [1, 2, 3]], mode: "one-way" },
  { kind: "slow", nodes: [3], factor: 50 },
  { kind: "clock", nodes: [4], offsetUs: -30_000, driftPpm: 500 },
  { kind: "degrade", nodes: [5], lossProbability: 0.3, latencyUs: 40_000 },
  { kind: "crash", nodes: [1], disk: "stale", writes: 3 },
  { kind: "clock", nodes: [4], offsetUs: 0, driftPpm: 0, freezes: true },
  { kind: "clog", nodes: [5], delayUs: null },
  { kind: "slowPair", from: 1, to: 2, delayUs: 300_000 },
  { kind: "isolate", nodes: [3] },
  { kind: "isolate", nodes: null },
  { kind: "ring", nodes: [6, 5, 4, 3, 2, 1, 0] },
  { kind: "flap", nodes: [1, 2], periodUs: 200_000, share: 0.5 },
  { kind: "swizzle", nodes: [0, 1, 2, 3], forUs: SECOND },
  { kind: "corrupt", nodes: [0, 1, 2], probability: 0.3 },
  { kind: "replay", nodes: [0, 1], probability: 0.5, delayUs: 100_000 },
  { kind: "diskFull", nodes: [3] },
  { kind: "starve", nodes: [2], periodUs: 200_000, share: 0.5 },
  { kind: "churn", nodes: [0, 1, 2], periodUs: 200_000, awayUs: 100_000 },
  { kind: "upgrade", nodes: [0, 1, 2, 3, 4, 5, 6], everyUs: 100_000, version: 2 },
];

describe("every fault", () => {
  it.each(OPERATIONS)("bites while it lasts, shows in the digest and is told: $kind", (operation) => {
    const run = runUnder([during(operation)]);
    expect(run.bites[0]).toBeGreaterThan(0);
    expect(run.result).not.toBe(runUnder([]).result);
    expect(run.told.filter((line) => line.includes(" f "))).toEqual(["1000000 f true", "2000000 f false"]);
  });

  it.each(OPERATIONS)("does not bite before it begins: $kind", (operation) => {
    expect(runUnder([{ name: "later", atUs: 5 * SECOND, forUs: null, operation }]).bites).toEqual([0]);
  });
});

describe("crashes", () => {
  it("stop and start their nodes, and only those that they found up", () => {
    const outer = {
      name: "outer",
      atUs: SECOND,
      forUs: SECOND,
      operation: { kind: "crash", nodes: [1], disk: "kept" },
    } as const;
    const inner = { ...outer, name: "inner", atUs: 1.2 * SECOND, forUs: 100_000 };
    const { told, bites } = runUnder([outer, inner]);
    expect(told.filter((line) => line.endsWith(" 1"))).toEqual(["1000000 down 1", "2000000 up 1"]);
    expect(bites[1]).toBe(0);
  });

  it("tear a record only when a write is under way", () => {
    const torn = (atUs: number) =>
      runUnder(
        [{ name: "torn", atUs, forUs: 1000, operation: { kind: "crash", nodes: [1, 2, 3, 4, 5, 6], disk: "torn" } }],
        atUs + 10,
      );
    expect(torn(50).bites).toEqual([6]);
    expect(torn(10_000).bites).toEqual([0]);
  });
});

describe("partitions", () => {
  it("swallow exactly the copies that they report", () => {
    const { bites, host } = runUnder([during(OPERATIONS[2] as FaultOperation)]);
    expect(host.outbox.drops[Outcome.partitioned]).toBe(bites[0]);
  });

  it("may overlap, and each counts its own", () => {
    const { bites, host } = runUnder([
      during({ kind: "partition", groups: [[0], [1, 2, 3, 4, 5, 6]], mode: "symmetric" }, "one"),
      during({ kind: "partition", groups: [[6], [0, 1, 2, 3, 4, 5]], mode: "one-way" }, "other"),
    ]);
    const [one = 0, other = 0] = bites;
    const dropped = host.outbox.drops[Outcome.partitioned] as number;
    expect(one + other).toBeGreaterThan(dropped);
    expect(Math.max(one, other)).toBeLessThan(dropped);
  });
});

describe("slow nodes, clocks and links", () => {
  it("are what they were once they are healed", () => {
    const { host, clocks, network } = runUnder([
      during({ kind: "slow", nodes: [1], factor: 3 }, "slow"),
      during({ kind: "clock", nodes: [1], offsetUs: 500, driftPpm: -100 }, "clock"),
      during({ kind: "degrade", nodes: [1], lossProbability: 0.1, latencyUs: 1 }, "degrade"),
    ]);
    expect(host.processors.costNs(1, 0)).toBe(host.processors.costNs(2, 0));
    expect(clocks.wallUs(1, 12345)).toBe(12345);
    expect(network.interferences).toEqual([]);
  });

  it("slow a node's work by their factor while they last", () => {
    const { host } = runUnder([{ ...during({ kind: "slow", nodes: [1], factor: 3 }), forUs: null }]);
    expect(host.processors.costNs(1, 0)).toBe(3 * host.processors.costNs(2, 0));
  });
});
