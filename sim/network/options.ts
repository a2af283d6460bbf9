import type { Perturbation } from "../kernel/perturbation.ts";

/** One node's place and line. */
export interface NodeLink {
  /** Row of the latency matrix. */
  readonly region: number;
  readonly uplinkBitsPerSecond: number;
  readonly downlinkBitsPerSecond: number;
}

/** A network; probabilities are 0 … 1 for each copy of a message. */
export interface NetworkOptions {
  /** Key of the fates. */
  readonly key: number;
  readonly nodes: readonly NodeLink[];
  /** Latency in µs from region (row) to region (column). */
  readonly latencyUs: readonly (readonly number[])[];
  /** Most that is added to the latency, drawn uniformly, by the same rows and columns. */
  readonly jitterUs: readonly (readonly number[])[];
  readonly lossProbability: number;
  readonly duplicateProbability: number;
  readonly reorderProbability: number;
  /** Most that a reordered copy is held back. */
  readonly reorderDelayUs: number;
  readonly maxMessageBytes: number;
  /** Bytes that may wait at each end of a line. */
  readonly uplinkQueueBytes: number;
  readonly downlinkQueueBytes: number;
  readonly perturbation: Perturbation;
}
