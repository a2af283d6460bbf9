import { cryptoBackend } from "../cli/crypto-backends.ts";
import { loadScenarioFile, type ScenarioFlags } from "../cli/load-scenario-file.ts";
import { codeVersion } from "../platform/node/code-version.ts";
import { nodeHasher } from "../platform/node/hasher.ts";
import { type MachineMaker, type RunOutcome, runScenario as runToEnd } from "../runner/index.ts";
import type { Scenario } from "../scenario/scenario.ts";

export type * from "../index.ts";
export { CLIENT, WireKind } from "../index.ts";

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
