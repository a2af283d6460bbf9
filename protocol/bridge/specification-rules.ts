import type { ConsensusParameters } from "../consensus/parameters.ts";
import { MAX_BLOCK_BYTES, MAX_COMMITTEE } from "../core/limits.ts";
import type { ChainSpecification } from "../subchain/specification.ts";
import type { BridgeParameters } from "./parameters.ts";

function isWithin(value: number, least: number, most: number): boolean {
  return value >= least && value <= most;
}

function canChange({ upgrade }: ConsensusParameters): boolean {
  return upgrade === undefined || (upgrade.height >= 1 && isWithin(upgrade.maxBlockBytes, 1, MAX_BLOCK_BYTES));
}

function consensusRefusal(parameters: ConsensusParameters): string | null {
  const { delegates, committee, iterationsPerEpoch, roundsPerIteration, roundUs, maxBlockBytes } = parameters;
  // Nobody who did not follow a chain of private committees can tell who signs it.
  if (parameters.sortition.mode !== "ranked") return "subchain whose committees nobody else can know";
  const canSit = isWithin(delegates, 1, MAX_COMMITTEE) && isWithin(committee, 1, MAX_COMMITTEE);
  // An epoch's third-last iteration has to exist: it elects the next epoch's operators.
  const canTurn = iterationsPerEpoch >= 3 && roundsPerIteration >= 1;
  const canBuild = roundUs >= 1 && parameters.timeoutBaseUs >= 1 && isWithin(maxBlockBytes, 1, MAX_BLOCK_BYTES);
  return canSit && canTurn && canBuild && canChange(parameters)
    ? null
    : "subchain with parameters that no chain can live by";
}

/** @returns why no subchain of such a specification can be registered, or null */
export function specificationRefusal(
  { parameters, trustPeriodUs, rewardPool, rewardBlocks }: ChainSpecification,
  { maxExpiryUs }: Pick<BridgeParameters, "maxExpiryUs">,
): string | null {
  const refusal = consensusRefusal(parameters);
  if (refusal !== null) return refusal;
  // A refund is proven after the expiry: a chain that forgets sooner could never take one.
  if (trustPeriodUs <= maxExpiryUs) return "subchain with a trust period shorter than an expiry";
  return rewardPool > 0n && rewardBlocks === 0 ? "reward pool that is never paid out" : null;
}
