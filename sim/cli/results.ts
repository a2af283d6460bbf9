import { sha256Hex } from "../platform/node/hasher.ts";
import { PARTIAL, type RunFolder } from "../platform/node/run-folder.ts";
import type { RunOutcome } from "../runner/run.ts";
import type { RunSummary } from "../runner/summary.ts";
import type { Scenario } from "../scenario/index.ts";
import type { Measured } from "./measurement.ts";
import { metricsCsv } from "./metrics-csv.ts";

/** A run that ended, and what is known of it. */
export interface Found {
  readonly scenario: Scenario;
  readonly outcome: RunOutcome;
  readonly measured: Measured;
  /** false: it was interrupted, and whatever it found so far decides nothing. */
  readonly complete: boolean;
  /** The command that repeats it. */
  readonly reproduce: string;
}

/** The object of `run --json` and summary.json. */
export type ResultObject = RunSummary & {
  readonly measured: Measured;
  readonly files: readonly string[];
  readonly interrupted?: true;
};

/** @returns the object that stands for a run, keys in their documented order */
export function resultObject({ outcome, measured, complete }: Found, files: readonly string[]): ResultObject {
  const { scenario, seed, codeVersion, digest, verdict, simulatedSeconds, events, messages, ...rest } = outcome.summary;
  return {
    scenario,
    seed,
    codeVersion,
    digest,
    verdict: complete ? verdict : "inconclusive",
    simulatedSeconds,
    events,
    messages,
    measured,
    ...rest,
    files,
    ...(complete ? {} : { interrupted: true }),
  };
}

/** Writes summary, metrics and manifest; only a complete run is sealed. @returns the files' paths */
export async function leaveResults(folder: RunFolder, found: Found): Promise<string[]> {
  const { outcome, complete } = found;
  const names = [...folder.names, "summary.json", "metrics.csv", "manifest.json"];
  const suffix = complete ? "" : PARTIAL;
  const files = names.map((name) => folder.path(name + suffix));
  await folder.write("summary.json", `${JSON.stringify(resultObject(found, files), null, 2)}\n`);
  await folder.write("metrics.csv", metricsCsv(outcome.summary, outcome.metrics));
  const text = `${JSON.stringify(manifest(found, names), null, 2)}\n`;
  await (complete ? folder.seal(text) : folder.leavePartial(text));
  return files;
}

function manifest({ scenario, outcome, measured, complete, reproduce }: Found, files: readonly string[]): object {
  return {
    scenario: scenario.name,
    scenarioHash: sha256Hex(JSON.stringify(scenario)),
    seed: scenario.seed,
    codeVersion: outcome.summary.codeVersion,
    digest: outcome.digest,
    complete,
    command: reproduce,
    node: measured.node,
    measured,
    files,
  };
}
