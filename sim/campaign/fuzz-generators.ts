import { stream } from "../kernel/index.ts";
import type { Expectation } from "../scenario/expectation.ts";
import type { Adversary, Fault, Scenario, Strategy } from "../scenario/index.ts";
import { forgetfulNodes, groupOfNodes, groupsOf, nodesOf } from "./operations.ts";
import { swarmScenario } from "./swarm.ts";
import { swarmOfChains } from "./swarm-chains.ts";
import { chance, pickOne, pickSome, within } from "./swarm-draw.ts";

/** Ways of drawing scenarios, a line each. */
export const GENERATORS = {
  swarm: "whole scenarios at random: sizes, links, faults, adversaries, workload, now and then subchains",
  twins: "few nodes, one or two of them twice with one key, and a partition drawn anew for each stretch of rounds",
  mutation: "few nodes on a quiet network, of whom one or two alter, leave out or redirect single messages",
} as const;
export type Generator = keyof typeof GENERATORS;

const TIERS = ["bearable", "bearable", "bearable", "safe", "beyond"] as const;
const LIARS: readonly Strategy[] = [
  "equivocate",
  "double-vote",
  "vote-all",
  "lie-view-change",
  "twins",
  "mutate-messages",
];
/** One in so many worlds has subchains. */
const CHAINS_ONE_IN = 16;

/** Draws a whole scenario from a seed, and what is to be expected of it. */
export function generate(generator: Generator, seed: string): Scenario {
  switch (generator) {
    case "swarm":
      return swarmOf(seed);
    case "twins":
      return twinsOf(seed);
    case "mutation":
      return mutationOf(seed);
  }
}

function swarmOf(seed: string): Scenario {
  const draw = stream(seed, "fuzz/swarm");
  if (chance(draw, 1 / CHAINS_ONE_IN)) return swarmOfChains(seed);
  return withLiars(swarmScenario(seed), pickOne(draw, TIERS), seed);
}

/** @returns nodes that lie, or forget what they signed */
function guiltyOf({ faults, adversaries }: Scenario): number[] {
  return [...new Set([...faults.flatMap(forgetfulNodes), ...adversaries.flatMap(groupsOf).flatMap(nodesOf)])];
}

/**
 * Up to f liars leave safety and liveness, up to 2q − n − 1 safety alone, and more leave that the guilty are named (PBFT's
 * quorums of q of n meet in 2q − n members).
 */
function withLiars(scenario: Scenario, tier: (typeof TIERS)[number], seed: string): Scenario {
  const { committee, delegates } = scenario.rootchain;
  const quorum = Math.floor((2 * committee) / 3) + 1;
  const safe = 2 * quorum - committee - 1;
  const guilty = guiltyOf(scenario);
  const least = tier === "safe" ? Math.floor((committee - 1) / 3) + 1 : safe + 1;
  const most = tier === "safe" ? safe : Math.min(quorum - 1, safe + 2);
  if (tier === "bearable" || least > most || guilty.length > most) return scenario;
  const draw = stream(seed, "fuzz/liars");
  const honest = Array.from({ length: delegates }, (_, node) => node).filter((node) => !guilty.includes(node));
  const wanted = within(draw, Math.max(least, guilty.length), most) - guilty.length;
  const liars = pickSome(draw, honest, Math.min(wanted, honest.length)).map((node) => liar(node, pickOne(draw, LIARS)));
  const expect: Expectation =
    tier === "safe"
      ? { kind: "safety", name: "safety" }
      : { kind: "accountability", name: "accountability", minimumCulprits: accountable(scenario, safe) };
  return { ...scenario, adversaries: [...scenario.adversaries, ...liars], expect: [expect] };
}

/** Whoever forgot what it signed may sign twice without guilt, and is no culprit. */
function accountable({ faults }: Scenario, safe: number): number {
  return faults.some((fault) => forgetfulNodes(fault).length > 0) ? 0 : safe + 1;
}

function liar(node: number, strategy: Strategy): Adversary {
  return { name: `${strategy}-${node}`, nodes: groupOfNodes([node]), strategy, fromUs: 0 };
}

/** As in the swarm: what a chain may need beside time-outs, and views that may be behind it when all is healed. */
const LIVENESS_ROUNDS = 30;
const VIEWS_BEFORE = 5;

/** @returns the same, long enough for progress after the last fault to be judged */
function judged(scenario: Scenario): Scenario {
  const { roundUs, timeoutBaseUs } = scenario.rootchain;
  const withinUs = LIVENESS_ROUNDS * roundUs + timeoutBaseUs * (1 << (VIEWS_BEFORE + scenario.adversaries.length));
  const healedUs = Math.max(0, ...scenario.faults.map(({ atUs, forUs }) => atUs + (forUs ?? 0)));
  const expect: Expectation[] = [
    { kind: "safety", name: "safety" },
    { kind: "liveness", name: "liveness", withinUs },
  ];
  return { ...scenario, durationUs: healedUs + withinUs + roundUs, expect };
}

/** Few nodes, all of whom sit, one of whom may lie. @param liars strategy of the liar */
function small(seed: string, liars: Strategy): Scenario {
  const draw = stream(seed, "fuzz/small");
  const { rootchain, ...base } = swarmScenario(seed);
  const delegates = within(draw, 4, 7);
  const adversaries = pickSome(draw, nodesUpTo(delegates), within(draw, 1, Math.floor((delegates - 1) / 3)));
  const stakes = rootchain.stakes.slice(0, 1);
  return {
    ...base,
    rootchain: {
      ...rootchain,
      delegates,
      committee: delegates,
      standby: 0,
      fullNodes: 0,
      roundsPerIteration: Math.min(rootchain.roundsPerIteration, delegates),
      threshold: { expectedSize: delegates, quorum: Math.floor((2 * delegates) / 3) + 1 },
      stakes: nodesUpTo(delegates).flatMap(() => stakes),
    },
    faults: [],
    adversaries: adversaries.map((node) => liar(node, liars)),
  };
}

function nodesUpTo(count: number): number[] {
  return Array.from({ length: count }, (_, node) => node);
}

/** Stretches of time, each under one of a small set of partitions; who leads is up to the scenario's seed. */
function twinsOf(seed: string): Scenario {
  const scenario = { ...small(seed, "twins"), name: "twins" };
  const draw = stream(seed, "fuzz/twins");
  const { delegates, roundUs } = scenario.rootchain;
  const patterns = Array.from({ length: 3 }, () =>
    pickSome(draw, nodesUpTo(delegates), within(draw, 1, delegates - 1)),
  );
  const faults: Fault[] = [];
  for (let atUs = roundUs; faults.length < 8 && atUs < 28 * roundUs; ) {
    const forUs = within(draw, 1, 3) * roundUs + within(draw, 0, roundUs - 1);
    const side = pickOne(draw, patterns);
    const groups = [side, nodesUpTo(delegates).filter((node) => !side.includes(node))].map(groupOfNodes);
    const mode = chance(draw, 1 / 4) ? "one-way" : "symmetric";
    faults.push({ kind: "partition", name: `cut-${faults.length}`, atUs, forUs, groups, mode, bridge: [] });
    atUs += forUs + (chance(draw, 1 / 2) ? 0 : within(draw, 1, 2) * roundUs);
  }
  return judged({ ...scenario, faults });
}

function mutationOf(seed: string): Scenario {
  const scenario = small(seed, "mutate-messages");
  const { network } = scenario;
  const quiet = { lossProbability: 0, duplicationProbability: 0 };
  return judged({
    ...scenario,
    name: "mutation",
    network: { ...network, backbone: { ...network.backbone, ...quiet } },
  });
}
