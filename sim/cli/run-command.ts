import path from "node:path";
import { stringify } from "yaml";
import type { ArgumentsCamelCase, Argv } from "yargs";
import { codeVersion } from "../platform/node/code-version.ts";
import { nodeHasher } from "../platform/node/hasher.ts";
import { INTERRUPTED_EXIT_CODE, interruptible } from "../platform/node/interrupt.ts";
import { PARTIAL, RunFolder } from "../platform/node/run-folder.ts";
import { StorageError } from "../platform/node/storage-error.ts";
import { createRun } from "../runner/index.ts";
import type { RunProgress } from "../runner/run.ts";
import { estimateBudget, type Scenario } from "../scenario/index.ts";
import { BACKENDS, cryptoBackend } from "./crypto-backends.ts";
import { drive } from "./drive.ts";
import { openScenarioFile, reproduceCommand, type ScenarioFlags, sweepNote } from "./load-scenario-file.ts";
import { startMeasuring } from "./measurement.ts";
import { ProgressLine } from "./progress-line.ts";
import { startRecording } from "./recording.ts";
import { type Found, leaveResults, resultObject } from "./results.ts";
import { runReport } from "./run-report.ts";
import { exitCodeOf, inContinuousIntegration } from "./strict.ts";
import { budgetText, duration } from "./wording.ts";

export const command = "run <file>";
export const describe = "Runs one scenario and leaves its figures, trace and verdict under results/";

export const builder = (yargs: Argv) =>
  yargs
    .positional("file", { type: "string", demandOption: true, describe: "Scenario file" })
    .option("seed", { type: "string", describe: "Seed of every random stream" })
    .option("set", { type: "string", array: true, nargs: 1, describe: "Changes a value: a.b=c (repeatable)" })
    .option("until", { type: "string", describe: "Ends the run at this simulated time" })
    .option("perturb", { type: "number", describe: "Reorders otherwise equal schedules" })
    .option("trace", {
      choices: ["full", "protocol", "off"] as const,
      default: "full" as const,
      describe: "What the trace holds",
    })
    .option("out", { type: "string", default: "results", describe: "Folder for <scenario>/<seed>/" })
    .option("json", { type: "boolean", default: false, describe: "Prints one JSON object instead of text" })
    .option("paranoid", {
      type: "boolean",
      default: false,
      describe: "Remembers nothing between nodes; same digest, slower",
    })
    .option("strict", {
      type: "boolean",
      default: inContinuousIntegration(),
      describe: "Inconclusive counts as failed (default in CI)",
    })
    .option("crypto-backend", {
      choices: BACKENDS,
      default: "sodium" as const,
      describe: "Library behind crypto: real",
    })
    .option("dry-run", { type: "boolean", default: false, describe: "Prints the effective scenario and stops" });

type Flags = ArgumentsCamelCase<Awaited<ReturnType<typeof builder>["argv"]>>;

export async function handler(flags: Flags): Promise<void> {
  const { scenario, sweep } = openScenarioFile(flags.file, flags);
  if (sweep !== null) console.error(sweepNote(flags.file, sweep));
  if (flags.dryRun) {
    const budget = budgetText(estimateBudget(scenario));
    process.stdout.write(flags.json ? `${JSON.stringify(scenario, null, 2)}\n` : `${stringify(scenario)}# ${budget}\n`);
    return;
  }
  const reproduce = reproduceCommand(flags.file, scenario, backendFlag(flags));
  try {
    process.exitCode = await interruptible((signal) => runAndReport(scenario, flags, signal, reproduce));
  } catch (error) {
    if (!(error instanceof StorageError)) console.error(`REPRO: ${reproduce}`);
    throw error;
  }
}

function backendFlag(flags: Flags): ScenarioFlags & { backend?: string } {
  return flags.cryptoBackend === "sodium" ? flags : { ...flags, backend: flags.cryptoBackend };
}

async function runAndReport(scenario: Scenario, flags: Flags, signal: AbortSignal, reproduce: string): Promise<number> {
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
    progress.note(budgetText(estimateBudget(scenario)));
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

function report(found: Found, files: readonly string[], { json, strict, out }: Flags): number {
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
