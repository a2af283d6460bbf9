import { describe, expect, it } from "vitest";
import type { FaultOperation, HealedCore } from "../../faults/operations.ts";
import { FaultSchedule } from "../../faults/schedule.ts";
import { corrupt } from "../../host/corrupt.ts";
import { Disk } from "../../host/disk.ts";
import { Outcome } from "../../network/drop-reasons.ts";
import { makeWorld } from "../host/flood.ts";

const NODES = 7;
const SECOND = 1_000_000;

/** Floods for three seconds under faults that last through the second one. */
function runUnder(
  operations: readonly FaultOperation[],
  core: HealedCore | null = null,
  forUs: number | null = SECOND,
) {
  const emitted: { node: number; atUs: number }[] = [];
  const watchers = [{ onEmit: (node: number, atUs: number) => emitted.push({ node, atUs }) }];
  const world = makeWorld({ nodes: NODES, host: { watchers }, kernel: { untilUs: 3 * SECOND } });
  const faults = operations.map((operation, index) => ({ name: `f${index}`, atUs: SECOND, forUs, operation }));
  const schedule = new FaultSchedule(world.host, faults, { seed: "1", leader: () => 2, core });
  world.host.startAll();
  world.kernel.advance(1_000_000);
  return { ...world, schedule, emitted, bites: schedule.bites().map(({ bites }) => bites) };
}

describe("a clog", () => {
  it("loses nothing", () => {
    const { host, bites } = runUnder([{ kind: "clog", nodes: [1, 2], delayUs: null }]);
    expect(bites[0]).toBeGreaterThan(0);
    expect([...host.outbox.drops].every((drops) => drops === 0)).toBe(true);
  });
});

describe("an isolated leader", () => {
  it("is whoever proposes when it begins", () => {
    const cutOff: number[] = [];
    const world = makeWorld({
      nodes: NODES,
      host: { watchers: [{ onDrop: (src, dst) => cutOff.push(src === 2 ? 2 : dst) }] },
      kernel: { untilUs: 2 * SECOND },
    });
    const operation = { kind: "isolate", nodes: null } as const;
    const faults = [{ name: "f", atUs: SECOND, forUs: null, operation }];
    new FaultSchedule(world.host, faults, { seed: "1", leader: () => 2, core: null });
    world.host.startAll();
    world.kernel.advance(1_000_000);
    expect(new Set(cutOff)).toEqual(new Set([2]));
  });
});

describe("altered messages", () => {
  it("are decoded anew, and dropped where they say nothing", () => {
    const { host, bites } = runUnder([{ kind: "corrupt", nodes: [0, 1, 2, 3], probability: 0.5 }]);
    const undecodable = host.outbox.drops[Outcome.undecodable] as number;
    expect(undecodable).toBeGreaterThan(0);
    expect(undecodable).toBeLessThan(bites[0] as number);
  });

  it("never are what they were, and leave the original alone", () => {
    const wire = Uint8Array.from({ length: 64 }, (_, at) => at);
    for (let random = 1; random < 500; random++) {
      const altered = corrupt(wire, random);
      expect(altered.length).toBeLessThanOrEqual(wire.length);
      if (altered.length === wire.length) expect(altered === wire).toBe(false);
    }
    expect(wire.every((byte, at) => byte === at)).toBe(true);
  });
});

describe("disks", () => {
  const profile = { latencyNs: 10, nsPerByte: 0 };
  const bytes = (value: number) => Uint8Array.of(value);

  it("that go back lose the latest durable writes, and no more", () => {
    const disk = new Disk(profile);
    disk.remember(2);
    for (let value = 1; value <= 5; value++) disk.write("a", bytes(value), value * 100);
    expect(disk.crash(1_000, "stale")).toEqual({ lost: 2, torn: 0 });
    expect(disk.contents().get("a")).toEqual(bytes(3));
  });

  it("that are full make writes durable when there is space again", () => {
    const disk = new Disk(profile);
    disk.fill(5_000);
    expect(disk.write("a", bytes(1), 100)).toBe(5_010);
    expect(disk.waited).toBe(1);
    disk.crash(4_000, "kept");
    expect(disk.contents().size).toBe(0);
  });

  it("that stray destroy another record and keep the old one", () => {
    const disk = new Disk(profile);
    disk.write("a", bytes(1), 0);
    disk.write("b", bytes(2), 0);
    disk.crash(100, "kept");
    disk.misdirect({ key: 1, probability: 1 });
    disk.write("a", bytes(3), 200);
    disk.crash(300, "kept");
    expect([...disk.contents()]).toEqual([["a", bytes(1)]]);
    expect(disk.misdirected).toBe(1);
  });

  it("that are full let nothing leave that rests on a write", () => {
    const { emitted } = runUnder([{ kind: "diskFull", nodes: [3] }]);
    const during = emitted.filter(({ node, atUs }) => node === 3 && atUs > 1.01 * SECOND && atUs < 2 * SECOND);
    expect(during).toEqual([]);
    expect(emitted.some(({ node, atUs }) => node === 3 && atUs >= 2 * SECOND)).toBe(true);
  });
});

describe("versions", () => {
  it("do not hear each other", () => {
    const operation = { kind: "upgrade", nodes: [0, 1, 2], everyUs: 1, version: 2 } as const;
    const { host } = runUnder([operation], null, null);
    expect(host.outbox.drops[Outcome.otherVersion]).toBeGreaterThan(0);
    expect([...host.nodes.versions]).toEqual([2, 2, 2, 1, 1, 1, 1]);
    expect([...host.nodes.software]).toEqual([2, 2, 2, 1, 1, 1, 1]);
  });

  it("that are compatible do, and machines are made as what they have become", () => {
    const operation = { kind: "upgrade", nodes: [0, 1, 2], everyUs: 1, version: 2, isCompatible: true } as const;
    const { host } = runUnder([operation], null, null);
    expect(host.outbox.drops[Outcome.otherVersion]).toBe(0);
    expect([...host.nodes.versions]).toEqual([1, 1, 1, 1, 1, 1, 1]);
    expect([...host.nodes.software]).toEqual([2, 2, 2, 1, 1, 1, 1]);
  });
});

describe("draws", () => {
  it("of one fault do not shift when another one goes", () => {
    const corruptions = { kind: "corrupt", nodes: [0], probability: 0.4 } as const;
    const none = { kind: "degrade", nodes: [1], lossProbability: 0, latencyUs: 0 } as const;
    expect(runUnder([corruptions, none]).digest.finish()).toBe(runUnder([corruptions, none]).digest.finish());
    expect(runUnder([corruptions, none]).bites[0]).toBe(runUnder([corruptions]).bites[0]);
  });
});

describe("a healed core", () => {
  const core = { atUs: 1.5 * SECOND, nodes: [0, 1, 2, 3, 4] };
  const operations: readonly FaultOperation[] = [
    { kind: "crash", nodes: [1, 6], disk: "kept" },
    { kind: "slow", nodes: [0, 5], factor: 30 },
    { kind: "clock", nodes: [2, 5], offsetUs: 50, driftPpm: 10, freezes: true },
    { kind: "diskFull", nodes: [3, 5] },
    { kind: "isolate", nodes: [4, 5] },
    { kind: "upgrade", nodes: [0, 1, 2, 3, 4, 5, 6], everyUs: SECOND, version: 2 },
  ];

  it("is free of every fault, and the rest stays as it is for ever", () => {
    const { host, schedule } = runUnder(operations, core);
    expect(schedule.liveSources()).toEqual([]);
    expect(host.ailments(5)).toEqual(["slow", "clock", "disk"].slice(0, host.ailments(5).length));
    expect(host.ailments(5)).toContain("slow");
    expect(host.ailments(6)).toEqual(["down"]);
  });

  it("names what is live inside", () => {
    const { host, schedule } = runUnder(operations, core);
    host.slowDown(0, 2);
    host.crash(1, "kept");
    host.network.quiet = null;
    expect(schedule.liveSources()).toContain("node 0: slow");
    expect(schedule.liveSources()).toContain("node 1: down");
    expect(schedule.liveSources()).toContain("node 4: network");
  });

  it("stops the run when a fault source inside is left", () => {
    const world = makeWorld({ nodes: NODES, kernel: { untilUs: 3 * SECOND } });
    new FaultSchedule(world.host, [], { seed: "1", leader: () => null, core });
    world.host.startAll();
    world.host.slowDown(2, 2);
    expect(() => world.kernel.advance(1_000_000)).toThrow("no fault is live inside a healed core: node 2: slow");
  });
});
