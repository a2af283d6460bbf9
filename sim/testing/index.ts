import { type CheckJob, checkRun, type SweepCellResult, sweepResults } from "../campaign/index.ts";
import { cryptoBackend } from "../cli/crypto-backends.ts";
import { loadScenarioFile, loadSweepFile, type ScenarioFlags } from "../cli/load-scenario-file.ts";
import { codeVersion } from "../platform/node/code-version.ts";
import { nodeHasher } from "../platform/node/hasher.ts";
import { type MachineMaker, type RunOutcome, runScenario as runToEnd } from "../runner/index.ts";
import type { Sweep } from "../scenario/index.ts";
import type { Scenario } from "../scenario/scenario.ts";

export type { SweepCellResult, SweepFigure, SweepRun } from "../campaign/index.ts";
export type * from "../index.ts";
export { CLIENT, WireKind } from "../index.ts";
export type { Sweep, SweepCell } from "../scenario/index.ts";

/**
 * Loads a scenario file, with what the command line could say about it laid over it.
 *
 * @throws UserError when file or settings are wrong; the user's fault
 */
export function loadScenario(file: string, settings: ScenarioFlags = {}): Scenario {
  return loadScenarioFile(file, settings);
}

/** How a scenario is run here. */
export interface RunSettings {
  /** Machines of one's own. */
  readonly machines?: MachineMaker;
  /** Remembers nothing between nodes: same digest, slower. */
  readonly paranoid?: boolean;
}

/**
 * Runs a scenario to its end, as the command line would.
 *
 * @returns the same outcome for the same scenario, machines and version of this package, on every computer
 */
export async function runScenario(scenario: Scenario, settings: RunSettings = {}): Promise<RunOutcome> {
  const backend = await cryptoBackend("sodium");
  const { machines, paranoid = false } = settings;
  const options = { backend, hasher: nodeHasher, trace: null, paranoid, codeVersion: codeVersion() };
  return runToEnd(scenario, machines === undefined ? options : { ...options, machines });
}

/**
 * Loads every cell of a scenario file's sweep.
 *
 * @throws UserError when the file or one of its cells is wrong; the user's fault
 */
export function loadSweep(file: string, settings: ScenarioFlags = {}): Sweep {
  return loadSweepFile(file, settings);
}

/**
 * Runs every cell with every seed, one after the other in this process; what a run throws is thrown.
 *
 * @returns the same results as `orrery sweep`, cell by cell
 */
export async function runSweep(sweep: Sweep, settings: RunSettings = {}): Promise<SweepCellResult[]> {
  const runs = [];
  for (const { number: cell, scenario } of sweep.cells) {
    for (const seed of sweep.seeds) {
      const job: CheckJob = { file: "", scenario: { ...scenario, seed }, reproduce: "" };
      const { summary } = await runScenario(job.scenario, settings);
      runs.push({ ...checkRun(job, { summary, wallSeconds: 0 }), cell });
    }
  }
  return sweepResults(sweep, runs);
}
