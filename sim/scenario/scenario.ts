import type { Expectation } from "./expectation.ts";

/** The runs `check` takes: smoke and standard by default, long only when asked. */
export type Tier = "smoke" | "standard" | "long";

/**
 * A whole scenario with every default filled in and every unit resolved: plain data, equal to its own JSON. With its seed
 * and the code version it determines a run to the last byte.
 *
 * Nodes are numbered 0 …: first the delegates, then the standby candidates, then the full nodes.
 */
export interface Scenario {
  readonly name: string;
  readonly question: string;
  readonly tier: Tier;
  readonly seed: string;
  /** Changes only the order and small delays of otherwise equal schedules; 0 leaves them alone. */
  readonly perturbation: number;
  readonly crypto: "real" | "modelled";
  readonly durationUs: number;
  /** Transfer figures count those started before `durationUs − drainUs`. */
  readonly drainUs: number;
  readonly rootchain: RootchainScenario;
  readonly network: NetworkScenario;
  readonly hardware: { readonly delegates: Hardware; readonly fullNodes: Hardware };
  readonly workload: readonly TransferLoad[];
  readonly faults: readonly Fault[];
  readonly adversaries: readonly Adversary[];
  readonly expect: readonly Expectation[];
}

/** Roll-DPoS parameters and the population of the rootchain. */
export interface RootchainScenario {
  readonly delegates: number;
  /** Registered candidates beyond the elected delegates. */
  readonly standby: number;
  /** Nodes that follow the chain and never sign. */
  readonly fullNodes: number;
  readonly committee: number;
  readonly iterationsPerEpoch: number;
  readonly roundsPerIteration: number;
  readonly roundUs: number;
  readonly sortition: "ranked" | "threshold";
  /** Used in threshold mode only. */
  readonly threshold: { readonly expectedSize: number; readonly quorum: number };
  /** Which block seeds the sortition of iteration i: the last of i − 2, or (the paper's own) of i − 1. */
  readonly seedRule: "two-back" | "one-back";
  /** Time-out of view 0; it doubles with each view. */
  readonly timeoutBaseUs: number;
  /** How far ahead of a node's clock a proposal's time may be. */
  readonly maxDriftUs: number;
  readonly maxBlockBytes: number;
  /** Stake of each candidate in base units, as decimal digits: delegates + standby of them, in node order. */
  readonly stakes: readonly string[];
}

/** The wide-area network between nodes. */
export interface NetworkScenario {
  readonly backbone: Backbone;
  /** Neighbours of a node in the gossip mesh. */
  readonly gossip: { readonly degree: number };
}

/** Links between regions; probabilities are 0 … 1. */
export interface Backbone {
  readonly regions: Regions;
  /** A message takes up to this part of its latency longer, drawn evenly. */
  readonly jitter: number;
  /** Of each node, up and down alike. */
  readonly bandwidthBitsPerSecond: number;
  readonly lossProbability: number;
  readonly duplicationProbability: number;
  readonly reordering: { readonly probability: number; readonly delayUs: number };
  readonly maxMessageBytes: number;
  /** Bytes waiting at one end of a node's link before more are dropped. */
  readonly queueBytes: number;
}

/** Where nodes are. */
export interface Regions {
  readonly names: readonly string[];
  /** One-way latency from row to column. */
  readonly latencyUs: readonly (readonly number[])[];
  /** Part of the nodes in each region; adds up to 1. */
  readonly share: readonly number[];
  /** Where each region is, in degrees east and north, for viewers; null where the scenario places it nowhere. */
  readonly positions: readonly (readonly [east: number, north: number])[] | null;
}

/** Simulated time that work costs on a class of machine. */
export interface Hardware {
  readonly name: string;
  readonly signNs: number;
  readonly verifyNs: number;
  readonly vrfProveNs: number;
  readonly vrfVerifyNs: number;
  /** SHA-256 of 1024 bytes. */
  readonly hashNsPerKibibyte: number;
  /** One transaction. */
  readonly executeNs: number;
  /** Until one durable write is safe. */
  readonly diskUs: number;
}

/** Transfers between accounts that clients hand to full nodes and delegates. */
export interface TransferLoad {
  readonly kind: "transfer";
  readonly from: "root";
  readonly to: "root";
  /** Mean time between two transfers. */
  readonly intervalUs: number;
  /** Bounds of the amount, both included, in base units as decimal digits. */
  readonly amount: { readonly min: string; readonly max: string };
  readonly accounts: number;
  readonly dataBytes: number;
  readonly startUs: number;
  readonly stopUs: number;
}

/** Some nodes of the range `first … last` (both included); see `drawNodes` for how the run's seed picks them. */
export interface NodeSelection {
  readonly first: number;
  readonly last: number;
  /** How many of the range; "rest": all of it that no other selection of the same fault takes. */
  readonly count: number | "rest";
}

/** The union of its selections. */
export type NodeGroup = readonly NodeSelection[];

interface FaultWindow {
  /** Unique within the scenario. */
  readonly name: string;
  readonly atUs: number;
  /** How long it lasts; null: to the end of the run. */
  readonly forUs: number | null;
}

/** Nodes stop at once and start again, from what their disk still holds, when `forUs` is over. */
export interface CrashFault extends FaultWindow {
  readonly kind: "crash";
  readonly nodes: NodeGroup;
  /** torn: the write under way is lost in part. */
  readonly disk: "kept" | "lost" | "torn";
}

/** Messages between groups are lost. Every node is in exactly one group or in the bridge. */
export interface PartitionFault extends FaultWindow {
  readonly kind: "partition";
  readonly groups: readonly NodeGroup[];
  /**
   * symmetric: groups are cut off from each other. one-way: only messages from an earlier to a later group are lost.
   * overlapping: as symmetric, but the bridge hears and is heard by every group.
   */
  readonly mode: "symmetric" | "one-way" | "overlapping";
  readonly bridge: NodeGroup;
}

/** Nodes compute and write slower. */
export interface SlowFault extends FaultWindow {
  readonly kind: "slow";
  readonly nodes: NodeGroup;
  readonly factor: number;
}

/** Clocks step by `offsetUs` and then run fast (or slow, below 0); afterwards they are right again. */
export interface ClockFault extends FaultWindow {
  readonly kind: "clock";
  readonly nodes: NodeGroup;
  readonly offsetUs: number;
  readonly driftPpm: number;
}

/** Links from and to the nodes get worse, on top of the backbone's own figures. */
export interface DegradeFault extends FaultWindow {
  readonly kind: "degrade";
  readonly nodes: NodeGroup;
  readonly lossProbability: number;
  readonly latencyUs: number;
}

/** Something that breaks during a run, and for how long. */
export type Fault = CrashFault | PartitionFault | SlowFault | ClockFault | DegradeFault;

/** How a Byzantine node departs from the protocol. */
export type Strategy = "silent" | "equivocate" | "double-vote";

/** Nodes that follow a Byzantine strategy from `fromUs` to the end. */
export interface Adversary {
  /** Unique within the scenario. */
  readonly name: string;
  readonly nodes: NodeGroup;
  readonly strategy: Strategy;
  readonly fromUs: number;
}
