import { describe, expect, test } from "vitest";
import type { CheckerReport } from "../../checkers/checker.ts";
import { chainPlans } from "../../runner/chain-plan.ts";
import { judgeExpectation, overall } from "../../runner/expectations.ts";
import { figureOf } from "../../runner/figure-of.ts";
import type { Findings } from "../../runner/findings.ts";
import { RunFigures } from "../../runner/run-figures.ts";
import type { Expectation, Invariant, Metric } from "../../scenario/expectation.ts";
import type { TransferLoad } from "../../scenario/scenario.ts";
import { excerpt } from "../campaign/run.ts";

function report(invariant: Invariant, over: Partial<CheckerReport> = {}): CheckerReport {
  return { invariant, chain: "root", samples: 5, violations: [], violationCount: 0, culprits: [], note: "", ...over };
}

const NO_LEDGER = {
  subchains: [],
  issued: 0n,
  claimed: 0n,
  unclaimed: 0n,
  scheduled: 0n,
  voters: 0n,
  burned: 0n,
  slashed: [0],
};

function findings(over: Partial<Findings> = {}): Findings {
  const figures = new RunFigures(chainPlans(excerpt("1", 1)), {
    isHonest: () => true,
    isByzantine: () => false,
    onFinal: () => undefined,
  });
  const transfers = { transfers: [], tallies: [] };
  const rest = {
    windows: [],
    messages: 0,
    culprits: [],
    light: [],
    devices: [],
    ledger: NO_LEDGER,
    simulatedUs: 1_000_000,
  };
  return { figures, chains: ["root"], reports: [], ...transfers, ...rest, ...over };
}

function named(...names: string[]): Findings["culprits"] {
  return names.map((name) => ({ name, chain: "root" }));
}

/** What a run would have of one load's transfers. */
function loaded(transfers: Findings["transfers"], name = "load"): Partial<Findings> {
  const load = { ...(excerpt("1", 1).workload[0] as TransferLoad), name };
  const bytes = { source: 100, root: 200, destination: 300 };
  return { transfers, tallies: [{ load, started: 2, delivered: 1, refunded: 0, bytes, transactions: 3 }] };
}

const SAFETY: Expectation = { kind: "safety", name: "safety" };
const LIVENESS: Expectation = { kind: "liveness", name: "liveness", withinUs: 1 };

function comparison(metric: string, operator: string, value: number, outsideFaults = false): Expectation {
  return { kind: "comparison", name: metric, metric, subject: "", operator, value, outsideFaults } as Expectation;
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
      { load: 0, startedUs: 0, finalUs: 7, refunded: false, lost: false },
      { load: 0, startedUs: 0, finalUs: -1, refunded: false, lost: false },
    ];
    const judged = judgeExpectation(comparison("transfers.delivered", ">=", 0.6), findings(loaded(transfers)));
    expect(judged).toMatchObject({ verdict: "fail", samples: 2 });
    expect(judged.detail).toContain("50 %");
  });
});

describe("a figure of one load", () => {
  const transfers = [
    { load: 0, startedUs: 0, finalUs: 7, refunded: false, lost: false },
    { load: 0, startedUs: 0, finalUs: -1, refunded: true, lost: false },
    { load: 0, startedUs: 0, finalUs: -1, refunded: false, lost: true },
    { load: 1, startedUs: 0, finalUs: -1, refunded: false, lost: true },
  ];
  const of = (metric: Metric, subject: string) => figureOf(metric, subject, findings(loaded(transfers, "mine"))).value;

  test("leaves out all other loads", () => {
    expect(of("transfers.started", "mine")).toBe(3);
    expect(of("transfers.refunded", "mine")).toBe(1 / 3);
    expect(of("transfers.lost", "mine")).toBe(1);
    expect(of("transfers.started", "other")).toBe(0);
    expect(of("transfers.delivered", "other")).toBeNull();
  });

  test("counts bytes and transactions for each transfer that arrived", () => {
    expect(of("transfers.transactions", "mine")).toBe(3);
    expect([of("transfers.bytes", "mine"), of("transfers.rootBytes", "mine")]).toEqual([600, 200]);
  });
});

describe("a run that must break an invariant", () => {
  const expected: Expectation = {
    kind: "violation",
    name: "violation",
    chain: "root",
    invariant: "agreement",
    minimumCulprits: 2,
  };
  const broken = report("agreement", { violationCount: 1 });

  test("passes only if it did, and enough culprits are named", () => {
    const judge = (over: Partial<Findings>) => judgeExpectation(expected, findings(over)).verdict;
    expect(judge({ reports: [broken], culprits: named("a", "b") })).toBe("pass");
    expect(judge({ reports: [broken], culprits: named("a") })).toBe("fail");
    expect(judge({ reports: [report("agreement")], culprits: named("a", "b") })).toBe("fail");
  });

  test("fails when evidence names an honest node", () => {
    const reports = [broken, report("evidence", { violationCount: 1 })];
    expect(judgeExpectation(expected, findings({ reports, culprits: named("a", "b") })).verdict).toBe("fail");
  });
});

test("a failure outweighs what is inconclusive, which outweighs a pass", () => {
  expect(overall(["pass", "inconclusive", "fail"])).toBe("fail");
  expect(overall(["pass", "inconclusive"])).toBe("inconclusive");
  expect(overall(["pass"])).toBe("pass");
});
