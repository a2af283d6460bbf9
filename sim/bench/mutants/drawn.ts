import { swarmOfChains, swarmScenario } from "../../campaign/index.ts";
import type { Scenario } from "../../scenario/index.ts";

/** One run of the hunt, by its number. */
export interface DrawnRun {
  readonly scenario: Scenario;
  /** Whether it is made a second time, without anything remembered between nodes, and has to give the same digest. */
  readonly isTwice: boolean;
}

const CHAINS_EVERY = 4;
const TWICE_EVERY = 16;

/** @returns the runs that hunt a mutant, every one drawn from its number alone */
export function drawnRun(number: number): DrawnRun {
  const seed = String(number);
  const scenario = number % CHAINS_EVERY === 0 ? swarmOfChains(seed) : swarmScenario(seed);
  return { scenario, isTwice: number % TWICE_EVERY === 1 };
}
