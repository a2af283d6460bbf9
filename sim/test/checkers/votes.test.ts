import { expect, test } from "vitest";
import { certificateOf } from "../../../protocol/consensus/certificate.ts";
import { CertifiedBlock, Proposal, RangeResponse } from "../../../protocol/consensus/messages.ts";
import { ViewChange } from "../../../protocol/consensus/view-change.ts";
import { Phase, Vote } from "../../../protocol/consensus/vote.ts";
import type { DelegateId } from "../../../protocol/core/ids.ts";
import { Stage } from "./stage.ts";

function certified(stage: Stage, alter: (votes: Vote[]) => Vote[]): CertifiedBlock {
  const { block } = stage.build();
  return new CertifiedBlock(block, certificateOf(alter(stage.votes([0, 1, 2, 3, 4], Phase.commit, block.hash))));
}

function judged(alter: (votes: Vote[], stage: Stage) => Vote[]): string {
  const stage = new Stage({ delegates: 8, committee: 7 });
  const members = [...stage.members].sort((a, b) => a - b);
  const { block } = stage.build();
  const votes = stage.votes(members.slice(0, 5), Phase.commit, block.hash);
  stage.emit(6, new CertifiedBlock(block, certificateOf(alter(votes, stage))));
  expect(stage.reports().get("certificate")?.samples).toBe(1);
  return stage.details("certificate");
}

test("a certificate of exactly a quorum is sound", () => {
  expect(judged((votes) => votes)).toBe("");
});

test("a certificate one vote short of a quorum is caught", () => {
  expect(judged((votes) => votes.slice(1))).toContain("4 of 7 members");
});

test("a vote that is counted twice is caught", () => {
  expect(judged((votes) => [...votes.slice(1), votes[1] as Vote])).toContain("counted twice");
});

test("a vote of a delegate outside the committee is caught", () => {
  const stranger = (stage: Stage) => stage.nodes.find((node) => !stage.members.includes(node as DelegateId)) as number;
  expect(
    judged((votes, stage) => [
      ...votes.slice(1),
      stage.vote(stranger(stage), Phase.commit, (votes[0] as Vote).blockHash),
    ]),
  ).toContain("no member");
});

test("a signature that was altered, or is of another height, view, phase or chain, is caught", () => {
  const resigned = (alter: object) => (votes: Vote[]) => [
    new Vote({ ...(votes[0] as Vote), ...alter }, (votes[0] as Vote).signature),
    ...votes.slice(1),
  ];
  const flipped = (votes: Vote[]) => [new Vote(votes[0] as Vote, new Uint8Array(64)), ...votes.slice(1)];
  expect(judged(flipped)).toContain("a bad signature");
  for (const alter of [{ height: 2 }, { view: 1 }, { phase: Phase.prepare }, { chainId: 2 }]) {
    expect(judged(resigned(alter)), JSON.stringify(alter)).toMatch(/another matter|bad signature/);
    expect(judged((votes) => votes.map((vote) => new Vote({ ...vote, ...alter }, vote.signature)))).not.toBe("");
  }
});

test("certificates in sync answers and in what a node itself relies on are judged too", () => {
  const stage = new Stage();
  stage.emit(1, new RangeResponse([certified(stage, (votes) => votes.slice(1))]));
  stage.observeFinal(
    2,
    certified(stage, (votes) => votes.slice(1)),
  );
  expect(
    stage
      .reports()
      .get("certificate")
      ?.violations.map(({ nodes }) => nodes),
  ).toEqual([[1], [2]]);
});

test("what a Byzantine node passes on is its own affair", () => {
  const stage = new Stage({ byzantine: [1] });
  stage.emit(
    1,
    certified(stage, (votes) => votes.slice(1)),
  );
  expect(stage.reports().get("certificate")?.samples).toBe(0);
});

test("an honest node that votes twice in one view and phase is caught", () => {
  for (const phase of [Phase.propose, Phase.prepare, Phase.commit]) {
    const stage = new Stage();
    stage.emit(3, stage.vote(3, phase, stage.build().block.hash));
    stage.emit(3, stage.vote(3, phase, stage.build([], 5).block.hash));
    expect(stage.details("single-vote"), `phase ${phase}`).toContain("two different statements");
  }
});

test("an honest node that changes to one view with two claims is caught, in new views as well", () => {
  const stage = new Stage();
  const { block } = stage.build();
  stage.emit(3, stage.viewChange(3, 1));
  stage.emit(3, stage.viewChange(3, 1, stage.votes([0, 1, 2, 3, 4], Phase.prepare, block.hash)));
  expect(stage.details("single-vote")).toContain("the change to view 1");
});

test("a double proposal counts whether it comes as a proposal or as a bare vote", () => {
  const stage = new Stage();
  const [one, other] = [stage.build().block, stage.build([], 5).block];
  stage.emit(3, new Proposal(stage.vote(3, Phase.propose, one.hash), one));
  stage.emit(3, stage.vote(3, Phase.propose, other.hash));
  expect(stage.broken()).toContain("single-vote");
});

test("a second vote after a crash is caught, unless the first had not left the node", () => {
  for (const [leftUs, caught] of [
    [90, true],
    [110, false],
  ] as const) {
    const stage = new Stage().at(80);
    stage.emit(3, stage.vote(3, Phase.prepare, stage.build().block.hash), leftUs);
    stage.at(100).crash(3);
    stage.at(200).start(3);
    stage.emit(3, stage.vote(3, Phase.prepare, stage.build([], 5).block.hash));
    expect(stage.broken().includes("single-vote"), `left at ${leftUs}`).toBe(caught);
  }
});

test("saying the same again, or passing on what another signed twice, is no second vote", () => {
  const stage = new Stage({ byzantine: [2] });
  const [one, other] = [stage.build().block.hash, stage.build([], 5).block.hash];
  const vote = stage.vote(3, Phase.prepare, one);
  stage.emit(3, vote);
  stage.emit(3, new Vote(vote, vote.signature));
  const change = stage.viewChange(3, 2);
  stage.emit(3, change);
  stage.emit(3, new ViewChange(change, null, change.signature));
  for (const hash of [one, other]) stage.emit(3, stage.vote(2, Phase.propose, hash));
  for (const hash of [one, other]) stage.emit(2, stage.vote(2, Phase.prepare, hash));
  expect(stage.broken()).toEqual([]);
});
