import { describe, expect, test } from "vitest";
import type { Scenario } from "../../scenario/index.ts";
import { excerpt, outcomeOf } from "../campaign/run.ts";

/** A quiet minute of a small chain, for faults to be added to. */
const QUIET: Scenario = { ...excerpt("1", 60), perturbation: 0, faults: [], adversaries: [] };
const NODE_0 = [{ first: 0, last: 0, count: 1 }] as const;

describe("a run", () => {
  test("counts what it says: nodes by role, blocks, transfers", () => {
    const { summary } = outcomeOf(QUIET);
    const { delegates, standby, fullNodes } = QUIET.rootchain;
    expect(summary.nodes.total).toBe(delegates + standby + fullNodes);
    expect(Object.values(summary.nodes.byRole).reduce((sum, count) => sum + count, 0)).toBe(summary.nodes.total);
    expect(summary.chains[0]?.height).toBeGreaterThan(10);
    const { started, delivered, inFlight } = summary.transfers;
    expect(delivered + inFlight).toBe(started);
    expect(summary.simulatedSeconds).toBeLessThanOrEqual(60);
  });

  test("is inconclusive when a fault never bites", () => {
    const faults = [{ kind: "slow", name: "idle", atUs: 59_999_998, forUs: 1, nodes: NODE_0, factor: 2 }] as const;
    const { summary } = outcomeOf({ ...QUIET, faults, expect: [{ kind: "safety", name: "safety" }] });
    expect(summary.faults).toEqual([{ name: "idle", bites: 0 }]);
    expect(summary.expectations.map(({ verdict }) => verdict)).toEqual(["pass"]);
    expect(summary.verdict).toBe("inconclusive");
  });

  test("reports how often an adversary bit", () => {
    const adversaries = [{ name: "mute", nodes: NODE_0, strategy: "silent", fromUs: 0 }] as const;
    const { summary } = outcomeOf({ ...QUIET, adversaries });
    expect(summary.faults[0]?.name).toBe("mute");
    expect(summary.faults[0]?.bites).toBeGreaterThan(0);
  });

  test("depends on its seed", () => {
    expect(outcomeOf({ ...QUIET, seed: "other" }).digest).not.toBe(outcomeOf(QUIET).digest);
  });

  test("leaves figures in rows of time, chain, metric and value, in order of time", () => {
    const { metrics } = outcomeOf(QUIET);
    expect(metrics.length).toBeGreaterThan(20);
    const times = metrics.map(({ timeSeconds }) => timeSeconds);
    expect([...times].sort((a, b) => a - b)).toEqual(times);
    expect(new Set(metrics.map(({ metric }) => metric))).toEqual(
      new Set(["height", "transactions", "blockIntervalSeconds", "finalitySeconds"]),
    );
  });
});
