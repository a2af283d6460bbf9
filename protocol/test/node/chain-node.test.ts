import { expect, test } from "vitest";
import { type Proposal, RangeResponse } from "../../consensus/messages.ts";
import type { PeerId } from "../../core/ids.ts";
import { MAX_RANGE_BLOCKS } from "../../core/limits.ts";
import { Transactions } from "../../gossip/messages.ts";
import type { Rejoin, Transaction } from "../../ledger/transaction.ts";
import { silent } from "../byzantine.ts";
import { Cluster, isConsensus } from "../cluster.ts";
import { printed, replay } from "../driver.ts";
import { transfer } from "../people.ts";

const STORM = { loss: 0.1, duplication: 0.1, slow: 0.3, fastUs: 60_000, slowUs: 2_000_000 };

test("recorded inputs alone make each machine do again what it did, over storms and restarts", () => {
  let replayed = 0;
  for (let seed = 0; seed < 6; seed++) {
    const cluster = new Cluster({ seed, followers: 1, record: new Set([0, 1, 2, 3, 4]) });
    const { driver } = cluster;
    driver.weather = STORM;
    driver.startAll();
    driver.deliver(4, -1 as PeerId, new Transactions([transfer(0, 0), transfer(0, 1)]));
    driver.run(3_000_000);
    driver.crash(1);
    driver.start(1);
    driver.run(3_000_000);
    for (let node = 0; node < 5; node++) {
      const steps = driver.nodes[node]?.steps ?? [];
      const starts = steps.flatMap(({ input }, at) => (input.kind === "start" ? [at] : []));
      starts.forEach((from, life) => {
        const lived = steps.slice(from, starts[life + 1]);
        expect(replay(cluster.make(node), lived)).toEqual(lived.map(({ effects }) => printed(effects)));
        replayed += lived.length;
      });
    }
  }
  expect(replayed).toBeGreaterThan(3000);
});

test("a follower that was away catches up by ranges and holds the same state as the members", () => {
  const cluster = new Cluster({ followers: 2 });
  const { driver } = cluster;
  let ranges = 0;
  driver.cut = (_from, _to, message) => {
    if (message instanceof RangeResponse) ranges += message.blocks.length;
    return false;
  };
  for (let node = 0; node < 5; node++) driver.start(node);
  driver.run(60_000_000, () => Math.max(...cluster.heights) >= 40);
  driver.start(5);
  expect(cluster.reach(41, 5_000_000)).toBe(true);
  expect(ranges).toBeGreaterThanOrEqual(39);
  const height = cluster.node(5).state.height;
  const same = cluster.honest.map((node) => cluster.node(node).state).filter((state) => state.height === height);
  expect(new Set(same.map(({ stateRoot }) => stateRoot)).size).toBe(1);
});

test("a node that keeps its disk comes back with its chain; a gap in the disk ends what it takes up", () => {
  const cluster = new Cluster({ followers: 1 });
  const { driver } = cluster;
  driver.startAll();
  expect(cluster.reach(6)).toBe(true);
  driver.cut = (from, to) => from === 4 || to === 4;
  driver.crash(4);
  driver.start(4);
  expect(cluster.node(4).state.height).toBeGreaterThanOrEqual(6);
  driver.crash(4);
  driver.nodes[4]?.storage.set("block/3", Uint8Array.of(1, 2, 3));
  driver.start(4);
  expect(cluster.node(4).state.height).toBe(2);
});

test("two members beyond the committee's budget stop the chain and nothing else; it goes on when they are back", () => {
  const cluster = new Cluster();
  const { driver } = cluster;
  driver.startAll();
  expect(cluster.reach(2)).toBe(true);
  driver.crash(0);
  driver.crash(1);
  const before = Math.max(...cluster.heights);
  driver.run(60_000_000);
  expect(Math.max(...cluster.heights) - before).toBeLessThanOrEqual(1);
  driver.startAll();
  expect(cluster.reach(before + 3)).toBe(true);
  expect(cluster.faults).toEqual([]);
});

test("a network much slower than the first time-outs is met by longer ones", () => {
  const cluster = new Cluster({ delegates: 7 });
  const { driver } = cluster;
  driver.weather = { loss: 0, duplication: 0, slow: 1, fastUs: 1, slowUs: 4_000_000 };
  driver.startAll();
  expect(cluster.reach(3, 600_000_000)).toBe(true);
  expect(cluster.faults).toEqual([]);
});

test("blocks are a round apart at the least, after a halt too", () => {
  const cluster = new Cluster();
  const { driver, parameters } = cluster;
  driver.startAll();
  driver.run(3_000_000);
  for (const node of [0, 1, 2, 3]) driver.crash(node);
  driver.run(30_000_000);
  driver.startAll();
  driver.run(20_000_000);
  const times = new Map<number, number>();
  for (const { observation } of cluster.observations) {
    if (observation.kind === "finalized") times.set(observation.height, timeOf(observation.block));
  }
  const ordered = [...times.values()];
  expect(ordered.length).toBeGreaterThan(10);
  ordered.slice(1).forEach((timeUs, at) => {
    expect(timeUs - (ordered[at] as number)).toBeGreaterThanOrEqual(parameters.roundUs);
  });
});

function timeOf(block: object): number {
  return "header" in block ? (block.header as { timeUs: number }).timeUs : expect.fail("no block");
}

/** Runs a delegate's disk loss. @returns the rejoins that the chain recorded while `node` was silent, and what it said */
function lose(cluster: Cluster, node: number, blocks: number): { said: number; rejoins: Rejoin[] } {
  const { driver } = cluster;
  const from = cluster.observations.length;
  let said = 0;
  driver.cut = (sender, _to, message) => {
    if (sender === node && isConsensus(message) && message.kind <= 4) said++;
    return false;
  };
  driver.crash(node, true);
  driver.start(node);
  cluster.reach(Math.max(...cluster.heights) + blocks);
  const rejoins = new Map<string, Rejoin>();
  for (const { observation } of cluster.observations.slice(from)) {
    if (observation.kind !== "finalized") continue;
    for (const each of (observation.block as { transactions: Transaction[] }).transactions) {
      if (each.kind === "rejoin") rejoins.set(each.id, each);
    }
  }
  return { said, rejoins: [...rejoins.values()] };
}

test("a lost disk means silence until the second epoch after the own rejoin is final, then a seat and votes again", () => {
  const cluster = new Cluster({ delegates: 5 });
  const { driver } = cluster;
  driver.startAll();
  expect(cluster.reach(3)).toBe(true);
  // Six blocks are an epoch here.
  const { said, rejoins } = lose(cluster, 2, 6);
  expect([said, rejoins.map(({ delegate, nonce }) => [delegate, nonce])]).toEqual([0, [[2, 1]]]);
  const { rotation } = cluster.node(2).state;
  expect(rotation.committee.members).not.toContain(2);
  const modes = () =>
    cluster.observations.flatMap(({ node, observation }) =>
      node === 2 && observation.kind === "mode" ? [observation.mode] : [],
    );
  expect(modes().at(-1)).toBe("silent");
  expect(cluster.reach(Math.max(...cluster.heights) + 18)).toBe(true);
  expect(modes().at(-1)).toBe("member");
  expect(cluster.faults).toEqual([]);
});

test("an earlier rejoin, met again while syncing, ends no later silence; nor does a crash while waiting", () => {
  const cluster = new Cluster({ delegates: 5 });
  const { driver } = cluster;
  driver.startAll();
  // So long that a node on its way through the chain again asks to rejoin before it meets its earlier rejoin.
  expect(cluster.reach(MAX_RANGE_BLOCKS + 8)).toBe(true);
  expect(lose(cluster, 2, 4).rejoins.map(({ nonce }) => nonce)).toEqual([1]);
  // Long enough for the delegate to sit again before it loses its disk a second time.
  expect(cluster.reach(Math.max(...cluster.heights) + 18)).toBe(true);
  expect(cluster.node(0).state.rotation.committee.members).toContain(2);
  const again = lose(cluster, 2, 4);
  driver.crash(2);
  driver.start(2);
  expect(cluster.reach(Math.max(...cluster.heights) + 4)).toBe(true);
  expect(again.said).toBe(0);
  const { rejoins, eligibleEpoch } = cluster.node(0).state.rotation.standings[2] ?? expect.fail("no standing");
  expect(rejoins).toBeGreaterThanOrEqual(2);
  expect(eligibleEpoch).toBeGreaterThan(cluster.node(0).state.rotation.epoch);
  expect(cluster.faults).toEqual([]);
});

test("committees, seats and roots are the same at all nodes over epochs, with claims recorded and lost", () => {
  const cluster = new Cluster({ delegates: 7, parameters: { committee: 4, roundsPerIteration: 3 } });
  const { driver } = cluster;
  driver.weather = { loss: 0.05, duplication: 0, slow: 0, fastUs: 50_000, slowUs: 0 };
  driver.startAll();
  expect(cluster.reach(30)).toBe(true);
  expect(cluster.faults).toEqual([]);
  const proven = cluster.observations.filter(({ observation }) => {
    if (observation.kind !== "finalized") return false;
    return (observation.block as Proposal["block"]).header.vrfProof.some((byte) => byte !== 0);
  });
  expect(proven.length).toBeGreaterThan(50);
});

for (const seedRule of ["two-back", "one-back"] as const) {
  test(`private sortition, seed ${seedRule}: the selected finalise, leaders need no seat of their own`, () => {
    const sortition = { mode: "threshold", expectedSize: 9, quorum: 6, seedRule } as const;
    const cluster = new Cluster({ delegates: 10, parameters: { sortition } });
    cluster.driver.startAll();
    cluster.driver.run(200_000_000, () => Math.min(...cluster.heights) >= 8);
    expect(Math.min(...cluster.heights)).toBeGreaterThanOrEqual(8);
    expect(cluster.faults.filter((fault) => fault.startsWith("contradiction"))).toEqual([]);
  });

  test(`private sortition, seed ${seedRule}: silent leaders are replaced`, () => {
    const sortition = { mode: "threshold", expectedSize: 10, quorum: 7, seedRule } as const;
    const cluster = new Cluster({
      delegates: 10,
      parameters: { sortition },
      tampers: new Map([
        [3, silent],
        [6, silent],
      ]),
    });
    cluster.driver.startAll();
    cluster.driver.run(200_000_000, () => Math.min(...cluster.heights) >= 8);
    expect(Math.min(...cluster.heights)).toBeGreaterThanOrEqual(8);
  });
}
