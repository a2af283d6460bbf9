import { assert } from "../core/assert.ts";

/** How committees come about (C2). */
export type Sortition =
  /** Recorded VRF proofs, the best of them sit: every node computes the same committee. */
  | { readonly mode: "ranked" }
  /**
   * Private self-selection as in Algorand: a delegate sits when its VRF output falls below expectedSize / delegates.
   * Promises neither agreement nor accountability.
   */
  | {
      readonly mode: "threshold";
      readonly expectedSize: number;
      readonly quorum: number;
      /** Which block seeds iteration i: the last of i − 2 (default), or of i − 1 as the paper has it. */
      readonly seedRule: "two-back" | "one-back";
    };

/** Parameters of one chain's consensus; the same code runs every chain. */
export interface ConsensusParameters {
  readonly chainId: number;
  /** Delegates of an epoch. */
  readonly delegates: number;
  /** Members of a committee, fewer where there are fewer candidates. */
  readonly committee: number;
  readonly iterationsPerEpoch: number;
  readonly roundsPerIteration: number;
  /** Least time between a block and its parent, µs. */
  readonly roundUs: number;
  readonly sortition: Sortition;
  /** Time-out of view 0 once a proposal is due, µs; doubles with each view. */
  readonly timeoutBaseUs: number;
  /** How far a proposal's time may be ahead of a member's clock, µs. */
  readonly maxDriftUs: number;
  readonly maxBlockBytes: number;
}

/** @returns ⌊2n/3⌋ + 1: more than two thirds of the committee */
export function quorumOf(committee: number): number {
  return Math.floor((2 * committee) / 3) + 1;
}

/** @returns the iteration (0 …) of a block height (1 …) */
export function iterationOf(parameters: ConsensusParameters, height: number): number {
  assert(height >= 1, "genesis belongs to no iteration");
  return Math.floor((height - 1) / parameters.roundsPerIteration);
}

/** @returns the epoch (0 …) of an iteration */
export function epochOf(parameters: ConsensusParameters, iteration: number): number {
  return Math.floor(iteration / parameters.iterationsPerEpoch);
}
