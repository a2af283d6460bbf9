import { describe, expect, test } from "vitest";
import type { OperationStepNote, TraceSink } from "../../host/trace-sink.ts";
import { DEAF_SINK, outcomeOf } from "../campaign/run.ts";
import { loadText } from "../scenario/from-text.ts";

const FOUNDED = `
crypto: modelled
duration: 110 s
drain: 30 s
rootchain: {delegates: 4, committee: 4, iterations: 3, fullNodes: 1, unbonding: 60 s, trust: 48 s, evidence: {window: 4}}
subchains:
  - {name: home, operators: 4, iterations: 3, fullNodes: 1}
  - {name: fair, operators: 4, iterations: 3, rewards: {pool: 10 IOTX, blocks: 100}}
workload:
  - {transfer: {name: local, from: fair, to: fair, rate: 1/s, accounts: 3, stop: 70 s}}
  - {at: 10 s, name: founding, register: {chain: fair}}
  - {at: 12 s, name: deputy, nominate: {chain: home, seat: 1}}
  - {at: 12 s, name: newcomer, nominate: {fullNode: 0}}
  - {at: 14 s, name: retirement, resign: {chain: home, seat: 2}}
  - {at: 15 s, name: pension, withdraw: {chain: home, seat: 2}}
expect: {safety: always, operations.done: "= 100 %"}
`;

describe("a chain that is founded, and seats that change hands, during a run", () => {
  const scenario = loadText(FOUNDED);
  const told: OperationStepNote[] = [];
  const trace: TraceSink = { ...DEAF_SINK, operation: (step) => told.push(step) };
  const { summary, digest, metrics } = outcomeOf(scenario, { trace });
  const secondsOf = (name: string) => summary.operations?.find((each) => each.name === name);

  test("keep every invariant, and every operation is done and shows", () => {
    expect(summary.expectations.map(({ name, verdict }) => [name, verdict])).toEqual([
      ["safety", "pass"],
      ["operations.done", "pass"],
    ]);
    expect(summary.operations?.map(({ name, kind, chain }) => [name, kind, chain])).toEqual([
      ["founding", "register", "fair"],
      ["deputy", "nominate", "home"],
      ["newcomer", "stand", "root"],
      ["retirement", "resign", "home"],
      ["pension", "withdraw", "home"],
    ]);
    for (const { effectSeconds } of summary.operations ?? []) expect(effectSeconds).not.toBe(null);
  });

  test("the chain runs once its registration is final on the rootchain, and not before", () => {
    const first = metrics.find(({ chain, metric }) => chain === "fair" && metric === "height");
    expect(first?.timeSeconds).toBeGreaterThan(10 + (secondsOf("founding")?.doneSeconds ?? 100));
    expect(summary.loads.find(({ name }) => name === "local")?.delivered).toBeGreaterThan(10);
  });

  test("a nominee sits from the epoch on that follows, and a bond comes back after the delay", () => {
    expect(secondsOf("deputy")?.effectSeconds).toBeGreaterThan(30);
    expect(secondsOf("pension")?.doneSeconds).toBeGreaterThan(58);
  });

  test("are told step by step, each with its transaction, as the summary has them", () => {
    const stepsOf = (number: number) => told.filter((each) => each.number === number);
    for (const [number, { name, kind, chain, doneSeconds, effectSeconds }] of (summary.operations ?? []).entries()) {
      const steps = stepsOf(number);
      expect(new Set(steps.map((each) => `${each.kind} ${each.chain}`)), name).toEqual(new Set([`${kind} ${chain}`]));
      expect([...new Set(steps.map(({ step }) => step))], name).toEqual(["submitted", "done", "shown"]);
      expect(steps.every(({ transactionId }) => /^[0-9a-f]{64}$/u.test(transactionId))).toBe(true);
      const [done, shown] = steps.slice(-2);
      const sinceUs = scenario.operations?.[number]?.atUs ?? 0;
      const secondsAfter = (atUs = 0) => (atUs - sinceUs) / 1e6;
      expect([secondsAfter(done?.atUs), secondsAfter(shown?.atUs)]).toEqual([doneSeconds, effectSeconds]);
      expect(Math.min(done?.height ?? 0, shown?.height ?? 0)).toBeGreaterThan(0);
    }
    // A seat is resigned and its bond withdrawn by transactions of their own.
    expect(new Set(told.map(({ transactionId }) => transactionId)).size).toBeGreaterThanOrEqual(5);
  });

  test("come to the same digest without anything remembered", () => {
    expect(outcomeOf(scenario, { paranoid: true }).digest).toBe(digest);
  });
});

test("a nominee that proposes two blocks is accused, loses the seat, and no honest member with it", () => {
  const { summary } = outcomeOf(
    loadText(`
crypto: modelled
duration: 150 s
rootchain: {delegates: 4, committee: 4, iterations: 3}
subchains: [{name: home, operators: 4, iterations: 3, fullNodes: 1}]
workload: [{at: 5 s, nominate: {chain: home, seat: 1}}]
adversaries: [{of: full-nodes home, strategy: equivocate}]
`),
  );
  expect(summary.violations).toEqual([]);
  expect(summary.culprits).toEqual(["home/full-node-0"]);
});

test("accounts leave a living chain by transfers with all that they have, and a dead one by proof", () => {
  const leaving = (faults: string, at: string) =>
    outcomeOf(
      loadText(`
crypto: modelled
duration: 150 s
drain: 20 s
rootchain: {delegates: 4, committee: 4, iterations: 3, heartbeat: 8 s, deadAfter: 30 s, challenge: 20 s}
subchains: [{name: home, operators: 4, iterations: 3, fullNodes: 1, endowment: 300 IOTX}]
workload:
  - {transfer: {name: local, from: home, to: home, rate: 12/min, accounts: 3, stop: 30 s}}
  - {at: ${at}, name: leaving, exit: {chain: home}}
relayers: {count: 1}
${faults}
`),
    ).summary;
  const living = leaving("", "60 s");
  const figure = (summary: typeof living, name: string) => summary.figures.find((each) => each.name === name)?.value;
  expect(living.loads[1]).toMatchObject({ started: 3, delivered: 3, transactionsPerTransfer: 2 });
  // What stays are fees that went to operators.
  expect(figure(living, "escrow.home.balance")).toBeLessThan(0.1);
  const dead = leaving("faults: [{at: 40 s, crash: {of: operators home}}]", "50 s");
  expect(dead.loads[1]).toMatchObject({ started: 3, delivered: 3, transactionsPerTransfer: 1 });
  expect(figure(dead, "escrow.home.balance")).toBeLessThan(0.1);
  expect([...living.violations, ...dead.violations]).toEqual([]);
});
