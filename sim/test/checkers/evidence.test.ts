import { expect, test } from "vitest";
import { CheckpointVote } from "../../../protocol/consensus/checkpoint.ts";
import { type Evidence, encodeEvidence } from "../../../protocol/consensus/evidence.ts";
import { newViewHash } from "../../../protocol/consensus/view-change.ts";
import { Phase } from "../../../protocol/consensus/vote.ts";
import type { DelegateId, Hash } from "../../../protocol/core/ids.ts";
import { EvidenceReport } from "../../../protocol/ledger/transaction.ts";
import { Stage } from "./stage.ts";

function observe(stage: Stage, culprit: number, evidence: Evidence): void {
  const seen = { kind: "evidence", culprit: culprit as DelegateId, evidence } as const;
  for (const checker of stage.checkers) checker.onObserve?.(3, 0, seen);
}

function checkpointVote(stage: Stage, signer: number, checkpointHash: Hash): CheckpointVote {
  return stage.signed(
    new CheckpointVote({ chainId: 1, epoch: 0, checkpointHash, signer: signer as DelegateId }),
    signer,
  );
}

/** Evidence of each kind against delegate 2, and one statement less than proves it. */
function offences(stage: Stage): { proven: Evidence; unproven: Evidence }[] {
  const [one, other] = [stage.build().block, stage.build([], 5).block];
  const prepares = stage.votes([0, 1, 2, 3, 4], Phase.prepare, one.hash);
  const [first, second] = [stage.vote(2, Phase.prepare, one.hash), stage.vote(2, Phase.prepare, other.hash)];
  const [empty, full] = [stage.viewChange(2, 1), stage.viewChange(2, 1, prepares)];
  const commit = stage.vote(2, Phase.commit, one.hash);
  const viewChanges = [full];
  const at = { view: 1, newViewHash: newViewHash(viewChanges, other.hash) };
  const prepare = stage.vote(2, Phase.prepare, other.hash, at);
  const fair = stage.vote(2, Phase.prepare, one.hash, { view: 1, newViewHash: newViewHash(viewChanges, one.hash) });
  const [third, fourth] = [one.hash, other.hash].map((each) => checkpointVote(stage, 2, each)) as [
    CheckpointVote,
    CheckpointVote,
  ];
  return [
    { proven: { kind: "double-vote", first, second }, unproven: { kind: "double-vote", first, second: first } },
    {
      proven: { kind: "double-view-change", first: empty, second: full },
      unproven: { kind: "double-view-change", first: full, second: full },
    },
    {
      proven: { kind: "forgotten-commit", commit, viewChange: empty },
      unproven: { kind: "forgotten-commit", commit, viewChange: full },
    },
    {
      proven: { kind: "unjustified-prepare", prepare, viewChanges, blockHash: other.hash },
      unproven: { kind: "unjustified-prepare", prepare: fair, viewChanges, blockHash: one.hash },
    },
    {
      proven: { kind: "double-checkpoint", first: third, second: fourth },
      unproven: { kind: "double-checkpoint", first: third, second: third },
    },
  ];
}

test("evidence of every kind against a Byzantine delegate is in order", () => {
  const stage = new Stage({ byzantine: [2] });
  for (const { proven } of offences(stage)) observe(stage, 2, proven);
  const report = stage.reports().get("evidence");
  expect(report).toMatchObject({ samples: 5, violationCount: 0, culprits: [2] });
});

test("evidence of every kind against an honest delegate is caught", () => {
  const stage = new Stage();
  for (const { proven } of offences(stage)) observe(stage, 2, proven);
  expect(stage.reports().get("evidence")?.violationCount).toBe(5);
  expect(stage.details("evidence")).toContain("delegate 2, who is honest");
});

test("evidence that proves nothing is caught, even against a Byzantine delegate", () => {
  const stage = new Stage({ byzantine: [2] });
  for (const { unproven } of offences(stage)) observe(stage, 2, unproven);
  expect(stage.reports().get("evidence")?.violationCount).toBe(5);
});

test("evidence that another signed in the culprit's name is caught", () => {
  const stage = new Stage({ byzantine: [2] });
  const forged = stage.vote(2, Phase.prepare, stage.build([], 5).block.hash);
  forged.signature = stage.vote(1, Phase.prepare, forged.blockHash).signature;
  observe(stage, 2, {
    kind: "double-vote",
    first: stage.vote(2, Phase.prepare, stage.build().block.hash),
    second: forged,
  });
  expect(stage.details("evidence")).toContain("proves nothing");
});

test("a report against an honest delegate in a final block is caught", () => {
  const stage = new Stage();
  const { proven } = offences(stage)[0] as ReturnType<typeof offences>[0];
  const { block } = stage.honestHeight([new EvidenceReport(2 as DelegateId, encodeEvidence(proven))]);
  expect(block.transactions).toHaveLength(1);
  expect(stage.broken()).toEqual(["evidence"]);
});
