import { assertNever } from "../../protocol/core/assert.ts";
import type { RandomStream } from "../kernel/index.ts";
import type { Adversary, Fault, NodeGroup, PartitionFault, RootchainScenario, Strategy } from "../scenario/scenario.ts";
import { chance, pickOne, pickSome, within } from "./swarm-draw.ts";

/** Everything has healed this many rounds after the start. */
const FAULTY_ROUNDS = 32;
const MAX_FAULTS = 4;
/** A fault that is over sooner may meet nobody. */
const MIN_ROUNDS = 2;
/** A scenario has at most one of each: slowness multiplies. */
const KINDS = ["crash", "torn", "partition", "one-way", "overlapping", "slow", "clock", "degrade"] as const;
const STRATEGIES: readonly Strategy[] = [
  ...(["silent", "equivocate", "equivocate-one", "double-vote", "vote-all", "withhold-votes", "stale-future"] as const),
  ...(["lie-view-change", "invalid-block", "censor", "grind-seed", "withhold-priority", "twins", "flood"] as const),
];

/** What goes wrong in one scenario. */
export interface Trouble {
  readonly faults: readonly Fault[];
  readonly adversaries: readonly Adversary[];
  readonly healedUs: number;
  /** Delegates that lie or lose their disk. */
  readonly guilty: number;
}

/** What faults are drawn from. */
interface Stage {
  readonly rootchain: RootchainScenario;
  /** Whether disks are slow enough for writes to tear; then no machine is slowed down much on top of that. */
  readonly tears: boolean;
  /** All nodes. */
  readonly nodes: readonly number[];
  readonly signers: readonly number[];
}

/**
 * Draws faults of every kind, and adversaries. Byzantine and disk-lost delegates together are at most
 * ⌊(committee − 1) / 3⌋ of all, so that no committee ever has more.
 *
 * @param drawFor opens the stream of one purpose
 */
export function drawTrouble(
  drawFor: (purpose: string) => RandomStream,
  { rootchain, tears }: { rootchain: RootchainScenario; tears: boolean },
): Trouble {
  const { delegates, standby, fullNodes, committee } = rootchain;
  const nodes = Array.from({ length: delegates + standby + fullNodes }, (_, node) => node);
  const stage: Stage = { rootchain, tears, nodes, signers: nodes.slice(0, delegates + standby) };
  const draw = drawFor("budget");
  const budget = Math.floor((committee - 1) / 3);
  const faulty = pickSome(draw, stage.signers.slice(0, delegates), within(draw, 0, budget));
  const lost = faulty.splice(0, within(draw, 0, faulty.length));
  const others = KINDS.filter((kind) => kind !== "torn");
  const some = pickSome(draw, others, within(draw, lost.length === 0 ? 1 : 0, MAX_FAULTS));
  const drawn = tears ? (["torn", ...some] as const) : some;
  const faults = [
    ...lost.map((node) => drawDiskLoss(drawFor(`lost/${node}`), stage, node)),
    ...drawn.map((kind) => drawFault(drawFor(`fault/${kind}`), stage, kind)),
  ];
  return {
    faults,
    adversaries: faulty.map((node) => drawAdversary(drawFor(`adversary/${node}`), stage, node)),
    guilty: lost.length + faulty.length,
    healedUs: Math.max(...faults.map(({ atUs, forUs }) => atUs + (forUs ?? 0))),
  };
}

function groupOf(nodes: readonly number[]): NodeGroup {
  return nodes.map((node) => ({ first: node, last: node, count: 1 }));
}

function drawWindow(draw: RandomStream, { rootchain }: Stage, maxRounds: number): { atUs: number; forUs: number } {
  const { roundUs } = rootchain;
  const forUs = within(draw, MIN_ROUNDS * roundUs, maxRounds * roundUs);
  return { atUs: within(draw, roundUs, FAULTY_ROUNDS * roundUs - forUs), forUs };
}

/** Early, so that the delegate has time to sit again; often back at once, when what it had signed is still open. */
function drawDiskLoss(draw: RandomStream, { rootchain }: Stage, node: number): Fault {
  const { roundUs } = rootchain;
  const window = {
    atUs: within(draw, roundUs, 15 * roundUs),
    forUs: within(draw, 1, pickOne(draw, [roundUs >> 1, 10 * roundUs])),
  };
  return { kind: "crash", name: `lost-${node}`, ...window, nodes: groupOf([node]), disk: "lost" };
}

function drawAdversary(draw: RandomStream, { rootchain }: Stage, node: number): Adversary {
  const strategy = pickOne(draw, STRATEGIES);
  const fromUs = chance(draw, 1 / 2) ? 0 : within(draw, 0, 20 * rootchain.roundUs);
  return { name: `${strategy}-${node}`, nodes: groupOf([node]), strategy, fromUs };
}

function drawFault(draw: RandomStream, stage: Stage, kind: (typeof KINDS)[number]): Fault {
  const name = kind;
  const { roundUs } = stage.rootchain;
  const maxFactor = stage.tears ? 3 : 200;
  const some = (of: readonly number[]): NodeGroup => groupOf(pickSome(draw, of, within(draw, 1, of.length)));
  const most = (of: readonly number[]): NodeGroup =>
    groupOf(pickSome(draw, of, within(draw, of.length >> 1, of.length)));
  switch (kind) {
    case "crash":
      return { kind, name, ...drawWindow(draw, stage, 10), nodes: some(stage.nodes), disk: "kept" };
    case "torn":
      return { kind: "crash", name, ...drawWindow(draw, stage, 10), nodes: most(stage.signers), disk: "torn" };
    case "partition":
    case "one-way":
    case "overlapping":
      return { kind: "partition", name, ...drawWindow(draw, stage, 20), ...drawSides(draw, stage, kind) };
    case "slow":
      return {
        kind,
        name,
        ...drawWindow(draw, stage, 20),
        nodes: some(stage.signers),
        factor: within(draw, 2, maxFactor),
      };
    case "clock": {
      const skew = { offsetUs: within(draw, -2 * roundUs, 2 * roundUs), driftPpm: within(draw, -5000, 5000) };
      return { kind, name, ...drawWindow(draw, stage, 20), nodes: some(stage.nodes), ...skew };
    }
    case "degrade": {
      const harm = { lossProbability: within(draw, 1, 50) / 100, latencyUs: within(draw, 1, 1000) * 1000 };
      return { kind, name, ...drawWindow(draw, stage, 20), nodes: some(stage.nodes), ...harm };
    }
    default:
      return assertNever(kind);
  }
}

type Sides = Pick<PartitionFault, "groups" | "mode" | "bridge">;

/** Two or three sides, each with somebody in it; a bridge of at least one where they overlap. */
function drawSides(draw: RandomStream, { nodes }: Stage, kind: "partition" | "one-way" | "overlapping"): Sides {
  const left = pickSome(draw, nodes, nodes.length);
  const bridge = kind === "overlapping" ? left.splice(0, within(draw, 1, left.length - 2)) : [];
  const sides = within(draw, 2, Math.min(3, left.length));
  const groups = Array.from({ length: sides }, (): number[] => []);
  for (const [index, node] of left.entries()) groups[index < sides ? index : draw.below(sides)]?.push(node);
  const mode = kind === "partition" ? "symmetric" : kind;
  return { groups: groups.map(groupOf), mode, bridge: groupOf(bridge) };
}
