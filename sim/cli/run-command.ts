import { stringify } from "yaml";
import type { ArgumentsCamelCase, Argv } from "yargs";
import { interruptible } from "../platform/node/interrupt.ts";
import { StorageError } from "../platform/node/storage-error.ts";
import { estimateBudget, notesOf } from "../scenario/index.ts";
import { limitsOf, refuseBeyond } from "./budget-limits.ts";
import { BACKENDS } from "./crypto-backends.ts";
import { openScenarioFile, reproduceCommand, type ScenarioFlags, sweepNote } from "./load-scenario-file.ts";
import { inContinuousIntegration } from "./strict.ts";
import { timeBudgetMs } from "./wall-time.ts";
import { budgetText } from "./wording.ts";

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
    .option("time-budget", { type: "string", describe: "Refuses a run that would take longer, such as 10m" })
    .option("dry-run", { type: "boolean", default: false, describe: "Prints the effective scenario and stops" });

type Flags = ArgumentsCamelCase<Awaited<ReturnType<typeof builder>["argv"]>>;

export async function handler(flags: Flags): Promise<void> {
  const timeMs = timeBudgetMs(flags.timeBudget);
  const { scenario, places, sweep } = openScenarioFile(flags.file, flags);
  if (sweep !== null) console.error(sweepNote(flags.file, sweep));
  for (const note of notesOf(scenario)) console.error(note);
  refuseBeyond([{ scenario, seeds: 1, places: () => places }], 1, limitsOf({ timeMs }));
  if (flags.dryRun) {
    const budget = budgetText(estimateBudget(scenario));
    process.stdout.write(flags.json ? `${JSON.stringify(scenario, null, 2)}\n` : `${stringify(scenario)}# ${budget}\n`);
    return;
  }
  const reproduce = reproduceCommand(flags.file, scenario, backendFlag(flags));
  // Whoever has only written something wrong need not wait for the simulator.
  const { runAndReport } = await import("./run-scenario.ts");
  try {
    process.exitCode = await interruptible((signal) => runAndReport(scenario, flags, { signal, reproduce }));
  } catch (error) {
    if (!(error instanceof StorageError)) console.error(`REPRO: ${reproduce}`);
    throw error;
  }
}

function backendFlag(flags: Flags): ScenarioFlags & { backend?: string } {
  return flags.cryptoBackend === "sodium" ? flags : { ...flags, backend: flags.cryptoBackend };
}
