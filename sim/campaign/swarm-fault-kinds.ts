import { PROTOCOL_VERSION } from "../../protocol/core/machine.ts";
import type { RandomStream } from "../kernel/index.ts";
import type { Fault, NodeGroup, PartitionFault, RootchainScenario } from "../scenario/scenario.ts";
import { groupOfNodes } from "./operations.ts";
import { pickOne, pickSome, within } from "./swarm-draw.ts";

/** Everything has healed this many rounds after the start. */
export const FAULTY_ROUNDS = 32;
/** A fault that is over sooner may meet nobody. */
const MIN_ROUNDS = 2;
/** How long faults last at most that stop nodes, and all others. */
const SHORT_ROUNDS = 10;
const LONG_ROUNDS = 20;

/** What faults are drawn from. */
export interface Stage {
  readonly rootchain: RootchainScenario;
  /** Whether disks are slow enough for writes to tear; then no machine is slowed down much on top of that. */
  readonly tears: boolean;
  /** All nodes. */
  readonly nodes: readonly number[];
  readonly signers: readonly number[];
}

interface Window {
  readonly name: string;
  readonly atUs: number;
  readonly forUs: number;
}
type Draw = (draw: RandomStream, stage: Stage) => Fault;

function drawWindow(draw: RandomStream, { rootchain }: Stage, maxRounds: number): Window {
  const { roundUs } = rootchain;
  const forUs = within(draw, MIN_ROUNDS * roundUs, maxRounds * roundUs);
  return { name: "", atUs: within(draw, roundUs, FAULTY_ROUNDS * roundUs - forUs), forUs };
}

function long(draw: RandomStream, stage: Stage): Window {
  return drawWindow(draw, stage, LONG_ROUNDS);
}

function some(draw: RandomStream, of: readonly number[]): NodeGroup {
  return groupOfNodes(pickSome(draw, of, within(draw, 1, of.length)));
}

function most(draw: RandomStream, of: readonly number[]): NodeGroup {
  return groupOfNodes(pickSome(draw, of, within(draw, of.length >> 1, of.length)));
}

/** @returns from 1 % to so many */
function percent(draw: RandomStream, atMost: number): number {
  return within(draw, 1, atMost) / 100;
}

/** One way in which each kind of fault is drawn; a scenario has at most one of each, as slowness multiplies. */
export const DRAWS = {
  crash: (draw, stage) => {
    const window = drawWindow(draw, stage, SHORT_ROUNDS);
    return { kind: "crash", ...window, nodes: some(draw, stage.nodes), disk: "kept" };
  },
  torn: (draw, stage) => {
    const window = drawWindow(draw, stage, SHORT_ROUNDS);
    return { kind: "crash", ...window, nodes: most(draw, stage.signers), disk: "torn" };
  },
  partition: (draw, stage) => ({ kind: "partition", ...long(draw, stage), ...drawSides(draw, stage, "symmetric") }),
  "one-way": (draw, stage) => ({ kind: "partition", ...long(draw, stage), ...drawSides(draw, stage, "one-way") }),
  overlapping: (draw, stage) => ({ kind: "partition", ...long(draw, stage), ...drawSides(draw, stage, "overlapping") }),
  slow: (draw, stage) => {
    const window = long(draw, stage);
    return {
      kind: "slow",
      ...window,
      nodes: some(draw, stage.signers),
      factor: within(draw, 2, stage.tears ? 3 : 200),
    };
  },
  clock: (draw, stage) => {
    const { roundUs } = stage.rootchain;
    const skew = { offsetUs: within(draw, -2 * roundUs, 2 * roundUs), driftPpm: within(draw, -5000, 5000) };
    return { kind: "clock", ...long(draw, stage), nodes: some(draw, stage.nodes), ...skew };
  },
  frozen: (draw, stage) => {
    const standing = { offsetUs: 0, driftPpm: 0, freezes: true };
    return { kind: "clock", ...long(draw, stage), nodes: some(draw, stage.nodes), ...standing };
  },
  degrade: (draw, stage) => {
    const harm = { lossProbability: percent(draw, 50), latencyUs: within(draw, 1, 1000) * 1000 };
    return { kind: "degrade", ...long(draw, stage), nodes: some(draw, stage.nodes), ...harm };
  },
  clog: (draw, stage) => {
    const delayUs = pickOne(draw, [null, within(draw, 1, 5) * stage.rootchain.roundUs]);
    return { kind: "clog", ...drawWindow(draw, stage, SHORT_ROUNDS), nodes: some(draw, stage.nodes), delayUs };
  },
  "slow-pair": (draw, stage) => {
    const { roundUs } = stage.rootchain;
    const [from, to] = pickSome(draw, stage.signers, 2).map((node) => groupOfNodes([node])) as [NodeGroup, NodeGroup];
    return { kind: "slowPair", ...long(draw, stage), from, to, delayUs: within(draw, roundUs >> 1, 3 * roundUs) };
  },
  isolate: (draw, stage) => {
    return { kind: "isolate", ...long(draw, stage), nodes: groupOfNodes([pickOne(draw, stage.nodes)]) };
  },
  leader: (draw, stage) => ({ kind: "isolate", ...long(draw, stage), nodes: null }),
  ring: (draw, stage) => ({ kind: "ring", ...long(draw, stage), nodes: most(draw, stage.nodes) }),
  flap: (draw, stage) => {
    const times = { periodUs: drawPeriod(draw, stage), share: within(draw, 10, 70) / 100 };
    return { kind: "flap", ...long(draw, stage), nodes: some(draw, stage.nodes), ...times };
  },
  swizzle: (draw, stage) => ({ kind: "swizzle", ...long(draw, stage), nodes: some(draw, stage.nodes) }),
  corrupt: (draw, stage) => {
    const probability = percent(draw, 30);
    return { kind: "corrupt", ...long(draw, stage), nodes: some(draw, stage.nodes), probability };
  },
  replay: (draw, stage) => {
    const { roundUs } = stage.rootchain;
    const harm = { probability: percent(draw, 30), delayUs: within(draw, roundUs, 20 * roundUs) };
    return { kind: "replay", ...long(draw, stage), nodes: some(draw, stage.nodes), ...harm };
  },
  "disk-full": (draw, stage) => {
    const window = drawWindow(draw, stage, stage.tears ? 3 : SHORT_ROUNDS);
    return { kind: "diskFull", ...window, nodes: some(draw, stage.signers) };
  },
  starve: (draw, stage) => {
    const times = { periodUs: drawPeriod(draw, stage), share: within(draw, 10, stage.tears ? 30 : 90) / 100 };
    return { kind: "starve", ...long(draw, stage), nodes: some(draw, stage.nodes), ...times };
  },
  churn: (draw, stage) => {
    const times = { periodUs: drawPeriod(draw, stage), awayUs: drawPeriod(draw, stage) };
    return { kind: "churn", ...long(draw, stage), nodes: some(draw, stage.nodes), ...times };
  },
  upgrade: (draw, stage) => {
    const everyUs = within(draw, 1, stage.rootchain.roundUs);
    return { kind: "upgrade", ...long(draw, stage), everyUs, version: PROTOCOL_VERSION + 1 };
  },
} as const satisfies Record<string, Draw>;

function drawPeriod(draw: RandomStream, { rootchain }: Stage): number {
  return within(draw, rootchain.roundUs, 4 * rootchain.roundUs);
}

/**
 * Draws how a delegate's disk forgets: everything, its latest writes, or records that others took the place of. It takes place
 * early, so that the delegate has time to sit again; often it is back at once, when what it had signed is still open.
 */
export function drawForgetting(draw: RandomStream, { rootchain }: Stage, node: number): Fault[] {
  const { roundUs } = rootchain;
  const nodes = groupOfNodes([node]);
  const atUs = within(draw, roundUs, 15 * roundUs);
  const forUs = within(draw, 1, pickOne(draw, [roundUs >> 1, 10 * roundUs]));
  switch (pickOne(draw, ["lost", "lost", "stale", "misdirect"] as const)) {
    case "lost":
      return [{ kind: "crash", name: `lost-${node}`, atUs, forUs, nodes, disk: "lost" }];
    case "stale":
      return [{ kind: "crash", name: `stale-${node}`, atUs, forUs, nodes, disk: "stale", writes: within(draw, 1, 40) }];
    case "misdirect": {
      const sinceUs = within(draw, 0, atUs);
      const harm = { probability: percent(draw, 50) };
      return [
        { kind: "misdirect", name: `misdirect-${node}`, atUs: atUs - sinceUs, forUs: sinceUs + 1, nodes, ...harm },
        { kind: "crash", name: `reboot-${node}`, atUs, forUs, nodes, disk: "kept" },
      ];
    }
  }
}

type Sides = Pick<PartitionFault, "groups" | "mode" | "bridge">;

/** Two or three sides, each with somebody in it; a bridge of at least one where they overlap. */
function drawSides(draw: RandomStream, { nodes }: Stage, mode: PartitionFault["mode"]): Sides {
  const left = pickSome(draw, nodes, nodes.length);
  const bridge = mode === "overlapping" ? left.splice(0, within(draw, 1, left.length - 2)) : [];
  const sides = within(draw, 2, Math.min(3, left.length));
  const groups = Array.from({ length: sides }, (): number[] => []);
  for (const [index, node] of left.entries()) groups[index < sides ? index : draw.below(sides)]?.push(node);
  return { groups: groups.map(groupOfNodes), mode, bridge: groupOfNodes(bridge) };
}
