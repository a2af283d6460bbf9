import { describe, expect, test } from "vitest";
import { failureKey, failureOf, sameFailure } from "../../campaign/failure.ts";
import { excerpt, outcomeOf } from "./run.ts";

const { summary } = outcomeOf(excerpt("1", 5));

function stack(line: number, folder: string): string {
  return [
    `InvariantError: block ${line} has no parent`,
    `    at assert (file://${folder}/protocol/core/assert.js:13:15)`,
    `    at Pbft.onVote (file://${folder}/protocol/consensus/pbft.js:${line}:25)`,
    `    at Host.receive (file://${folder}/sim/host/host.js:187:38)`,
  ].join("\n");
}

describe("the signature of a failure", () => {
  test("is null for a run in which nothing failed, or that somebody interrupted", () => {
    const expectations = summary.expectations.map((each) => ({ ...each, verdict: "pass" as const }));
    expect(failureOf({ ...summary, expectations })).toBe(null);
    expect(failureOf({ lost: "interrupted" })).toBe(null);
  });

  test("names invariant, chain and role of the earliest violation that counts", () => {
    const violation = { invariant: "agreement", chain: "root", atSeconds: 9, nodes: ["delegate-3"], detail: "two" };
    const failed = { name: "safety", verdict: "fail", samples: 1, detail: "broken: agreement (2), lock (1)" } as const;
    const violations = [
      violation,
      { ...violation, invariant: "lock", atSeconds: 4, nodes: ["delegate-12"] },
      { ...violation, invariant: "escrow", atSeconds: 1 },
    ];
    const failure = failureOf({ ...summary, expectations: [failed], violations });
    expect(failure).toEqual({ kind: "violation", what: "lock", where: "root/delegate" });
  });

  test("of a crash names the first function of this project, without lines, numbers or folders", () => {
    const failure = failureOf({ bug: stack(12, "/one/dist") });
    expect(failure).toEqual({
      kind: "crash",
      what: "InvariantError: block # has no parent",
      where: "Pbft.onVote protocol/consensus/pbft",
    });
    expect(sameFailure(failure, failureOf({ bug: stack(99, "/other") }))).toBe(true);
  });

  test.each([
    ["no sign of life for 8 s", "hang: no end"],
    ["time stands still at 3 s", "hang: no end"],
    ["took 900 MiB of memory", "memory: out of memory"],
    ["its process ended (SIGABRT)", "memory: out of memory"],
    ["its process ended (code 7)", "crash: its process ended (code #)"],
  ])("of a process lost by %s is %s", (lost, key) => {
    const failure = failureOf({ lost });
    expect(failure === null ? "" : failureKey(failure)).toBe(key);
  });
});
