import { describe, expect, test } from "vitest";
import { excerpt, outcomeOf } from "./run.ts";

describe("what a campaign once found", () => {
  test("a run lasts until its end, not until its last event: a liveness bound may run out between the two", () => {
    const endUs = 7_654_321;
    const scenario = excerpt("2", 0, { durationUs: endUs, faults: [], adversaries: [], workload: [] });
    expect(outcomeOf(scenario).summary.simulatedSeconds).toBe(endUs / 1_000_000);
  });

  test("a clock that stands still a microsecond before a block is due is looked at a hundred times a second, no more", () => {
    const scenario = excerpt("2", 20, { faults: [], adversaries: [], workload: [] });
    const { roundUs, delegates, standby, fullNodes } = scenario.rootchain;
    const nodes = [{ first: 0, last: delegates + standby + fullNodes - 1, count: "rest" as const }];
    const still = { kind: "clock", offsetUs: 0, driftPpm: 0, freezes: true } as const;
    const frozen = { ...still, name: "frozen", atUs: 3 * roundUs - 1, forUs: 5_000_000, nodes };
    const { faults } = outcomeOf({ ...scenario, faults: [frozen] }).summary;
    // Steps under the wrong clock: those of the leader who waits, and a few of everybody else.
    expect(faults[0]?.bites).toBeGreaterThan(400);
    expect(faults[0]?.bites).toBeLessThan(1500);
  });
});
