export type { Run, RunOptions, RunOutcome, RunProgress, RunSummary, Verdict } from "./runner/index.ts";
export { createRun, runScenario } from "./runner/index.ts";
export type { Scenario } from "./scenario/scenario.ts";
