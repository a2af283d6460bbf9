import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import {
  type Baseline,
  type CheckRun,
  groupBy,
  heldAgainst,
  readBaseline,
  updatedBaseline,
  writeBaseline,
} from "../campaign/index.ts";
import { writeWhole } from "../platform/node/run-folder.ts";

function fileOf(folder: string, scenario: string): string {
  return path.join(folder, `${scenario}.json`);
}

function baselineIn(folder: string, scenario: string): Baseline | null {
  const file = fileOf(folder, scenario);
  return existsSync(file) ? readBaseline(readFileSync(file, "utf8"), file) : null;
}

/** Reads all baselines that runs will need, so that a wrong one is told before any runs. @throws UserError for a wrong file */
export function readBaselines(folder: string, scenarios: Iterable<string>): Map<string, Baseline | null> {
  return new Map([...new Set(scenarios)].map((scenario) => [scenario, baselineIn(folder, scenario)]));
}

/** @returns the runs, each held against its scenario's baseline */
export function heldAgainstAll(
  runs: readonly CheckRun[],
  baselines: ReadonlyMap<string, Baseline | null>,
): readonly CheckRun[] {
  return runs.map((run) => heldAgainst(run, baselines.get(run.scenario) ?? null));
}

/** Writes the figures of passing runs over what the baselines held of their seeds. @returns the files */
export function updateBaselines(
  folder: string,
  runs: readonly CheckRun[],
  baselines: ReadonlyMap<string, Baseline | null>,
): string[] {
  const passing = runs.filter(({ verdict }) => verdict === "pass");
  return [...groupBy(passing, ({ scenario }) => scenario)].map(([scenario, group]) => {
    const file = fileOf(folder, scenario);
    writeWhole(file, writeBaseline(updatedBaseline(baselines.get(scenario) ?? null, group)));
    return file;
  });
}
