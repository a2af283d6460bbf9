import { DEFAULT_ROOT_PARAMETERS } from "../../protocol/rootchain/parameters.ts";
import type { GivenRootchain } from "./chain-keys.ts";
import type { Problems } from "./problems.ts";
import type { RootchainEconomics, RootchainScenario } from "./scenario.ts";
import type { Position } from "./source.ts";

const IOTX = 10n ** 18n;
const HOUR_US = 3_600_000_000;
const { bridge } = DEFAULT_ROOT_PARAMETERS;

/** What holds where a scenario says nothing. Source: protocol.md R6, B3, B5, B7 and S8. */
export const DEFAULT_ECONOMICS: RootchainEconomics = {
  rewardInitial: String(DEFAULT_ROOT_PARAMETERS.initialReward),
  rewardBlocks: DEFAULT_ROOT_PARAMETERS.rewardBlocks,
  commission: 0.1,
  claimsRewards: false,
  delegateBond: String(100_000n * IOTX),
  unbondingUs: 48 * HOUR_US,
  trustPeriodUs: bridge.trustPeriodUs,
  quotaPeriodBlocks: bridge.quotaPeriodBlocks,
  deadAfterUs: bridge.deadAfterUs,
  challengeUs: bridge.challengeUs,
  heartbeatUs: bridge.heartbeatUs,
  evidenceDelayBlocks: bridge.revealDelayBlocks,
  evidenceWindowBlocks: bridge.commitmentBlocks,
  informerShare: bridge.informerShare / 10_000,
};

/** Fills in what the file leaves open. */
export function resolveEconomics(given: GivenRootchain): RootchainEconomics {
  const defaults = DEFAULT_ECONOMICS;
  const [rewards, quota, evidence] = [given.rewards?.value, given.quota?.value, given.evidence?.value];
  return {
    rewardInitial: rewards?.initial?.value.toString() ?? defaults.rewardInitial,
    rewardBlocks: rewards?.blocks?.value ?? defaults.rewardBlocks,
    commission: rewards?.commission?.value ?? defaults.commission,
    claimsRewards: rewards?.claimed?.value ?? defaults.claimsRewards,
    delegateBond: given.bond?.value.toString() ?? defaults.delegateBond,
    unbondingUs: given.unbonding?.value ?? defaults.unbondingUs,
    trustPeriodUs: given.trust?.value ?? defaults.trustPeriodUs,
    quotaPeriodBlocks: quota?.period?.value ?? defaults.quotaPeriodBlocks,
    deadAfterUs: given.deadAfter?.value ?? defaults.deadAfterUs,
    challengeUs: given.challenge?.value ?? defaults.challengeUs,
    heartbeatUs: given.heartbeat?.value ?? defaults.heartbeatUs,
    evidenceDelayBlocks: evidence?.delay?.value ?? defaults.evidenceDelayBlocks,
    evidenceWindowBlocks: evidence?.window?.value ?? defaults.evidenceWindowBlocks,
    informerShare: evidence?.informer?.value ?? defaults.informerShare,
  };
}

/** Longest way from now to an expiry: shorter than the trust period, so that its proofs can still be given (B3). */
export function longestExpiryUs({ trustPeriodUs }: RootchainEconomics): number {
  return Math.floor(trustPeriodUs / 2);
}

/** Reports figures that defeat each other. @param whole place of the section, or of the file without one */
export function checkEconomics(
  given: GivenRootchain,
  resolved: RootchainScenario,
  whole: Position,
  problems: Problems,
): void {
  const { evidenceDelayBlocks, evidenceWindowBlocks, roundUs, trustPeriodUs, unbondingUs } = resolved;
  const evidence = given.evidence?.value;
  if (evidenceDelayBlocks >= evidenceWindowBlocks) {
    problems.add({
      at: (evidence?.delay ?? evidence?.window)?.at ?? whole,
      message: `a commitment is void after ${evidenceWindowBlocks} blocks and counts only after ${evidenceDelayBlocks}`,
      expected: "a window longer than the delay",
    });
  }
  const longestUs = unbondingUs - evidenceWindowBlocks * roundUs;
  if (trustPeriodUs > longestUs) {
    problems.add({
      at: (given.trust ?? given.unbonding ?? evidence?.window)?.at ?? whole,
      message: "whoever is trusted this long may have taken the bond away already",
      expected: "a trust period of at most the unbonding delay less the evidence window",
    });
  }
  if (resolved.heartbeatUs >= resolved.deadAfterUs) {
    problems.add({
      at: (given.deadAfter ?? given.heartbeat)?.at ?? whole,
      message: "a subchain would count as silent between two heartbeats",
      expected: "deadAfter above heartbeat",
    });
  }
}
