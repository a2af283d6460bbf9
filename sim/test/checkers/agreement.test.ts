import { expect, test } from "vitest";
import { certificateOf } from "../../../protocol/consensus/certificate.ts";
import { CertifiedBlock } from "../../../protocol/consensus/messages.ts";
import { Phase } from "../../../protocol/consensus/vote.ts";
import { type Built, Stage } from "./stage.ts";

/** The signers' prepares and commits for a block are sent, and its certificate is what the commits give. */
function decide(stage: Stage, built: Built, signers: readonly number[]): CertifiedBlock {
  const { hash } = built.block;
  for (const vote of stage.votes(signers, Phase.prepare, hash)) stage.emit(vote.signer, vote);
  const commits = stage.votes(signers, Phase.commit, hash);
  for (const vote of commits) stage.emit(vote.signer, vote);
  return new CertifiedBlock(built.block, certificateOf(commits));
}

test("two blocks at one height are caught, and all who voted for both are named", () => {
  const stage = new Stage({ byzantine: [0, 1, 2] });
  const [one, other] = [stage.build(), stage.build([], 5)];
  const first = decide(stage, one, [0, 1, 2, 3, 4]);
  const second = decide(stage, other, [0, 1, 2, 5, 6]);
  stage.observeFinal(3, first);
  stage.observeFinal(4, first);
  stage.observeFinal(5, second);
  expect(stage.broken()).toEqual(["agreement"]);
  const report = stage.reports().get("agreement");
  expect(report?.culprits).toEqual([0, 1, 2]);
  expect(report?.violations[0]?.nodes).toEqual([5]);
  expect(report?.violations).toHaveLength(1);
});

test("'at least two thirds' of six lets two Byzantine members split the rest: agreement and certificates catch it", () => {
  const stage = new Stage({ delegates: 6, byzantine: [0, 1] });
  const first = decide(stage, stage.build(), [0, 1, 2, 3]);
  const second = decide(stage, stage.build([], 5), [0, 1, 4, 5]);
  stage.observeFinal(2, first);
  stage.observeFinal(4, second);
  expect(stage.broken()).toEqual(["agreement", "certificate", "lock"]);
  expect(stage.reports().get("agreement")?.culprits).toEqual([0, 1]);
});

test("a final block on a parent that is not final is caught", () => {
  const stage = new Stage();
  stage.honestHeight();
  const fork = stage.build();
  stage.state = fork.after;
  const orphan = stage.build();
  stage.observeFinal(3, decide(stage, orphan, [0, 1, 2, 3, 4]));
  expect(stage.details("agreement")).toBe("");
  const unrelated = new Stage();
  unrelated.honestHeight();
  unrelated.state = { ...unrelated.state, blockHash: fork.block.hash };
  unrelated.observeFinal(3, decide(unrelated, unrelated.build(), [0, 1, 2, 3, 4]));
  expect(unrelated.details("agreement")).toContain("a parent that is not final");
});

test("a split that the traces explain by no more than f culprits is a violation of its own", () => {
  const stage = new Stage({ byzantine: [0, 1, 2] });
  const first = decide(stage, stage.build(), [0, 1, 2, 3, 4]);
  const built = stage.build([], 5);
  stage.observeFinal(3, first);
  const unseen = stage.votes([5, 6], Phase.commit, built.block.hash);
  stage.observeFinal(5, new CertifiedBlock(built.block, certificateOf(unseen)));
  expect(stage.details("agreement")).toContain("only 0 culprits");
});

test("nodes that hold the same block final at different times agree, again after a restart too", () => {
  const stage = new Stage();
  const certified = decide(stage, stage.build(), [0, 1, 2, 3, 4, 5, 6]);
  for (const node of [6, 2, 2, 4]) stage.observeFinal(node, certified);
  expect(stage.reports().get("agreement")?.samples).toBe(4);
  expect(stage.broken()).toEqual([]);
});

test("threshold mode promises no agreement, and none is judged", () => {
  const sortition = { mode: "threshold", expectedSize: 5, quorum: 4, seedRule: "two-back" } as const;
  const stage = new Stage({ parameters: { sortition } });
  stage.observeFinal(3, decide(stage, stage.build(), [0, 1, 2, 3, 4]));
  stage.observeFinal(4, decide(stage, stage.build([], 5), [0, 1, 2, 3, 4]));
  const report = stage.reports().get("agreement");
  expect(report?.samples).toBe(0);
  expect(report?.violationCount).toBe(0);
  expect(report?.note).toContain("threshold mode promises neither");
});
