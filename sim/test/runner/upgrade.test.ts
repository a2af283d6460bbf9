import { describe, expect, test } from "vitest";
import type { RunOutcome } from "../../runner/index.ts";
import { alarms, outcomeOf } from "../campaign/run.ts";
import { loadText } from "../scenario/from-text.ts";

function run(...faults: readonly string[]): RunOutcome {
  return outcomeOf(
    loadText(`
crypto: modelled
duration: 60 s
rootchain: {delegates: 4, committee: 4, rounds: 2, iterations: 3, round: 1 s, upgrade: {height: 20, maxBlock: 64 KiB}}
network: {backbone: {regions: lan}}
workload: [{transfer: {rate: 2/s, accounts: 10}}]
faults: [${faults.join()}]
expect: {safety: always, version: "= 2", height: "> 50"}
`),
  );
}

describe("rules that take force at a height", () => {
  test("do so without anybody's doing where all software is new from the start", () => {
    expect(alarms(run())).toEqual([]);
  });

  test("do so where software is replaced in time, by nodes that crash meanwhile too", () => {
    const crash = "{at: 4 s, crash: {of: delegates, count: 1}, restartAfter: 20 s}";
    expect(alarms(run("{at: 2 s, for: 10 s, upgrade: {every: 1 s, compatible: true}}", crash))).toEqual([]);
  });

  test("halt a chain for ever whose software stays old: nobody forks, and nobody goes on", () => {
    const { summary } = run("{at: 59 s, upgrade: {every: 1 s, compatible: true}}");
    expect(summary.chains[0]?.height).toBe(19);
    expect(summary.violations).toEqual([]);
  });
});

test("pieces of blocks change within a period, for ledger, figures and checkers alike", () => {
  const outcome = outcomeOf(
    loadText(`
crypto: modelled
duration: 90 s
rootchain:
  delegates: 4
  committee: 4
  rounds: 2
  iterations: 3
  round: 1 s
  maxBlock: 512 KiB
  quota: {period: 20}
  upgrade: {height: 30, maxBlock: 128 KiB}
subchains: [{name: home, operators: 4, round: 1 s, maxBlock: 64 KiB}]
network: {backbone: {regions: lan}}
workload:
  - {transfer: {name: out, from: root, to: home, rate: 2/s, accounts: 10}}
  - {transfer: {name: back, from: home, to: root, rate: 2/s, accounts: 10}}
expect: {safety: always, version: "= 2", transfers.lost: "= 0"}
`),
  );
  expect(alarms(outcome)).toEqual([]);
  const quota = outcome.summary.expectations.find(({ name }) => name === "safety")?.detail;
  expect(quota).not.toContain("nothing was relocked");
});
