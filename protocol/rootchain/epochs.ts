import { type ConsensusParameters, epochOf, iterationOf } from "../consensus/parameters.ts";

/** The snapshot for the next epoch is taken at the end of the third-last iteration (C1). */
const SNAPSHOT_ITERATIONS = 3;

/** @returns blocks of one epoch */
export function blocksPerEpoch({ iterationsPerEpoch, roundsPerIteration }: ConsensusParameters): number {
  return iterationsPerEpoch * roundsPerIteration;
}

/** @returns the epoch (0 …) that a block (1 …) belongs to */
export function epochAt(parameters: ConsensusParameters, height: number): number {
  return epochOf(parameters, iterationOf(parameters, height));
}

/** @returns whether a block is the last one of its committee */
export function endsIteration({ roundsPerIteration }: ConsensusParameters, height: number): boolean {
  return height % roundsPerIteration === 0;
}

/** @returns whether the state after a block is what the next epoch's snapshot is taken of */
export function endsSnapshotIteration(parameters: ConsensusParameters, height: number): boolean {
  const { iterationsPerEpoch } = parameters;
  const within = iterationOf(parameters, height) % iterationsPerEpoch;
  return within === iterationsPerEpoch - SNAPSHOT_ITERATIONS && endsIteration(parameters, height);
}

/** @returns the first epoch whose snapshot shows what a block did */
export function firstEpochAfter(parameters: ConsensusParameters, height: number): number {
  const iteration = iterationOf(parameters, height);
  const within = iteration % parameters.iterationsPerEpoch;
  const isBefore = within <= parameters.iterationsPerEpoch - SNAPSHOT_ITERATIONS;
  return epochOf(parameters, iteration) + (isBefore ? 1 : 2);
}
