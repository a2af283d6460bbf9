import path from "node:path";
import { totalMemoryBytes } from "../platform/node/memory.ts";
import { scenarioFilesIn } from "../platform/node/scenario-files.ts";
import {
  type LoadRequest,
  type OpenedSweep,
  openScenario,
  openSweep,
  type PartPlaces,
  type Scenario,
  type Sweep,
  UserError,
} from "../scenario/index.ts";
import { parseDuration } from "../scenario/quantities.ts";

/** What the command line says about a run, beside its file. */
export interface ScenarioFlags {
  readonly seed?: string | undefined;
  readonly set?: readonly string[] | undefined;
  readonly until?: string | undefined;
  readonly perturb?: number | undefined;
}

function requestOf(file: string, flags: ScenarioFlags): LoadRequest {
  const folder = path.dirname(file);
  return {
    folder: folder === "." && !file.startsWith("./") ? "" : folder,
    file: path.basename(file),
    settings: settingsOf(flags),
    files: scenarioFilesIn(folder),
    totalMemoryBytes: totalMemoryBytes(),
  };
}

/** A scenario file that was loaded, and how many runs its sweep would make; null where it has none. */
export interface ScenarioFile {
  readonly scenario: Scenario;
  /** Where the file says how much there is of each part. */
  readonly places: PartPlaces;
  readonly sweep: { readonly cells: number; readonly replications: number } | null;
}

/**
 * Loads a scenario file with the flags laid over it; `--seed` and `--perturb` are settings with a shorter name.
 *
 * @throws UserError when file or flags are wrong; the user's fault
 */
export function openScenarioFile(file: string, flags: ScenarioFlags = {}): ScenarioFile {
  const { scenario, places, plan } = openScenario(requestOf(file, flags));
  const sweep = plan && { cells: plan.rows.length, replications: plan.seeds.length };
  return { scenario: endedAt(scenario, flags), places, sweep };
}

/** Loads the scenario of a file alone. @throws UserError when file or flags are wrong; the user's fault */
export function loadScenarioFile(file: string, flags: ScenarioFlags = {}): Scenario {
  return openScenarioFile(file, flags).scenario;
}

/** Loads every cell of a file's sweep, with the flags laid over all of them. @throws UserError when one is wrong */
export function loadSweepFile(file: string, flags: ScenarioFlags = {}): Sweep {
  return openSweepFile(file, flags).sweep;
}

/** The same, with the places of what its cells are made of. */
export function openSweepFile(file: string, flags: ScenarioFlags = {}): OpenedSweep {
  const opened = openSweep(requestOf(file, flags));
  const cells = opened.sweep.cells.map((cell) => ({ ...cell, scenario: endedAt(cell.scenario, flags) }));
  return { ...opened, sweep: { ...opened.sweep, cells } };
}

/** @returns what a reader of another command than `sweep` is told */
export function sweepNote(file: string, { cells, replications }: NonNullable<ScenarioFile["sweep"]>): string {
  return `note: ${file} has a sweep of ${cells} cells × ${replications}, and this is what stands beside it: orrery sweep ${quoted(file)} runs them`;
}

function settingsOf({ seed, set, perturb }: ScenarioFlags): string[] {
  const own = seed === undefined ? [] : [`seed=${JSON.stringify(seed)}`];
  const perturbation = perturb === undefined ? [] : [`perturbation=${perturb}`];
  return [...(set ?? []), ...own, ...perturbation];
}

/** The same run up to an earlier moment: what the scenario plans for later does not take place, and is inconclusive. */
function endedAt(scenario: Scenario, { until }: ScenarioFlags): Scenario {
  if (until === undefined) return scenario;
  const parsed = parseDuration({ text: until, value: until });
  if ("refused" in parsed) throw new UserError(`--until ${until}: ${parsed.refused}; expected a time such as 30s`);
  return { ...scenario, durationUs: Math.min(scenario.durationUs, parsed.value) };
}

/** @returns the command that repeats a run, or a sweep */
export function reproduceCommand(
  file: string,
  { seed }: Pick<Scenario, "seed">,
  flags: ScenarioFlags & { backend?: string | undefined },
  verb: "run" | "sweep" = "run",
): string {
  const parts = [`npx orrery ${verb}`, quoted(file), "--seed", quoted(seed)];
  for (const setting of flags.set ?? []) parts.push("--set", quoted(setting));
  if (flags.until !== undefined) parts.push("--until", quoted(flags.until));
  if (flags.perturb !== undefined) parts.push("--perturb", String(flags.perturb));
  if (flags.backend !== undefined) parts.push("--crypto-backend", flags.backend);
  return parts.join(" ");
}

/** @returns the word as a POSIX shell reads it back */
function quoted(word: string): string {
  return /^[\w./:=@%+,-]+$/u.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
