import path from "node:path";
import { codeVersion } from "../platform/node/code-version.ts";
import { nodeHasher } from "../platform/node/hasher.ts";
import { INTERRUPTED_EXIT_CODE } from "../platform/node/interrupt.ts";
import { PARTIAL, RunFolder } from "../platform/node/run-folder.ts";
import { createRun } from "../runner/index.ts";
import type { RunProgress } from "../runner/run.ts";
import { estimateBudget, type Scenario } from "../scenario/index.ts";
import type { TraceLevel } from "../trace/model.ts";
import { type BackendName, cryptoBackend } from "./crypto-backends.ts";
import { drive } from "./drive.ts";
import { startMeasuring } from "./measurement.ts";
import { ProgressLine } from "./progress-line.ts";
import { startRecording } from "./recording.ts";
import { type Found, leaveResults, resultObject } from "./results.ts";
import { runReport } from "./run-report.ts";
import { exitCodeOf } from "./strict.ts";
import { budgetText, duration } from "./wording.ts";

/** How a run is made and told. */
export interface RunFlags {
  readonly trace: TraceLevel;
  /** Folder of all results. */
  readonly out: string;
  readonly json: boolean;
  readonly paranoid: boolean;
  readonly strict: boolean;
  readonly cryptoBackend: BackendName;
}

/**
 * Runs a scenario, leaves its results and tells of them.
 *
 * @param told the command that repeats it, and what ends it early
 * @returns the exit code
 */
export async function runAndReport(
  scenario: Scenario,
  flags: RunFlags,
  { signal, reproduce }: { signal: AbortSignal; reproduce: string },
): Promise<number> {
  console.error(budgetText(estimateBudget(scenario)));
  const measure = startMeasuring();
  const version = codeVersion();
  const backend = await cryptoBackend(flags.cryptoBackend);
  const folder = await RunFolder.create(path.join(flags.out, scenario.name, scenario.seed));
  const progress = new ProgressLine(process.stderr, scenario.durationUs);
  try {
    const recording = await startRecording(folder, scenario, { level: flags.trace, codeVersion: version });
    const run = createRun(scenario, {
      backend,
      hasher: nodeHasher,
      trace: recording.sink,
      paranoid: flags.paranoid,
      codeVersion: version,
    });
    const between = (reached: RunProgress): Promise<void> | undefined => {
      progress.update(reached);
      return recording.pressure();
    };
    const complete = await drive(run, { signal, between });
    progress.clear();
    const untilUs = run.progress().simulatedUs;
    const outcome = run.finish();
    await recording.finish({ ending: complete ? "complete" : "interrupted", digest: outcome.digest, untilUs });
    const found: Found = { scenario, outcome, measured: measure(), complete, reproduce };
    const files = await leaveResults(folder, found);
    return report(found, files, flags);
  } catch (error) {
    progress.clear();
    await folder.discard();
    throw error;
  }
}

function report(found: Found, files: readonly string[], { json, strict, out }: RunFlags): number {
  const { outcome, measured, complete, scenario, reproduce } = found;
  const shown = resultObject(found, files);
  if (json) process.stdout.write(`${JSON.stringify(shown)}\n`);
  else console.log(`${runReport(shown, measured, process.stdout)}\n${filesText(files, scenario, out)}`);
  if (!complete) {
    console.error(`interrupted at ${duration(outcome.summary.simulatedSeconds)}: what there is ends in ${PARTIAL}`);
    return INTERRUPTED_EXIT_CODE;
  }
  const exitCode = exitCodeOf(outcome.summary.verdict, strict);
  if (outcome.summary.verdict !== "pass") (json ? console.error : console.log)(`REPRO: ${reproduce}`);
  return exitCode;
}

function filesText(files: readonly string[], { name, seed }: Scenario, out: string): string {
  const folder = path.join(out, name, seed);
  const names = files.map((file) => path.basename(file)).join(", ");
  return `files  ${folder}: ${names}\nreplay npx orrery view ${folder}`;
}
