import { type RandomStream, stream } from "../kernel/index.ts";
import type { Scenario } from "../scenario/index.ts";
import type { Adversary, Fault, NodeGroup, RootchainScenario } from "../scenario/scenario.ts";
import { swarmScenario } from "./swarm.ts";
import { chance, pickSome, within } from "./swarm-draw.ts";

const SECOND_US = 1_000_000;
const ROUND_US = SECOND_US;
/** Views that members may have gone through when the network heals, and some that lead nowhere afterwards. */
const VIEWS_BEFORE = 7;
const LIVENESS_ROUNDS = 30;

/**
 * Draws a small committee that goes through many views: time-outs that are short for its network, or a network that loses most
 * of what is said for a while. Members lock on different blocks then; once the network heals, they have to come together.
 *
 * @param seed decides the scenario and is its seed
 */
export function swarmOfViews(seed: string): Scenario {
  const base = swarmScenario(seed);
  const draw = (purpose: string) => stream(seed, `swarm-views/${purpose}`);
  const rootchain = drawRootchain(draw("rootchain"), base.rootchain);
  const loss = drawLoss(draw("loss"), rootchain.delegates);
  const healedUs = loss.atUs + (loss.forUs ?? 0);
  const adversaries = drawSilent(draw("silent"), { delegates: rootchain.delegates, healedUs });
  const withinUs = LIVENESS_ROUNDS * ROUND_US + viewsUs(rootchain.timeoutBaseUs, loss.forUs ?? 0, adversaries.length);
  return {
    ...base,
    name: "swarm-views",
    question: "Does a committee that went through many views come together again?",
    durationUs: healedUs + withinUs + SECOND_US,
    rootchain,
    workload: [],
    faults: [loss],
    adversaries,
    expect: [
      { kind: "safety", name: "safety" },
      { kind: "liveness", name: "liveness", withinUs },
    ],
  };
}

/** Nobody waits in a view for much longer than all went wrong, nor through more than some doublings; then the silent may lead. */
function viewsUs(baseUs: number, lossUs: number, silent: number): number {
  return Math.min(baseUs * (1 << VIEWS_BEFORE), 2 * (lossUs + baseUs)) * (1 << silent);
}

function drawRootchain(draw: RandomStream, base: RootchainScenario): RootchainScenario {
  // Where four sit and one is silent, everybody else is needed: a lock that is never left shows soonest.
  const delegates = chance(draw, 3 / 4) ? 4 : within(draw, 5, 7);
  const isHasty = chance(draw, 1 / 2);
  return {
    ...base,
    delegates,
    committee: delegates,
    standby: 0,
    fullNodes: 0,
    roundUs: ROUND_US,
    timeoutBaseUs: (isHasty ? within(draw, 50, 300) : within(draw, 300, 1000)) * 1000,
    roundsPerIteration: within(draw, 2, 4),
    stakes: base.stakes.slice(0, 1).concat(Array.from({ length: delegates - 1 }, () => base.stakes[0] as string)),
  };
}

function groupOf(nodes: readonly number[]): NodeGroup {
  return nodes.map((node) => ({ first: node, last: node, count: 1 }));
}

/** Everybody hears a part of what is said. */
function drawLoss(draw: RandomStream, delegates: number): Fault {
  const nodes = groupOf(Array.from({ length: delegates }, (_, node) => node));
  const window = { atUs: within(draw, 2, 10) * ROUND_US, forUs: within(draw, 10, 30) * ROUND_US };
  const harm = { lossProbability: within(draw, 35, 50) / 100, latencyUs: within(draw, 0, 100) * 1000 };
  return { kind: "degrade", name: "degrade-1", ...window, nodes, ...harm };
}

/** At most f of them, so that everybody else is needed; most fall silent right before the network heals, when others have locked. */
function drawSilent(draw: RandomStream, of: { delegates: number; healedUs: number }): Adversary[] {
  const { delegates, healedUs } = of;
  const budget = Math.floor((delegates - 1) / 3);
  const all = Array.from({ length: delegates }, (_, node) => node);
  return pickSome(draw, all, chance(draw, 7 / 8) ? budget : 0).map((node) => {
    const fromUs = chance(draw, 1 / 8) ? 0 : healedUs - within(draw, 0, ROUND_US);
    return { name: `silent-${node}`, nodes: groupOf([node]), strategy: "silent", fromUs };
  });
}
