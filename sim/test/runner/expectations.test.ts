import { describe, expect, test } from "vitest";
import type { CheckerReport } from "../../checkers/checker.ts";
import { chainPlans } from "../../runner/chain-plan.ts";
import { type Findings, judgeExpectation, overall } from "../../runner/expectations.ts";
import { RunFigures } from "../../runner/run-figures.ts";
import type { Expectation, Invariant } from "../../scenario/expectation.ts";
import { excerpt } from "../campaign/run.ts";

function report(invariant: Invariant, over: Partial<CheckerReport> = {}): CheckerReport {
  return { invariant, chain: "root", samples: 5, violations: [], violationCount: 0, culprits: [], note: "", ...over };
}

function findings(over: Partial<Findings> = {}): Findings {
  const figures = new RunFigures(
    chainPlans(excerpt("1", 1)),
    () => true,
    () => undefined,
  );
  return { figures, reports: [], windows: [], messages: 0, transfers: [], culprits: [], ...over };
}

const SAFETY: Expectation = { kind: "safety", name: "safety" };
const LIVENESS: Expectation = { kind: "liveness", name: "liveness", withinUs: 1 };

function comparison(metric: string, operator: string, value: number, outsideFaults = false): Expectation {
  return { kind: "comparison", name: metric, metric, operator, value, outsideFaults } as Expectation;
}

describe("safety", () => {
  test("passes when every checker judged something and nothing broke", () => {
    const reports = [report("agreement"), report("supply"), report("liveness", { violationCount: 3 })];
    expect(judgeExpectation(SAFETY, findings({ reports }))).toMatchObject({ verdict: "pass", samples: 10 });
  });

  test("fails by any broken invariant, and names it", () => {
    const reports = [report("agreement"), report("lock", { violationCount: 2 })];
    const judged = judgeExpectation(SAFETY, findings({ reports }));
    expect(judged.verdict).toBe("fail");
    expect(judged.detail).toContain("lock (2)");
  });

  test("is inconclusive when a checker judged nothing and does not say why", () => {
    const reports = [report("agreement"), report("supply", { samples: 0 })];
    expect(judgeExpectation(SAFETY, findings({ reports })).verdict).toBe("inconclusive");
    const explained = [report("agreement"), report("supply", { samples: 0, note: "not promised" })];
    expect(judgeExpectation(SAFETY, findings({ reports: explained })).verdict).toBe("pass");
    expect(judgeExpectation(SAFETY, findings()).verdict).toBe("inconclusive");
  });
});

describe("liveness", () => {
  test("is what its checker found, and inconclusive without samples", () => {
    const judge = (over: Partial<CheckerReport>) =>
      judgeExpectation(LIVENESS, findings({ reports: [report("liveness", over)] })).verdict;
    expect([judge({}), judge({ violationCount: 1 }), judge({ samples: 0 })]).toEqual(["pass", "fail", "inconclusive"]);
  });
});

describe("a comparison", () => {
  test.each([
    ["<", 3, "fail"],
    ["<=", 3, "pass"],
    ["=", 3, "pass"],
    [">=", 4, "fail"],
    [">", 2, "pass"],
  ])("holds 3 messages against %s %i: %s", (operator, bound, verdict) => {
    const judged = judgeExpectation(comparison("messages", operator, bound), findings({ messages: 3 }));
    expect(judged.verdict).toBe(verdict);
  });

  test("is inconclusive without samples", () => {
    expect(judgeExpectation(comparison("finality.p99", "<", 1), findings()).verdict).toBe("inconclusive");
    expect(judgeExpectation(comparison("transfers.delivered", "=", 1), findings()).verdict).toBe("inconclusive");
  });

  test("takes percentiles by nearest rank, and leaves faults out when told", () => {
    const some = findings({ windows: [{ fromUs: 900, toUs: 2_000 }] });
    for (const lengthUs of [10, 20, 30]) some.figures.chains[0]?.finality.push(0, lengthUs);
    some.figures.chains[0]?.finality.push(950, 1_950);
    const value = (metric: string, outside: boolean) =>
      judgeExpectation(comparison(metric, "<", 0, outside), some).detail.split(",")[0];
    expect(value("finality.p50", false)).toBe("finality.p50 is 0.00002 s");
    expect(value("finality.max", false)).toBe("finality.max is 0.001 s");
    expect(value("finality.max", true)).toBe("finality.max is 0.00003 s");
  });

  test("counts a transfer that is not final as not delivered", () => {
    const transfers = [
      { load: 0, startedUs: 0, finalUs: 7, refunded: false },
      { load: 0, startedUs: 0, finalUs: -1, refunded: false },
    ];
    const judged = judgeExpectation(comparison("transfers.delivered", ">=", 0.6), findings({ transfers }));
    expect(judged).toMatchObject({ verdict: "fail", samples: 2 });
    expect(judged.detail).toContain("50 %");
  });
});

describe("a run that must break an invariant", () => {
  const expected: Expectation = { kind: "violation", name: "violation", invariant: "agreement", minimumCulprits: 2 };
  const broken = report("agreement", { violationCount: 1 });

  test("passes only if it did, and enough culprits are named", () => {
    const judge = (over: Partial<Findings>) => judgeExpectation(expected, findings(over)).verdict;
    expect(judge({ reports: [broken], culprits: ["a", "b"] })).toBe("pass");
    expect(judge({ reports: [broken], culprits: ["a"] })).toBe("fail");
    expect(judge({ reports: [report("agreement")], culprits: ["a", "b"] })).toBe("fail");
  });

  test("fails when evidence names an honest node", () => {
    const reports = [broken, report("evidence", { violationCount: 1 })];
    expect(judgeExpectation(expected, findings({ reports, culprits: ["a", "b"] })).verdict).toBe("fail");
  });
});

test("a failure outweighs what is inconclusive, which outweighs a pass", () => {
  expect(overall(["pass", "inconclusive", "fail"])).toBe("fail");
  expect(overall(["pass", "inconclusive"])).toBe("inconclusive");
  expect(overall(["pass"])).toBe("pass");
});
