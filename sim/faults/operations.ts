import type { DiskFate } from "../host/disk.ts";

/** Nodes stop at once; healed, they start again from what their disk still holds. */
export interface CrashOperation {
  readonly kind: "crash";
  readonly nodes: readonly number[];
  readonly disk: DiskFate;
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
}

/** Copies from and to the nodes get lost, and late, on top of what the network does anyway. */
export interface DegradeOperation {
  readonly kind: "degrade";
  readonly nodes: readonly number[];
  readonly lossProbability: number;
  readonly latencyUs: number;
}

/** What a fault does, with its nodes named. */
export type FaultOperation = CrashOperation | PartitionOperation | SlowOperation | ClockOperation | DegradeOperation;

export interface ScheduledFault {
  readonly name: string;
  readonly atUs: number;
  /** How long it lasts; null: to the end of the run. */
  readonly forUs: number | null;
  readonly operation: FaultOperation;
}
