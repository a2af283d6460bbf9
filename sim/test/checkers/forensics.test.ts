import { expect, test } from "vitest";
import { Phase, Vote } from "../../../protocol/consensus/vote.ts";
import { FinalChain } from "../../checkers/final-chain.ts";
import { Forensics, MAX_DOSSIER_MESSAGES } from "../../checkers/forensics.ts";
import { People } from "../../checkers/people.ts";
import { Roster } from "../../checkers/roster.ts";
import { Signatures } from "../../checkers/statements.ts";
import { Stage } from "./stage.ts";

function scene(): { stage: Stage; chain: FinalChain; forensics: Forensics } {
  const stage = new Stage();
  const people = new People(stage.world);
  const chain = new FinalChain(stage.world, people);
  const signatures = new Signatures(stage.world, new Roster(stage.world, people));
  return { stage, chain, forensics: new Forensics(chain, signatures) };
}

test("a commit followed by a view change that forgets it names its signer (C6 b)", () => {
  const { stage, forensics } = scene();
  forensics.file(stage.vote(2, Phase.commit, stage.build().block.hash));
  forensics.file(stage.viewChange(2, 1));
  forensics.file(stage.viewChange(3, 1));
  expect(forensics.culprits(1)).toEqual([{ delegate: 2, offence: "b: forgotten commit" }]);
});

test("a prepare against the claims of its new view names its signer (C6 c)", () => {
  const { stage, forensics } = scene();
  const [kept, other] = [stage.build().block, stage.build([], 5).block];
  const prepares = stage.votes([0, 1, 2, 3, 4], Phase.prepare, kept.hash);
  const changes = [stage.viewChange(0, 1, prepares), ...[1, 2, 3, 4].map((signer) => stage.viewChange(signer, 1))];
  const newView = stage.newView(5, 1, changes, other);
  forensics.file(newView);
  const at = { view: 1, newViewHash: newView.vote.newViewHash };
  forensics.file(stage.vote(6, Phase.prepare, other.hash, at));
  expect(forensics.culprits(1)).toEqual([{ delegate: 6, offence: "c: unjustified prepare" }]);
});

test("two view changes for one view name their signer, wherever the second is carried (C6 d)", () => {
  const { stage, forensics } = scene();
  const prepares = stage.votes([0, 1, 2, 3, 4], Phase.prepare, stage.build().block.hash);
  forensics.file(stage.viewChange(5, 1));
  forensics.file(stage.newView(1, 1, [stage.viewChange(5, 1, prepares)], stage.build().block));
  expect(forensics.culprits(1)).toEqual([{ delegate: 5, offence: "d: double view change" }]);
});

test("statements that were forged in another's name prove nothing", () => {
  const { stage, forensics } = scene();
  const forged = stage.vote(2, Phase.commit, stage.build([], 5).block.hash);
  forged.signature = new Uint8Array(64);
  forensics.file(stage.vote(2, Phase.commit, stage.build().block.hash));
  forensics.file(forged);
  expect(forensics.culprits(1)).toEqual([]);
});

test("votes of different heights, views and phases are no double votes", () => {
  const { stage, forensics } = scene();
  const [one, other] = [stage.build().block.hash, stage.build([], 5).block.hash];
  forensics.file(stage.vote(2, Phase.prepare, one));
  forensics.file(stage.vote(2, Phase.commit, other));
  forensics.file(stage.vote(2, Phase.prepare, other, { view: 1 }));
  forensics.file(stage.vote(2, Phase.prepare, other, { height: 2 }));
  expect(forensics.culprits(1)).toEqual([]);
  expect(forensics.culprits(2)).toEqual([]);
});

test("a dossier is dropped once every honest node is past its height, and bounded before", () => {
  const { stage, chain, forensics } = scene();
  const { block } = stage.build();
  forensics.file(stage.vote(2, Phase.prepare, block.hash));
  forensics.file(stage.vote(2, Phase.prepare, stage.build([], 5).block.hash));
  expect(forensics.culprits(1)).toHaveLength(1);
  for (const node of stage.nodes) chain.record(node, 0, block);
  expect(forensics.culprits(1)).toEqual([]);
  const endless = stage.vote(2, Phase.prepare, block.hash, { height: 2 });
  for (let copy = 0; copy <= MAX_DOSSIER_MESSAGES; copy++) forensics.file(new Vote(endless, endless.signature));
  forensics.file(stage.vote(3, Phase.prepare, block.hash, { height: 2 }));
  forensics.file(stage.vote(3, Phase.prepare, stage.build([], 5).block.hash, { height: 2 }));
  expect(forensics.culprits(2).filter(({ delegate }) => delegate === 3)).toEqual([]);
});
