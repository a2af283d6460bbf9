import { expect, test } from "vitest";
import { Phase, type Vote } from "../../../protocol/consensus/vote.ts";
import type { Hash } from "../../../protocol/core/ids.ts";
import { Stage } from "./stage.ts";

const QUORUM = [0, 1, 2, 3, 4];

/** A quorum prepared the next block in view 0, and delegate 3 committed to it. */
function locked(): { stage: Stage; prepares: Vote[]; kept: Hash } {
  const stage = new Stage();
  const kept = stage.build().block.hash;
  const prepares = stage.votes(QUORUM, Phase.prepare, kept);
  for (const prepare of prepares) stage.emit(prepare.signer, prepare);
  stage.observePrepared(3, 0, kept);
  stage.emit(3, stage.vote(3, Phase.commit, kept));
  expect(stage.broken()).toEqual([]);
  return { stage, prepares, kept };
}

test("a prepare against one's own commit is caught, unless a quorum that knows of nothing prepared allows it", () => {
  const lone = locked().stage;
  const other = lone.build([], 5).block;
  lone.emit(3, lone.vote(3, Phase.prepare, other.hash, { view: 1, newViewHash: other.hash }));
  expect(lone.broken()).toEqual(["lock"]);

  for (const [quorum, broken] of [
    [[0, 1, 2, 5, 6], false],
    [[0, 1, 5, 6], true],
  ] as const) {
    const { stage } = locked();
    const changes = quorum.map((signer) => stage.viewChange(signer, 1));
    const newView = stage.newView(1, 1, changes, other);
    stage.emit(1, newView);
    stage.emit(3, stage.vote(3, Phase.prepare, other.hash, { view: 1, newViewHash: newView.vote.newViewHash }));
    expect(stage.broken().includes("lock"), quorum.join()).toBe(broken);
  }
});

test("a newer prepared certificate frees a locked member, and carrying on needs no more than its own", () => {
  const { stage, prepares, kept } = locked();
  const other = stage.build([], 5).block;
  const free = stage.newView(
    1,
    1,
    [0, 1, 2, 5, 6].map((signer) => stage.viewChange(signer, 1)),
    other,
  );
  stage.emit(1, free);
  const at = { view: 1, newViewHash: free.vote.newViewHash };
  const newer = stage.votes([0, 1, 2, 5, 6], Phase.prepare, other.hash, at);
  for (const prepare of newer) stage.emit(prepare.signer, prepare);
  const changes = [
    ...[0, 1, 2, 5].map((signer) => stage.viewChange(signer, 2, newer)),
    stage.viewChange(3, 2, prepares),
  ];
  for (const change of changes) stage.emit(change.signer, change);
  const freed = stage.newView(2, 2, changes, other);
  stage.emit(2, freed);
  stage.emit(3, stage.vote(3, Phase.prepare, other.hash, { view: 2, newViewHash: freed.vote.newViewHash }));
  expect(stage.broken()).toEqual([]);
  expect(kept).not.toBe(other.hash);
});

test("a view change that forgets a commit or a prepared certificate is caught", () => {
  const { stage } = locked();
  stage.emit(3, stage.viewChange(3, 1));
  expect(stage.details("lock")).toContain("claims view -1 prepared, where view 0 was");
  const other = locked().stage;
  other.observePrepared(4, 0, other.build().block.hash);
  other.emit(4, other.viewChange(4, 1));
  expect(other.details("lock")).toContain("where view 0 was");
});

test("after a crash a node need not remember what it held in memory only, but what it sent", () => {
  const { stage } = locked();
  stage.observePrepared(4, 0, stage.build().block.hash);
  for (const node of [3, 4]) stage.at(50).crash(node);
  stage.emit(4, stage.viewChange(4, 1));
  expect(stage.broken()).toEqual([]);
  stage.emit(3, stage.viewChange(3, 1));
  expect(stage.broken()).toEqual(["lock"]);
});

test("a claim that its certificate does not prove is caught", () => {
  const { stage, prepares } = locked();
  stage.emit(5, stage.viewChange(5, 1, prepares.slice(1)));
  expect(stage.details("lock")).toContain("4 of 7 members");
});

test("a commit to what no quorum prepared is caught", () => {
  const stage = new Stage();
  const { hash } = stage.build().block;
  for (const prepare of stage.votes(QUORUM.slice(1), Phase.prepare, hash)) stage.emit(prepare.signer, prepare);
  stage.emit(3, stage.vote(3, Phase.commit, hash));
  expect(stage.details("lock")).toContain("4 of 7 members prepared");
});

test("new views that do not justify their block are caught when an honest member follows them", () => {
  const follow = (make: (stage: Stage, prepares: Vote[]) => ReturnType<Stage["newView"]>): string => {
    const { stage, prepares } = locked();
    const newView = make(stage, prepares);
    stage.emit(1, newView);
    stage.emit(6, stage.vote(6, Phase.prepare, newView.block.hash, { view: 1, newViewHash: newView.vote.newViewHash }));
    return stage.details("lock");
  };
  const empty = (stage: Stage, signers: number[]) => signers.map((signer) => stage.viewChange(signer, 1));
  const other = (stage: Stage) => stage.build([], 5).block;
  expect(follow((stage) => stage.newView(1, 1, empty(stage, [0, 1, 2, 5]), other(stage)))).toContain(
    "view changes of 4 of 7",
  );
  expect(
    follow((stage, prepares) =>
      stage.newView(1, 1, [...empty(stage, [0, 1, 2, 5]), stage.viewChange(4, 1, prepares)], other(stage)),
    ),
  ).toContain("another block than the prepared one");
  expect(
    follow((stage) => {
      const changes = empty(stage, QUORUM);
      (changes[2] as (typeof changes)[0]).signature = new Uint8Array(64);
      return stage.newView(1, 1, changes, other(stage));
    }),
  ).toContain("forged");
  expect(follow((stage) => stage.newView(1, 1, empty(stage, QUORUM), other(stage)))).toBe("");
});

test("a prepare for a new view that nobody sent, or in a view given up, is caught", () => {
  const { stage, kept } = locked();
  stage.emit(5, stage.vote(5, Phase.prepare, kept, { view: 1, newViewHash: kept }));
  expect(stage.details("lock")).toContain("nobody sent");
  const later = new Stage();
  later.emit(5, later.viewChange(5, 1));
  later.emit(5, later.vote(5, Phase.prepare, kept));
  expect(later.details("lock")).toContain("gave up");
});
