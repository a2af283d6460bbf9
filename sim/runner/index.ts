import type { Scenario } from "../scenario/scenario.ts";
import type { Run, RunOptions } from "./run.ts";
import { Simulation } from "./simulation.ts";

export type { Run, RunOptions, RunOutcome, RunProgress } from "./run.ts";
export type { MetricRow, RunSummary, Verdict } from "./summary.ts";
export { describeBlock, traceMeta } from "./trace-meta.ts";

/** Prepares a run of a scenario; `advance` then takes it through its events. */
export function createRun(scenario: Scenario, options: RunOptions): Run {
  return new Simulation(scenario, options);
}
