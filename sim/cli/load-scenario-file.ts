import path from "node:path";
import { totalMemoryBytes } from "../platform/node/memory.ts";
import { scenarioFilesIn } from "../platform/node/scenario-files.ts";
import { loadScenario, type Scenario, UserError } from "../scenario/index.ts";
import { parseDuration } from "../scenario/quantities.ts";

/** What the command line says about a run, beside its file. */
export interface ScenarioFlags {
  readonly seed?: string | undefined;
  readonly set?: readonly string[] | undefined;
  readonly until?: string | undefined;
  readonly perturb?: number | undefined;
}

/**
 * Loads a scenario file with the flags laid over it; `--seed` and `--perturb` are settings with a shorter name.
 *
 * @throws UserError when file or flags are wrong; the user's fault
 */
export function loadScenarioFile(file: string, flags: ScenarioFlags = {}): Scenario {
  const folder = path.dirname(file);
  const scenario = loadScenario({
    folder: folder === "." && !file.startsWith("./") ? "" : folder,
    file: path.basename(file),
    settings: settingsOf(flags),
    files: scenarioFilesIn(folder),
    totalMemoryBytes: totalMemoryBytes(),
  });
  return flags.until === undefined ? scenario : endAt(scenario, flags.until);
}

function settingsOf({ seed, set, perturb }: ScenarioFlags): string[] {
  const own = seed === undefined ? [] : [`seed=${JSON.stringify(seed)}`];
  const perturbation = perturb === undefined ? [] : [`perturbation=${perturb}`];
  return [...(set ?? []), ...own, ...perturbation];
}

/** The same run up to an earlier moment: what the scenario plans for later does not take place, and is inconclusive. */
function endAt(scenario: Scenario, until: string): Scenario {
  const parsed = parseDuration({ text: until, value: until });
  if ("refused" in parsed) throw new UserError(`--until ${until}: ${parsed.refused}; expected a time such as 30s`);
  return { ...scenario, durationUs: Math.min(scenario.durationUs, parsed.value) };
}

/** @returns the command that repeats a run */
export function reproduceCommand(
  file: string,
  scenario: Scenario,
  flags: ScenarioFlags & { backend?: string | undefined },
): string {
  const parts = ["npx orrery run", quoted(file), "--seed", quoted(scenario.seed)];
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
