import type { DiskFate } from "../host/disk.ts";

/** Nodes stop at once; healed, they start again from what their disk still holds. */
export interface CrashOperation {
  readonly kind: "crash";
  readonly nodes: readonly number[];
  readonly disk: DiskFate;
  /** Durable writes that a stale disk loses at most; default DEFAULT_STALE_WRITES. */
  readonly writes?: number;
}

/**
 * Messages between groups are lost. symmetric: between nodes that share no group, so groups may overlap. one-way: from an
 * earlier group to a later one only. Nodes in no group are untouched.
 */
export interface PartitionOperation {
  readonly kind: "partition";
  readonly groups: readonly (readonly number[])[];
  readonly mode: "symmetric" | "one-way";
}

/** Nodes compute and write `factor` times slower. */
export interface SlowOperation {
  readonly kind: "slow";
  readonly nodes: readonly number[];
  readonly factor: number;
}

/** Wall clocks step by `offsetUs` and then drift; healed, they are right again. */
export interface ClockOperation {
  readonly kind: "clock";
  readonly nodes: readonly number[];
  readonly offsetUs: number;
  readonly driftPpm: number;
  /** Whether they stand still. */
  readonly freezes?: boolean;
}

/** Copies from and to the nodes get lost, and late, on top of what the network does anyway. */
export interface DegradeOperation {
  readonly kind: "degrade";
  readonly nodes: readonly number[];
  readonly lossProbability: number;
  readonly latencyUs: number;
}

/** Copies from and to the nodes wait until it heals, or as long as `delayUs`; none is lost. */
export interface ClogOperation {
  readonly kind: "clog";
  readonly nodes: readonly number[];
  readonly delayUs: number | null;
}

/** Copies from one node to one other take `delayUs` longer, always the same. */
export interface SlowPairOperation {
  readonly kind: "slowPair";
  readonly from: number;
  readonly to: number;
  readonly delayUs: number;
}

/** The nodes neither hear nor are heard; null: whoever proposes when it begins. */
export interface IsolateOperation {
  readonly kind: "isolate";
  readonly nodes: readonly number[] | null;
}

/** Each node hears itself and the half of the ring that follows it. */
export interface RingOperation {
  readonly kind: "ring";
  /** In the order of the ring. */
  readonly nodes: readonly number[];
}

/** The nodes' lines fail for a share of every period. */
export interface FlapOperation {
  readonly kind: "flap";
  readonly nodes: readonly number[];
  readonly periodUs: number;
  readonly share: number;
}

/** Nodes are cut off and joined again one by one, in two random orders. */
export interface SwizzleOperation {
  readonly kind: "swizzle";
  readonly nodes: readonly number[];
  readonly forUs: number;
}

/** Copies from and to the nodes arrive altered. */
export interface CorruptOperation {
  readonly kind: "corrupt";
  readonly nodes: readonly number[];
  readonly probability: number;
}

/** Copies from and to the nodes arrive again, up to `delayUs` later. */
export interface ReplayOperation {
  readonly kind: "replay";
  readonly nodes: readonly number[];
  readonly probability: number;
  readonly delayUs: number;
}

/** Writes end up in another record's place. */
export interface MisdirectOperation {
  readonly kind: "misdirect";
  readonly nodes: readonly number[];
  readonly probability: number;
}

/** Nothing more becomes durable until it heals. */
export interface DiskFullOperation {
  readonly kind: "diskFull";
  readonly nodes: readonly number[];
}

/** Nothing runs for a share of every period. */
export interface StarveOperation {
  readonly kind: "starve";
  readonly nodes: readonly number[];
  readonly periodUs: number;
  readonly share: number;
}

/** A random one of the nodes leaves every `periodUs` and is back after `awayUs`. */
export interface ChurnOperation {
  readonly kind: "churn";
  readonly nodes: readonly number[];
  readonly periodUs: number;
  readonly awayUs: number;
}

/** One node after the other restarts with another version of its software, and all that are left when it heals. */
export interface UpgradeOperation {
  readonly kind: "upgrade";
  /** In the order of their turns. */
  readonly nodes: readonly number[];
  readonly everyUs: number;
  readonly version: number;
  /** Whether the two versions talk to each other; false where left out. */
  readonly isCompatible?: boolean;
}

/** What a fault does, with its nodes named. */
export type FaultOperation =
  | CrashOperation
  | PartitionOperation
  | SlowOperation
  | ClockOperation
  | DegradeOperation
  | ClogOperation
  | SlowPairOperation
  | IsolateOperation
  | RingOperation
  | FlapOperation
  | SwizzleOperation
  | CorruptOperation
  | ReplayOperation
  | MisdirectOperation
  | DiskFullOperation
  | StarveOperation
  | ChurnOperation
  | UpgradeOperation;

/** Nodes with a quorum among them, of which from a moment on nothing is the matter any more. */
export interface HealedCore {
  readonly atUs: number;
  /** Ascending. */
  readonly nodes: readonly number[];
}

export interface ScheduledFault {
  readonly name: string;
  readonly atUs: number;
  /** How long it lasts; null: to the end of the run. */
  readonly forUs: number | null;
  readonly operation: FaultOperation;
}
