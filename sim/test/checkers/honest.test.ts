import { expect, test } from "vitest";
import { IOTX } from "../../../protocol/core/units.ts";
import { CONSENSUS_INVARIANTS } from "../../scenario/expectation.ts";
import { Stage } from "./stage.ts";

test("an honest history over three epochs breaks nothing, and every checker judges something", () => {
  const stage = new Stage({ delegates: 9, committee: 5, liveness: { withinUs: 5_000_000, faults: [] } });
  for (let height = 1; height <= 30; height++) {
    const claims = height % 3 === 1 ? stage.nodes.filter((node) => node !== 8).map((node) => stage.claim(node)) : [];
    const transfers = [stage.transfer(0, height - 1, IOTX), stage.transfer(1, height - 1, 2n * IOTX, 2)];
    const { block } = stage.honestHeight([...claims, ...transfers]);
    expect(block.transactions.length).toBeGreaterThanOrEqual(2);
  }
  const reports = stage.reports();
  expect([...reports.values()].flatMap(({ violations }) => violations)).toEqual([]);
  expect([...reports.keys()].sort()).toEqual([...CONSENSUS_INVARIANTS].sort());
  for (const { invariant, samples } of reports.values()) expect(samples, invariant).toBeGreaterThan(0);
});

test("iterations without enough recorded proofs are filled up as the nodes fill them up", () => {
  const stage = new Stage({ delegates: 9, committee: 5 });
  for (let height = 1; height <= 30; height++) {
    stage.honestHeight(height % 3 === 1 && height % 2 === 1 ? [stage.claim(height % 9)] : []);
  }
  expect(stage.broken()).toEqual([]);
});

test("without a run nothing is judged, so nothing can pass", () => {
  const stage = new Stage();
  const judged = [...stage.reports().values()].filter(({ samples }) => samples > 0).map(({ invariant }) => invariant);
  // Genesis itself has a state root.
  expect(judged).toEqual(["state-root"]);
});
