import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { drive } from "../cli/drive.ts";
import { startRecording } from "../cli/recording.ts";
import { nodeHasher } from "../platform/node/hasher.ts";
import { RunFolder } from "../platform/node/run-folder.ts";
import { createRun, type RunSummary } from "../runner/index.ts";
import type { Scenario } from "../scenario/index.ts";
import type { TraceLevel } from "../trace/reader.ts";
import { sodiumBackend } from "./simulate.ts";

export const TRACE_FILE = "trace.orrery";

/** How a run is recorded. */
export interface RecordOptions {
  readonly level: TraceLevel | "off";
  /** Whether invariants are watched. */
  readonly checkers: boolean;
}

/** Runs a scenario as the command line does. */
export async function recordRun(
  folder: RunFolder,
  scenario: Scenario,
  { level, checkers }: RecordOptions,
): Promise<RunSummary> {
  const recording = await startRecording(folder, scenario, { level, codeVersion: "" });
  const options = { hasher: nodeHasher, trace: recording.sink, paranoid: false, codeVersion: "", checkers };
  const run = createRun(scenario, { ...options, backend: await sodiumBackend() });
  const signal = new AbortController().signal;
  await drive(run, { signal, between: () => recording.pressure() });
  const untilUs = run.progress().simulatedUs;
  const { summary, digest } = run.finish();
  await recording.finish({ ending: "complete", digest, untilUs });
  return summary;
}

export async function inTemporaryFolder<T>(work: (folder: RunFolder) => Promise<T>): Promise<T> {
  const place = await mkdtemp(path.join(tmpdir(), "orrery-bench-"));
  const folder = await RunFolder.create(place);
  try {
    return await work(folder);
  } finally {
    await folder.discard();
    await rm(place, { recursive: true, force: true });
  }
}
