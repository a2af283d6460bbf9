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
  /** torn: the write under way is lost in part. stale: the latest durable writes are lost. */
  readonly disk: "kept" | "lost" | "torn" | "stale";
  /** Durable writes that a stale disk loses at most; default DEFAULT_STALE_WRITES. */
  readonly writes?: number;
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
  /** Whether they stand still instead; default false. */
  readonly freezes?: boolean;
}

/** Links from and to the nodes get worse, on top of the backbone's own figures. */
export interface DegradeFault extends FaultWindow {
  readonly kind: "degrade";
  readonly nodes: NodeGroup;
  readonly lossProbability: number;
  readonly latencyUs: number;
}

/** Copies from and to the nodes wait until it heals, or as long as `delayUs`; none is lost. */
export interface ClogFault extends FaultWindow {
  readonly kind: "clog";
  readonly nodes: NodeGroup;
  readonly delayUs: number | null;
}

/** Copies from one node of a group to one of another take `delayUs` longer, always the same. */
export interface SlowPairFault extends FaultWindow {
  readonly kind: "slowPair";
  readonly from: NodeGroup;
  readonly to: NodeGroup;
  readonly delayUs: number;
}

/** Nodes neither hear nor are heard; null: whoever proposes on the rootchain when it begins. */
export interface IsolateFault extends FaultWindow {
  readonly kind: "isolate";
  readonly nodes: NodeGroup | null;
}

/** Each node hears itself and the half of a ring that follows it. */
export interface RingFault extends FaultWindow {
  readonly kind: "ring";
  readonly nodes: NodeGroup;
}

/** Lines fail for a share of every period. */
export interface FlapFault extends FaultWindow {
  readonly kind: "flap";
  readonly nodes: NodeGroup;
  readonly periodUs: number;
  readonly share: number;
}

/** Nodes are cut off and joined again one by one, in two random orders. */
export interface SwizzleFault extends FaultWindow {
  readonly kind: "swizzle";
  readonly nodes: NodeGroup;
}

/** Messages from and to the nodes arrive altered. */
export interface CorruptFault extends FaultWindow {
  readonly kind: "corrupt";
  readonly nodes: NodeGroup;
  readonly probability: number;
}

/** Messages from and to the nodes arrive again, up to `delayUs` later. */
export interface ReplayFault extends FaultWindow {
  readonly kind: "replay";
  readonly nodes: NodeGroup;
  readonly probability: number;
  readonly delayUs: number;
}

/** Durable writes end up in another record's place. */
export interface MisdirectFault extends FaultWindow {
  readonly kind: "misdirect";
  readonly nodes: NodeGroup;
  readonly probability: number;
}

/** Nothing more becomes durable. */
export interface DiskFullFault extends FaultWindow {
  readonly kind: "diskFull";
  readonly nodes: NodeGroup;
}

/** Nothing runs on the nodes for a share of every period. */
export interface StarveFault extends FaultWindow {
  readonly kind: "starve";
  readonly nodes: NodeGroup;
  readonly periodUs: number;
  readonly share: number;
}

/** A random one of the nodes leaves every `periodUs` and is back after `awayUs`. */
export interface ChurnFault extends FaultWindow {
  readonly kind: "churn";
  readonly nodes: NodeGroup;
  readonly periodUs: number;
  readonly awayUs: number;
}

/** All nodes, one after the other, restart with another version of their software; whoever is left when it is over does so then. */
export interface UpgradeFault extends FaultWindow {
  readonly kind: "upgrade";
  readonly everyUs: number;
  readonly version: number;
  /** Whether the two versions talk to each other; false where left out. */
  readonly isCompatible?: boolean;
}

/** Something that breaks during a run, and for how long. */
export type Fault =
  | CrashFault
  | PartitionFault
  | SlowFault
  | ClockFault
  | DegradeFault
  | ClogFault
  | SlowPairFault
  | IsolateFault
  | RingFault
  | FlapFault
  | SwizzleFault
  | CorruptFault
  | ReplayFault
  | MisdirectFault
  | DiskFullFault
  | StarveFault
  | ChurnFault
  | UpgradeFault;
