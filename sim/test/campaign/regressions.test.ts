import path from "node:path";
import { describe, expect, test } from "vitest";
import { loadScenarioFile } from "../../cli/load-scenario-file.ts";
import { excerpt, outcomeOf } from "./run.ts";

const SCENARIOS = path.resolve(import.meta.dirname, "../../../scenarios");

function violationsOf(file: string, seed: string): readonly string[] {
  const scenario = loadScenarioFile(path.join(SCENARIOS, file), { seed });
  return outcomeOf({ ...scenario, crypto: "modelled" }).summary.violations.map(({ detail }) => detail);
}

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

  test("a node that lags at the end has burned less than others, which is no fault", () => {
    expect(violationsOf("adversary-adaptive.yaml", "4")).toEqual([]);
  });

  test("what a chain took after its last anchored header may come back to its source as well", () => {
    expect(violationsOf("chain-dies-with-tokens.yaml", "1")).toEqual([]);
  });
});
