import { DEFAULT_BRIDGE_PARAMETERS } from "../../protocol/bridge/parameters.ts";
import { DEFAULT_ROOT_PARAMETERS, type RootParameters } from "../../protocol/rootchain/parameters.ts";
import type { Scenario } from "../scenario/scenario.ts";

/** Shares are whole numbers of this in the protocol. */
const SHARE_UNITS = 10_000;

/** @returns a share 0 … 1 in the protocol's unit */
export function shareUnits(share: number): number {
  return Math.round(share * SHARE_UNITS);
}

/** @returns the rules of the rootchain's ledger that a scenario asks for */
export function rootParametersOf({ rootchain }: Scenario): RootParameters {
  const { trustPeriodUs } = rootchain;
  return {
    ...DEFAULT_ROOT_PARAMETERS,
    initialReward: BigInt(rootchain.rewardInitial),
    rewardBlocks: rootchain.rewardBlocks,
    unbondingBlocks: Math.ceil(rootchain.unbondingUs / rootchain.roundUs),
    bridge: {
      ...DEFAULT_BRIDGE_PARAMETERS,
      deadAfterUs: rootchain.deadAfterUs,
      challengeUs: rootchain.challengeUs,
      heartbeatUs: rootchain.heartbeatUs,
      trustPeriodUs,
      maxExpiryUs: Math.floor(trustPeriodUs / 2),
      operatorUnbondingBlocks: Math.ceil(rootchain.unbondingUs / rootchain.roundUs),
      revealDelayBlocks: rootchain.evidenceDelayBlocks,
      commitmentBlocks: rootchain.evidenceWindowBlocks,
      informerShare: shareUnits(rootchain.informerShare),
      quotaPeriodBlocks: rootchain.quotaPeriodBlocks,
    },
  };
}
