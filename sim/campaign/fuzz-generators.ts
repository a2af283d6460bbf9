import { stream } from "../kernel/index.ts";
import type { Expectation } from "../scenario/expectation.ts";
import type { Adversary, Scenario, Strategy } from "../scenario/index.ts";
import { forgetfulNodes, groupOfNodes, groupsOf, nodesOf } from "./operations.ts";
import { nodesUpTo, withDelegates } from "./small-world.ts";
import { swarmScenario } from "./swarm.ts";
import { swarmOfChains } from "./swarm-chains.ts";
import { swarmOfDevices } from "./swarm-devices.ts";
import { chance, pickOne, pickSome, within } from "./swarm-draw.ts";
import { swarmOfViews } from "./swarm-views.ts";
import { twinsOf } from "./twins-cases.ts";

/** Ways of drawing scenarios, a line each. */
export const GENERATORS = {
  swarm:
    "whole scenarios at random: sizes, links, faults, adversaries, workload; some with subchains, some with devices, some with many views",
  devices: "small worlds of things: every link, loss and motion, small batteries, cuts of power, gateways that fail",
  twins: "four or seven nodes, one or two of them twice with one key, through all leaders and partitions in turn",
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
/** What a swarm is of: whole rootchains, worlds of chains, and small committees that go through many views, which are quickly run. */
const WORLDS = ["root", "views", "views", "chains"] as const;

/** Draws a whole scenario from a seed, and what is to be expected of it. */
export function generate(generator: Generator, seed: string): Scenario {
  switch (generator) {
    case "swarm":
      return swarmOf(seed);
    case "devices":
      return swarmOfDevices(seed);
    case "twins":
      return judged(twinsOf(seed, small(seed)));
    case "mutation":
      return mutationOf(seed);
  }
}

/** Worlds of devices take the place of others by a draw of their own, so that those that are left stay as they were. */
const DEVICES = 1 / 5;

function swarmOf(seed: string): Scenario {
  if (chance(stream(seed, "fuzz/devices"), DEVICES)) return swarmOfDevices(seed);
  const draw = stream(seed, "fuzz/swarm");
  switch (pickOne(draw, WORLDS)) {
    case "chains":
      return swarmOfChains(seed);
    case "views":
      return swarmOfViews(seed);
    case "root":
      return withLiars(swarmScenario(seed), pickOne(draw, TIERS), seed);
  }
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
  const honest = nodesUpTo(delegates).filter((node) => !guilty.includes(node));
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

/** A quiet world of few nodes, all of whom sit. */
function small(seed: string): Scenario {
  const delegates = within(stream(seed, "fuzz/small"), 4, 7);
  return withDelegates({ ...swarmScenario(seed), faults: [], adversaries: [] }, delegates);
}

function mutationOf(seed: string): Scenario {
  const scenario = small(seed);
  const { network, rootchain } = scenario;
  const quiet = { lossProbability: 0, duplicationProbability: 0 };
  const draw = stream(seed, "fuzz/mutation");
  const liars = pickSome(
    draw,
    nodesUpTo(rootchain.delegates),
    within(draw, 1, Math.floor((rootchain.delegates - 1) / 3)),
  );
  return judged({
    ...scenario,
    name: "mutation",
    network: { ...network, backbone: { ...network.backbone, ...quiet } },
    adversaries: liars.map((node) => liar(node, "mutate-messages")),
  });
}
