import { swarmOfChains, swarmOfViews, swarmScenario } from "../../campaign/index.ts";
import type { Scenario } from "../../scenario/index.ts";

/** One run of the hunt, by its number. */
export interface DrawnRun {
  readonly scenario: Scenario;
  /** Whether it is made a second time, without anything remembered between nodes, and has to give the same digest. */
  readonly isTwice: boolean;
}

/** One after the other: whole rootchains, worlds of chains, and twice committees that go through many views. */
const DRAWS = [swarmScenario, swarmOfViews, swarmOfChains, swarmOfViews];
const TWICE_EVERY = 16;
/** Remembering nothing is slow, and most bugs show before. */
const FIRST_TWICE = 9;

/** @returns the runs that hunt a mutant, every one drawn from its number alone */
export function drawnRun(number: number): DrawnRun {
  const seed = String(number);
  const draw = DRAWS[number % DRAWS.length] ?? swarmScenario;
  const scenario = draw(seed);
  return { scenario, isTwice: number % TWICE_EVERY === FIRST_TWICE };
}
