import type { Scenario } from "../scenario/scenario.ts";
import type { Run, RunOptions, RunOutcome } from "./run.ts";
import { Simulation } from "./simulation.ts";

export type { MachineMaker, NodeSeat, Run, RunOptions, RunOutcome, RunProgress } from "./run.ts";
export type { RunSummary, Verdict } from "./summary.ts";
export { describeBlock, traceMeta } from "./trace-meta.ts";

/** Prepares a run of a scenario; `advance` then takes it through its events. */
export function createRun(scenario: Scenario, options: RunOptions): Run {
  return new Simulation(scenario, options);
}

/**
 * Runs a scenario to its end in one go; `createRun` leaves room for progress, signals and pauses.
 *
 * @returns the same outcome for the same scenario and sources, on every machine
 */
export function runScenario(scenario: Scenario, options: RunOptions): RunOutcome {
  const run = createRun(scenario, options);
  while (run.advance(Number.MAX_SAFE_INTEGER));
  return run.finish();
}
