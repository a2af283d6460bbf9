import type { Scenario } from "../scenario/index.ts";

/** @returns 0, 1, 2 …, so many of them */
export function nodesUpTo(count: number): number[] {
  return Array.from({ length: count }, (_, node) => node);
}

/** @returns the same with so many delegates, all of whom sit, and nobody else */
export function withDelegates(scenario: Scenario, delegates: number): Scenario {
  const { rootchain } = scenario;
  const stakes = rootchain.stakes.slice(0, 1);
  return {
    ...scenario,
    rootchain: {
      ...rootchain,
      delegates,
      committee: delegates,
      standby: 0,
      fullNodes: 0,
      roundsPerIteration: Math.min(rootchain.roundsPerIteration, delegates),
      threshold: { expectedSize: delegates, quorum: Math.floor((2 * delegates) / 3) + 1 },
      stakes: nodesUpTo(delegates).flatMap(() => stakes),
    },
  };
}
