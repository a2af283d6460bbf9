import { describe, expect, it } from "vitest";
import { allToAll } from "../../bench/all-to-all.ts";
import { gossipDay } from "../../bench/block-gossip.ts";
import { BENCHES, resultLine, runBench } from "../../bench/index.ts";
import { interleave, median, medianOf, type Spent, type Stopwatch } from "../../bench/rounds.ts";
import { Sketch } from "../../bench/sketch.ts";
import { city, committee22, paper2018, pbft64, quickstart } from "../../bench/workloads.ts";
import { UserError } from "../../scenario/index.ts";

describe("the sketch that others are measured against", () => {
  it("lets every node decide every height, with the messages of PBFT and no more", () => {
    const nodes = 7;
    const decisions = 50;
    const outcome = new Sketch(nodes, decisions).run();
    expect(outcome.decisions).toBe(decisions);
    // A proposal to all others, a prepare of each of them, and a commit of each node.
    const aHeight = (nodes - 1) * (1 + (nodes - 1) + nodes);
    expect(outcome.delivered).toBeLessThanOrEqual(decisions * aHeight);
    // A node that decides early leaves out at most its own votes.
    expect(outcome.delivered).toBeGreaterThan(decisions * aHeight * 0.8);
  });

  it("gives one digest for one run, and another for another", () => {
    const digest = (nodes: number) => new Sketch(nodes, 10).run().digest;
    expect(digest(7)).toBe(digest(7));
    expect(digest(7)).not.toBe(digest(10));
  });
});

describe("gossip without a protocol", () => {
  const DAY = { nodes: 60, blocks: 4, blockBytes: 20_000, intervalUs: 60_000_000 };

  it("brings every block to every node once, for one notice over each tie in each direction", () => {
    const { coverage, messages } = gossipDay(DAY);
    expect(coverage).toBe(1);
    const bodies = (DAY.nodes - 1) * DAY.blocks;
    const notices = messages - 2 * bodies;
    // Four rings give each node eight neighbours, less those that it has twice.
    expect(notices).toBeGreaterThan(DAY.nodes * DAY.blocks * 7);
    expect(notices).toBeLessThanOrEqual(DAY.nodes * DAY.blocks * 8);
  });

  it("is the same twice, and another with other blocks", () => {
    const { digest } = gossipDay(DAY);
    expect(gossipDay(DAY).digest).toBe(digest);
    expect(gossipDay({ ...DAY, blockBytes: 20_001 }).digest).not.toBe(digest);
  });
});

describe("all to all", () => {
  it("loses the share that it says, within five standard deviations", () => {
    const { messages, events } = allToAll(20, 40);
    const timers = 20 * 41;
    const sent = 20 * 19 * 41;
    expect(messages).toBe(sent);
    // The last round arrives after the end.
    const heard = events - timers;
    const onTime = 20 * 19 * 40;
    expect(Math.abs(heard - 0.9 * onTime)).toBeLessThan(5 * Math.sqrt(onTime * 0.9 * 0.1) + 20);
  });
});

describe("interleaved rounds", () => {
  it("run every contender in turn and give medians, which an outlier does not move", async () => {
    const order: string[] = [];
    const readings = [90, 50, 1, 20, 2, 10].map(
      (seconds): Spent => ({ cpuSeconds: seconds, wallSeconds: 2 * seconds }),
    );
    const stopwatch: Stopwatch = () => {
      const spent = readings.shift() as Spent;
      return () => spent;
    };
    const turn = (name: string) => () => void order.push(name);
    const rounds = await interleave({ one: turn("one"), two: turn("two") }, { rounds: 3, stopwatch });
    expect(order).toEqual(["one", "two", "one", "two", "one", "two"]);
    expect(medianOf(rounds, ({ one }) => one.cpuSeconds)).toBe(2);
    expect(medianOf(rounds, ({ one, two }) => two.wallSeconds / one.cpuSeconds)).toBe(10);
    expect(medianOf(rounds, ({ one, two }) => one.cpuSeconds / two.cpuSeconds)).toBe(0.2);
  });

  it("take the middle of odd numbers and the upper middle of even ones", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 3, 1, 2])).toBe(3);
  });
});

describe("the suite", () => {
  it("refuses a name that is no benchmark, before it runs any, and says which was meant", async () => {
    const begun: string[] = [];
    const run = runBench(["vrf-prove", "pbft-64-modeled"], { log: null, progress: (line) => begun.push(line) });
    await expect(run).rejects.toThrow(UserError);
    await expect(run).rejects.toThrow('did you mean "pbft-64-modelled"?');
    expect(begun).toEqual([]);
    await expect(runBench(["toString"], { log: null, progress: null })).rejects.toThrow(UserError);
  });

  it("has the benchmarks that the issue names", () => {
    expect(Object.keys(BENCHES)).toEqual([
      "queue-hold-100k",
      "lossy-65",
      "gossip-day-8000",
      "growth-time",
      "growth-memory",
      "pbft-64-modelled",
      "pbft-64-real",
      "pbft-64-memory",
      "committee-22",
      "committee-22-modelled",
      "paper-2018",
      "paper-2018-modelled",
      "chains-32",
      "chains-32-modelled",
      "chains-32-memory",
      "chains-growth",
      "city-10k",
      "city-10k-modelled",
      "city-100k",
      "million",
      "full-node-memory",
      "vrf-prove",
      "script-p2pkh",
      "root-block-8mib",
      "proof-cost",
      "light-catch-up",
      "trace-cost",
      "trace-bytes",
      "diff-10m",
      "sweep-overhead",
      "split-model",
      "fuzz-runs",
      "generators",
      "shrink",
    ]);
  });

  it("runs workloads that load, of the sizes they are named after", () => {
    expect(pbft64("modelled", 1).rootchain).toMatchObject({ delegates: 64, committee: 64, roundUs: 1000 });
    expect(pbft64("real", 3)).toMatchObject({ crypto: "real", durationUs: 3e6, workload: [], faults: [] });
    expect(committee22("real", 60).rootchain.committee).toBe(22);
    expect(committee22("real", 60).faults).toHaveLength(12);
    expect(paper2018("real").rootchain).toMatchObject({ delegates: 97, committee: 11, fullNodes: 200 });
    expect(quickstart().workload).toHaveLength(1);
    const devices = city("modelled", { devices: 10_000, minutes: 5, everySeconds: 60 }).devices ?? [];
    expect(devices).toHaveLength(64);
    expect(devices.reduce((sum, { count }) => sum + count, 0)).toBe(9984);
  });

  it("says of a figure whether its bound is met, and which bound that is", () => {
    const result = { name: "x", unit: "MB", higherIsBetter: false, ratio: null, target: 3, detail: "d" };
    expect(resultLine({ ...result, value: 2, met: true })).toBe("met    x: 2.00 MB (at most 3) · d");
    const beside = { ...result, higherIsBetter: true, ratio: { to: "y", value: 0.5 }, value: 200, met: false };
    expect(resultLine(beside)).toBe("MISSED x: 200 MB · 0.50 of y (at least 3) · d");
  });
});
