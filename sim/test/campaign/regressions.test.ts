import { describe, expect, test } from "vitest";
import { excerpt, outcomeOf } from "./run.ts";

describe("what a campaign once found", () => {
  test("a run lasts until its end, not until its last event: a liveness bound may run out between the two", () => {
    const endUs = 7_654_321;
    const scenario = excerpt("2", 0, { durationUs: endUs, faults: [], adversaries: [], workload: [] });
    expect(outcomeOf(scenario).summary.simulatedSeconds).toBe(endUs / 1_000_000);
  });
});
