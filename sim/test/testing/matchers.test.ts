import { beforeAll, expect, test } from "vitest";
import type { Machine } from "../../../protocol/core/machine.ts";
import type { RunOutcome } from "../../runner/index.ts";
import { toBreak, toHaveDigest, toHold, toKeepWithin } from "../../testing/matchers.ts";
import { outcomeOf } from "../campaign/run.ts";
import { loadText } from "../scenario/from-text.ts";

const SMALL = `
name: small
question: x?
crypto: modelled
duration: 30 s
rootchain: {delegates: 4, committee: 4, round: 2 s}
expect: {safety: always, height: ">= 10"}
`;

let run: RunOutcome;
let short: RunOutcome;
beforeAll(() => {
  run = outcomeOf(loadText(SMALL));
  short = outcomeOf(loadText(SMALL.replace(">= 10", ">= 100")));
});

test("a run holds, or the matcher tells what was unmet", () => {
  expect(toHold(run).pass).toBe(true);
  expect(toHold(short).pass).toBe(false);
  expect(toHold(short).message()).toMatch(/^expected small, seed 1 to hold\nverdict: fail\nfail height: .*>= 100/);
});

test("a digest is the run's own or not", () => {
  expect(toHaveDigest(run, run.digest).pass).toBe(true);
  expect(toHaveDigest(run, "0".repeat(64)).pass).toBe(false);
  expect(toHaveDigest(run, run.digest).message()).toContain("not small, seed 1 to have digest");
});

test("a figure keeps within bounds that include their ends; one that is not there keeps within none", () => {
  const height = run.summary.chains[0]?.height ?? 0;
  expect(toKeepWithin(run, "height", height).pass).toBe(true);
  expect(toKeepWithin(run, "height", { atLeast: height, atMost: height }).pass).toBe(true);
  expect(toKeepWithin(run, "height", height - 1).pass).toBe(false);
  expect(toKeepWithin(run, "height", { atLeast: height + 1 }).pass).toBe(false);
  expect(toKeepWithin(run, "hight", 1e9).pass).toBe(false);
  expect(toKeepWithin(run, "hight", 1e9).message()).toContain("it has blockInterval.max");
});

test("machines of one's own take the standard ones' places; their node counts as honest and its chain is seen", () => {
  const scenario = loadText(SMALL);
  const names: string[] = [];
  const wrapped = outcomeOf(scenario, {
    machines: ({ name, role, chain, node }, standard) => {
      names.push(`${node} ${name} ${role} ${chain}`);
      return { ...passing(standard), around: standard } as Machine;
    },
  });
  expect(names).toHaveLength(4);
  expect(names[0]).toMatch(/^0 .* delegate root$/);
  // Whoever passes everything on is told apart by nothing.
  expect(wrapped.digest).toBe(run.digest);
  expect(wrapped.summary.expectations).toEqual(run.summary.expectations);
});

test("what they do wrong is found", () => {
  const deaf = outcomeOf(loadText(SMALL.replace("always,", "always, liveness: {within: 20 s of heal},")), {
    machines: ({ node }, standard) => ({ ...passing(standard), ...(node < 2 ? { onMessage: () => undefined } : {}) }),
  });
  expect(toBreak(deaf, "liveness").pass).toBe(true);
  expect(toBreak(run, "liveness").pass).toBe(false);
});

function passing(machine: Machine): Machine {
  return {
    protocolVersion: machine.protocolVersion,
    start: (context, storage) => machine.start(context, storage),
    onMessage: (context, from, message) => machine.onMessage(context, from, message),
    onTimer: (context, timer) => machine.onTimer(context, timer),
  };
}
