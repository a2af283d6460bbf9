import { expect, test } from "vitest";
import { Proposal } from "../../../protocol/consensus/messages.ts";
import { forcedBy, NewView, newViewHash } from "../../../protocol/consensus/view-change.ts";
import { Phase, Vote } from "../../../protocol/consensus/vote.ts";
import type { PeerId } from "../../../protocol/core/ids.ts";
import { crypto, identityOf } from "../../../protocol/test/people.ts";
import { leaderOf, play } from "./cluster-play.ts";

test("up to f of each kind break nothing, and the chain goes on", () => {
  for (const strategy of ["silent", "double-vote", "equivocate"] as const) {
    const { cluster, gang } = play(strategy, [leaderOf(7), (leaderOf(7) + 3) % 7], { delegates: 7 });
    expect(cluster.reach(10), strategy).toBe(true);
    expect(cluster.faults, strategy).toEqual([]);
    expect(gang.bites, strategy).toBeGreaterThan(0);
  }
});

test("a silent node says nothing in consensus and everything else", () => {
  const { cluster, sent } = play("silent", [1], { delegates: 4 });
  expect(cluster.reach(4)).toBe(true);
  expect(sent.filter(({ message }) => message.kind <= 4)).toEqual([]);
  expect(sent.length).toBeGreaterThan(0);
});

test("nobody departs from the protocol before its time", () => {
  const { cluster, gang } = play("double-vote", [1], { delegates: 4, fromUs: 5_000_000 });
  cluster.driver.run(4_000_000);
  expect(gang.bites).toBe(0);
  cluster.driver.run(4_000_000);
  expect(gang.bites).toBeGreaterThan(0);
});

test("a double voter's two votes are both its own, on one matter, and both validly signed", () => {
  const { cluster, sent } = play("double-vote", [1], { delegates: 4 });
  cluster.driver.run(1_000_000);
  const votes = sent.flatMap(({ to, message }) => (to === 0 && message instanceof Vote ? [message] : []));
  const pair = votes.slice(0, 2);
  expect(pair.map(({ signer, height, view, phase }) => [signer, height, view, phase])).toEqual([
    [1, 1, 0, Phase.prepare],
    [1, 1, 0, Phase.prepare],
  ]);
  expect(pair[0]?.blockHash).not.toBe(pair[1]?.blockHash);
  for (const vote of pair) expect(crypto.verify(vote, identityOf(1).signing.publicKey)).toBe(true);
});

test("an equivocating leader shows two valid blocks, one to each half, and never forges another's statement", () => {
  const leader = leaderOf(7);
  const { cluster, sent } = play("equivocate", [leader, (leader + 1) % 7], { delegates: 7 });
  cluster.driver.run(20_000_000);
  const first = sent.flatMap(({ message }) =>
    message instanceof Proposal && message.vote.height === 1 ? [message.block.hash] : [],
  );
  expect(new Set(first).size).toBe(2);
  for (const { message } of sent) {
    if (!(message instanceof Vote)) continue;
    expect(crypto.verify(message, identityOf(message.signer).signing.publicKey)).toBe(true);
  }
  const refused = cluster.honest.flatMap((node) => cluster.rejections(node));
  expect(refused.filter((reason) => reason.startsWith("block"))).toEqual([]);
});

test("an equivocating leader of a later view shows two blocks too, each under a new view that holds", () => {
  const gang = [leaderOf(7, 1)];
  const { cluster, sent } = play("equivocate", gang, { delegates: 7 });
  const { cut } = cluster.driver;
  cluster.driver.cut = (from, to, message) => cut(from, to, message) || message instanceof Proposal;
  cluster.driver.run(20_000_000);
  const shown = new Map<string, Set<string>>();
  for (const { message } of sent) {
    if (!(message instanceof NewView) || !gang.includes(message.vote.signer) || forcedBy(message.viewChanges)) continue;
    const { height, view } = message.vote;
    const place = `${height}/${view}`;
    shown.set(place, (shown.get(place) ?? new Set()).add(message.block.hash));
    expect(message.vote.newViewHash).toBe(newViewHash(message.viewChanges, message.block.hash));
  }
  expect([...shown.values()].some(({ size }) => size === 2)).toBe(true);
  expect(cluster.faults).toEqual([]);
});

test("more than f conspirators can break agreement, which the watch of this test would see", () => {
  const leader = leaderOf(4);
  const broken = [1, 2, 3].some((step) => {
    const { cluster } = play("equivocate", [leader, (leader + step) % 4], { delegates: 4 });
    cluster.driver.run(20_000_000);
    return cluster.faults.some((fault) => fault.startsWith("two final blocks"));
  });
  expect(broken).toBe(true);
});

test("messages between members reach their receivers as they are while the strategy has nothing to alter", () => {
  const { cluster, sent } = play("equivocate", [1], { delegates: 4, fromUs: 1_000_000_000 });
  expect(cluster.reach(3)).toBe(true);
  const toOthers = new Set(sent.filter(({ message }) => message instanceof Vote).map(({ to }) => to as PeerId));
  expect([...toOthers].sort()).toEqual([0, 2, 3]);
});
