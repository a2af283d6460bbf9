import { describe, expect, test } from "vitest";
import { type CertifiedBlock, Proposal } from "../../../protocol/consensus/messages.ts";
import { NewView, NOT_PREPARED, ViewChange, verifyViewChange } from "../../../protocol/consensus/view-change.ts";
import { Phase, Vote } from "../../../protocol/consensus/vote.ts";
import type { PeerId } from "../../../protocol/core/ids.ts";
import { Transactions } from "../../../protocol/gossip/messages.ts";
import { crypto, identityOf } from "../../../protocol/test/people.ts";
import type { Strategy } from "../../scenario/scenario.ts";
import { leaderOf, type Play, play } from "./cluster-play.ts";
import { type Played, playText } from "./play.ts";

const SEVEN = { delegates: 7 };
const PAIR = [leaderOf(7), (leaderOf(7) + 3) % 7];
const STRATEGIES = [
  ...(["equivocate-one", "vote-all", "withhold-votes", "stale-future", "lie-view-change", "invalid-block"] as const),
  ...(["grind-seed", "withhold-priority", "twins", "flood"] as const),
];

test.each(STRATEGIES)("up to f that %s break nothing, bite, and the chain goes on", (strategy) => {
  for (const seed of [1, 2]) {
    const { cluster, gang } = play(strategy, PAIR, { ...SEVEN, seed });
    expect(cluster.reach(30)).toBe(true);
    expect(cluster.faults).toEqual([]);
    expect(gang.bites).toBeGreaterThan(0);
  }
});

/** @returns what a gang's nodes sent within a time */
function sentIn(strategy: Strategy, seconds: number, nodes: readonly number[] = PAIR): Play["sent"] {
  const { cluster, sent } = play(strategy, nodes, SEVEN);
  cluster.driver.run(seconds * 1_000_000);
  return sent;
}

test("nobody of a gang ever signs with a key that is not the gang's", () => {
  for (const strategy of STRATEGIES.filter((each) => each !== "flood")) {
    const said = sentIn(strategy, 8).flatMap(({ message }) => {
      if (message instanceof Vote || message instanceof ViewChange) return [message];
      return message instanceof Proposal || message instanceof NewView ? [message.vote] : [];
    });
    expect(said.length, strategy).toBeGreaterThan(0);
    for (const each of said) expect(crypto.verify(each, identityOf(each.signer).signing.publicKey)).toBe(true);
    // Old messages of others are repeated as they were.
    const own = strategy === "stale-future" ? said.filter(({ signer }) => PAIR.includes(signer)) : said;
    expect(own.every(({ signer }) => PAIR.includes(signer)) || strategy === "stale-future").toBe(true);
  }
});

describe("what each of them does", () => {
  test("one victim is shown another block than all the others, and is not led astray", () => {
    const [leader = 0] = PAIR;
    const victim = (leader + 1) % 7;
    const { cluster, sent } = play("equivocate-one", [leader], { ...SEVEN, victim });
    expect(cluster.reach(2)).toBe(true);
    const shown = new Map<number, string>();
    for (const { to, message } of sent) {
      if (message instanceof Proposal && message.vote.height === 1) shown.set(to, message.block.hash);
    }
    const others = new Set([...shown].flatMap(([to, hash]) => (to === victim ? [] : [hash])));
    expect(others.size).toBe(1);
    expect(others.has(shown.get(victim) ?? "")).toBe(false);
    expect([...cluster.accused]).toEqual([leader]);
  });

  test("who votes for everything commits before anything is prepared, to each block once", () => {
    const commits = sentIn("vote-all", 1, [PAIR[1] as number]).flatMap(({ to, message }) =>
      to === PAIR[0] && message instanceof Vote && message.phase === Phase.commit ? [message] : [],
    );
    const keys = commits.map(({ height, view, blockHash }) => `${height} ${view} ${blockHash}`);
    expect(keys.length).toBeGreaterThan(0);
    // Its honest part commits a second time, later, once there is a certificate.
    expect(Math.max(...keys.map((key) => keys.filter((each) => each === key).length))).toBeLessThanOrEqual(2);
  });

  test("withheld votes leave 200 ms before the view is over", () => {
    const { cluster, sent } = play("withhold-votes", [PAIR[1] as number], SEVEN);
    const { roundUs, timeoutBaseUs } = cluster.parameters;
    cluster.driver.run(roundUs + timeoutBaseUs * 0.45);
    expect(sent.filter(({ message }) => message instanceof Vote)).toEqual([]);
    cluster.driver.run(timeoutBaseUs * 0.1);
    expect(sent.filter(({ message }) => message instanceof Vote).length).toBeGreaterThan(0);
  });

  test("liars deny what they prepared and forge what they did not; a forged certificate convinces nobody", () => {
    const pair = [1, 4];
    const { cluster, sent } = play("lie-view-change", pair, SEVEN);
    expect(cluster.reach(60)).toBe(true);
    const changes = sent.flatMap(({ message }) => (message instanceof ViewChange ? [message] : []));
    const { registry, committee } = cluster.genesis.rotation;
    const holds = (viewChange: ViewChange) => verifyViewChange(crypto, { registry, committee, viewChange });
    const [denied, forged] = [true, false].map((none) =>
      changes.filter(({ preparedView }) => (preparedView === NOT_PREPARED) === none),
    );
    expect(denied?.length).toBeGreaterThan(0);
    expect(forged?.length).toBeGreaterThan(0);
    expect(forged?.filter(holds)).toEqual([]);
    const refused = new Set(cluster.honest.flatMap((node) => cluster.rejections(node)));
    expect(refused).toContain("view change without proof");
    expect(refused).toContain("new view without proof");
    expect(cluster.accused.size).toBeGreaterThan(0);
    expect([...cluster.accused].every((id) => pair.includes(id))).toBe(true);
  });

  test("invalid blocks are refused for one reason after the other, and never final", () => {
    const { cluster } = play("invalid-block", PAIR, SEVEN);
    expect(cluster.reach(24)).toBe(true);
    const refused = new Set(cluster.honest.flatMap((node) => cluster.rejections(node)));
    for (const reason of [
      ...["block whose header is not the one its body gives", "block of another proposer", "block before its time"],
      ...["block on another parent", "proposal far ahead of this clock", "block of another height"],
      "claim by no candidate, or a second one",
    ]) {
      expect(refused).toContain(reason);
    }
  });

  test("a withheld claim is in no message, but in blocks of its owner's own", () => {
    const owner = PAIR[0] as number;
    const { cluster, sent } = play("withhold-priority", [owner], SEVEN);
    expect(cluster.reach(24)).toBe(true);
    const claims = sent.flatMap(({ message }) => (message instanceof Transactions ? message.transactions : []));
    expect(claims.filter((each) => each.kind === "claim" && each.delegate === owner)).toEqual([]);
    const proposers = cluster.observations.flatMap(({ node, observation }) => {
      if (observation.kind !== "finalized" || node !== (owner + 1) % 7) return [];
      const { header, transactions } = observation.block as CertifiedBlock["block"];
      return transactions.some((each) => each.kind === "claim" && each.delegate === owner) ? [header.proposer] : [];
    });
    expect(new Set(proposers)).toEqual(new Set([owner]));
  });

  test("twins speak with one half each, and contradict each other under one key", () => {
    const [leader = 0] = PAIR;
    const { cluster, sent } = play("twins", [leader], SEVEN);
    expect(cluster.reach(8)).toBe(true);
    const shown = [0, 1].map(
      (half) =>
        new Set(
          sent.flatMap(({ to, message }) =>
            to % 2 === half && message instanceof Proposal && message.vote.height === 1 ? [message.block.hash] : [],
          ),
        ),
    );
    expect(shown.map(({ size }) => size)).toEqual([1, 1]);
    expect(shown[0]).not.toEqual(shown[1]);
    expect([...cluster.accused].every((id) => id === leader)).toBe(true);
  });
});

/** A ring of neighbours, in which node 7 follows and has two. */
function ring(node: number): readonly PeerId[] {
  return [(node + 7) % 8, (node + 1) % 8] as PeerId[];
}

describe("a node whose neighbours keep it in the dark", () => {
  const heightOf = (neighbours: readonly number[]): number => {
    const { cluster, gang } = play("eclipse", neighbours, { delegates: 7, followers: 1, victim: 7, mesh: ring });
    cluster.driver.run(20_000_000);
    expect(gang.bites).toBeGreaterThan(0);
    expect(cluster.faults).toEqual([]);
    return cluster.node(7).state.height;
  };

  test("keeps up through a single honest one", () => {
    expect(heightOf([0])).toBeGreaterThan(20);
    expect(heightOf([6])).toBeGreaterThan(20);
  });

  test("knows nothing of the chain when all of them are in it", () => {
    expect(heightOf([0, 6])).toBeLessThanOrEqual(1);
  });
});

const PAIRS = [0, 1, 2].flatMap((one) => [1, 2, 3].flatMap((other) => (one < other ? [[one, other]] : [])));

describe("too many of them", () => {
  /** @returns whether some pair of four breaks agreement; whoever is accused is in it */
  function breaksAgreement(strategy: Strategy): boolean {
    return PAIRS.some((pair) => {
      const { cluster } = play(strategy, pair, { delegates: 4 });
      cluster.driver.run(20_000_000);
      expect([...cluster.accused].every((id) => pair.includes(id))).toBe(true);
      return cluster.faults.some((fault) => fault.startsWith("two final blocks"));
    });
  }

  test.each(["equivocate-one", "lie-view-change", "twins"] as const)("%s breaks agreement", (strategy) => {
    expect(breaksAgreement(strategy)).toBe(true);
  });

  const THREE = [1, 2, 3];

  /** @returns how high an honest node of four came in 20 s, and who was accused */
  function reachedUnder(strategy: Strategy): { height: number; accused: number[] } {
    const { cluster } = play(strategy, THREE, { delegates: 4 });
    cluster.driver.run(20_000_000);
    const heights = cluster.observations.flatMap(({ node, observation }) =>
      node === 0 && observation.kind === "finalized" ? [observation.height] : [],
    );
    expect(cluster.faults).toEqual([]);
    return { height: Math.max(0, ...heights), accused: [...cluster.accused].sort() };
  }

  test("silent: nothing becomes final", () => {
    expect(reachedUnder("silent")).toEqual({ height: 0, accused: [] });
  });

  test("invalid-block: the chain moves under its one honest leader alone", () => {
    const { height, accused } = reachedUnder("invalid-block");
    expect(height).toBeGreaterThan(0);
    expect(height).toBeLessThan(15);
    expect(accused).toEqual([]);
  });

  test.each(["stale-future", "mutate-messages"] as const)(
    "%s: the chain is slow, and all of them are named",
    (strategy) => {
      const { height, accused } = reachedUnder(strategy);
      expect(height).toBeLessThan(38);
      expect(accused).toEqual(THREE);
    },
  );

  test("double-vote: all of them are named", () => {
    expect(reachedUnder("double-vote").accused).toEqual(THREE);
  });

  const FOUR = `
name: x
question: x?
seed: 3
crypto: modelled
duration: 30 s
rootchain: {delegates: 4, committee: 4, iterations: 3, round: 2 s}
network: {backbone: {regions: lan, bandwidth: 100 Mbit/s}}
expect: {safety: always}
`;

  test("vote-all: where one leader equivocates, who voted for both of its blocks is named", () => {
    const gangs = "[{of: delegates 0, strategy: equivocate}, {of: delegates 1..4, strategy: vote-all}]";
    const seven = FOUR.replace("delegates: 4, committee: 4", "delegates: 7, committee: 7");
    const { summary } = playText(`${seven}adversaries: ${gangs}\n`);
    expect(summary.culprits.toSorted()).toEqual([0, 1, 2, 3, 4].map((node) => `delegate-${node}`));
  });

  test("withhold-votes: finality takes as long as they like", () => {
    const gang = "[{of: 3 of delegates, strategy: withhold-votes}]";
    const [honest, held] = [playText(FOUR), playText(`${FOUR}adversaries: ${gang}\n`)];
    expect(held.figure("finality.p50")).toBeGreaterThan(20 * honest.figure("finality.p50"));
  });

  const LOT = `
name: x
question: x?
seed: 3
crypto: modelled
duration: 200 s
rootchain: {delegates: 10, committee: 4, iterations: 3, rounds: 2, round: 2 s}
network: {backbone: {regions: lan, bandwidth: 100 Mbit/s}}
workload: [{transfer: {name: payments, rate: 1/s, accounts: 10}}]
expect: {safety: always, payments.delivered: "= 100 %"}
`;

  const played = new Map<string, Played>();

  /** Plays seven of ten, far more than any committee bears, or nobody, once: rules hold and payments arrive all the same. */
  function playSeven(strategy: string): Played {
    const gang = strategy === "" ? "" : `adversaries: [{name: gang, of: delegates 0..6, strategy: ${strategy}}]\n`;
    const each = played.get(strategy) ?? playText(LOT + gang);
    played.set(strategy, each);
    expect(each.summary.verdict).toBe("pass");
    if (gang !== "") expect(each.bites("gang")).toBeGreaterThan(0);
    return each;
  }

  test("grind-seed: they sit more often than the lot would have them, and nothing else is theirs", () => {
    const [ground, drawn] = [playSeven("grind-seed"), playSeven("flood")];
    expect(drawn.figure("committee.byzantine")).toBeLessThan(0.7);
    expect(ground.figure("committee.byzantine")).toBeGreaterThan(0.72);
    expect(ground.figure("blockInterval.p50")).toBeLessThan(2.1);
  });

  test("withhold-priority: seats are spread unevenly, as who shows no claim is not drawn", () => {
    const [open, withheld] = [playSeven(""), playSeven("withhold-priority")];
    expect(open.figure("committee.unevenness")).toBeLessThan(2);
    expect(withheld.figure("committee.unevenness")).toBeGreaterThan(20);
  });

  test("flood: several times the messages, which make finality late and the chain no slower", () => {
    const [calm, flooded] = [playSeven(""), playSeven("flood")];
    expect(flooded.figure("messages")).toBeGreaterThan(4 * calm.figure("messages"));
    expect(flooded.figure("finality.p99")).toBeGreaterThan(1.5 * calm.figure("finality.p99"));
    expect(flooded.figure("height")).toBeGreaterThanOrEqual(calm.figure("height") - 1);
  });
});
