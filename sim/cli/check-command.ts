import { appendFileSync } from "node:fs";
import type { ArgumentsCamelCase, Argv } from "yargs";
import {
  type CheckJob,
  type CheckRun,
  checkMarkdown,
  checkTable,
  checkTotals,
  githubAnnotations,
  junitXml,
  parseSeeds,
  reproduceLines,
} from "../campaign/index.ts";
import { INTERRUPTED_EXIT_CODE, interruptible } from "../platform/node/interrupt.ts";
import { Journal } from "../platform/node/journal.ts";
import { writeWhole } from "../platform/node/run-folder.ts";
import { type Tier, UserError } from "../scenario/index.ts";
import { heldAgainstAll, readBaselines, updateBaselines } from "./baseline-files.ts";
import { fittingJobs, limitsOf, refuseBeyond, runsBudget, runsBudgetText } from "./budget-limits.ts";
import { checkRuns, checkWorkers, JOBS } from "./check-runs.ts";
import { BACKENDS } from "./crypto-backends.ts";
import { scenarioFiles } from "./list-command.ts";
import { openScenarioFile, reproduceCommand, type ScenarioFile, sweepNote } from "./load-scenario-file.ts";
import { exitCodeOfAll, inContinuousIntegration } from "./strict.ts";
import { timeBudgetMs } from "./wall-time.ts";

export const command = "check [files..]";
export const describe = "Runs many scenarios with many seeds and prints a table";

const TIERS: readonly Tier[] = ["smoke", "standard", "long"];

export const builder = (yargs: Argv) =>
  yargs
    .positional("files", {
      type: "string",
      array: true,
      default: [] as string[],
      describe: "Default: scenarios/*.yaml",
    })
    .option("seeds", { type: "string", describe: "Such as 1..50 or 1,7,9; default each scenario's own" })
    .option("set", { type: "string", array: true, nargs: 1, describe: "Changes a value in every scenario: a.b=c" })
    .option("perturb", { type: "number", describe: "Reorders otherwise equal schedules" })
    .option("jobs", { type: "number", describe: JOBS })
    .option("tier", { choices: TIERS, array: true, default: ["smoke", "standard"] as Tier[], describe: "Tiers to run" })
    .option("memory", { type: "number", describe: "MiB a worker may take; default its part of the machine's" })
    .option("silence", {
      type: "number",
      default: 60,
      describe: "Seconds of processor time without a heartbeat that end a worker",
    })
    .option("time-budget", { type: "string", describe: "Refuses runs that would take longer together, such as 10m" })
    .option("junit", { type: "string", describe: "Writes a JUnit report" })
    .option("markdown", { type: "string", describe: "Writes a summary in Markdown" })
    .option("baseline", { type: "string", describe: "Folder of figures that runs may drift from only so far" })
    .option("update-baseline", {
      type: "boolean",
      default: false,
      describe: "Writes the figures of passing runs into --baseline, default results/baselines",
    })
    .option("journal", {
      type: "string",
      default: "results/check.journal",
      describe: "Seeds, before they start and when they end",
    })
    .option("paranoid", {
      type: "boolean",
      default: false,
      describe: "Remembers nothing between nodes; same digest, slower",
    })
    .option("crypto-backend", {
      choices: BACKENDS,
      default: "sodium" as const,
      describe: "Library behind crypto: real",
    })
    .option("json", { type: "boolean", default: false, describe: "Prints one JSON object instead of the table" })
    .option("strict", {
      type: "boolean",
      default: inContinuousIntegration(),
      describe: "Inconclusive counts as failed (default in CI)",
    });

type Flags = ArgumentsCamelCase<Awaited<ReturnType<typeof builder>["argv"]>>;

export async function handler(flags: Flags): Promise<void> {
  checkWorkers(flags);
  const limits = limitsOf({ timeMs: timeBudgetMs(flags.timeBudget), memory: flags.memory });
  const seeds = flags.seeds === undefined ? null : parseSeeds(flags.seeds);
  const chosen = chosenFiles(flags);
  const planned = chosen.map(({ scenario, places }) => ({ scenario, seeds: seeds?.length ?? 1, places: () => places }));
  const workers = flags.jobs ?? fittingJobs(planned, limits);
  refuseBeyond(planned, workers, limits);
  const jobs = jobsOf(chosen, seeds, flags);
  const folder = flags.baseline ?? (flags.updateBaseline ? DEFAULT_BASELINES : null);
  const scenarios = jobs.map(({ scenario }) => scenario.name);
  const baselines = folder === null ? null : readBaselines(folder, scenarios);
  if (!flags.json) console.error(runsBudgetText(runsBudget(planned, workers, limits)));
  const ended = await interruptible((signal) => runAll(jobs, workers, { flags, signal }));
  const runs = baselines === null || flags.updateBaseline ? ended : heldAgainstAll(ended, baselines);
  report(runs, flags);
  if (flags.updateBaseline && folder !== null && baselines !== null)
    for (const file of updateBaselines(folder, ended, baselines)) console.error(`wrote ${file}`);
  const complete = runs.length === jobs.length;
  if (!complete) console.error(`interrupted: ${runs.length} of ${jobs.length} runs ended; the others say nothing`);
  process.exitCode = complete ? exitCodeOfAll(runs, flags.strict) : INTERRUPTED_EXIT_CODE;
}

const DEFAULT_BASELINES = "results/baselines";

/** Loads every scenario before any runs. @returns those of the tiers. @throws UserError with what is wrong in all of them */
function chosenFiles(flags: Flags): Loaded[] {
  const named = flags.files.length > 0 ? flags.files : scenarioFiles();
  const loaded = loadAll(named, flags);
  const chosen = loaded.filter(({ scenario }) => flags.tier.includes(scenario.tier));
  for (const { file, scenario } of loaded) {
    if (!flags.tier.includes(scenario.tier))
      console.error(`${file}: left out, as it is ${scenario.tier} (--tier ${scenario.tier})`);
  }
  if (chosen.length === 0) throw new UserError("no scenario to check; name files, or more tiers with --tier");
  return chosen;
}

function jobsOf(chosen: readonly Loaded[], seeds: readonly string[] | null, flags: Flags): CheckJob[] {
  return chosen.flatMap(({ file, scenario }) =>
    (seeds ?? [scenario.seed]).map((seed) => {
      const seeded = { ...scenario, seed };
      return { file, scenario: seeded, reproduce: reproduceCommand(file, seeded, flags) };
    }),
  );
}

/** A scenario file that may be run. */
interface Loaded extends Pick<ScenarioFile, "scenario" | "places"> {
  readonly file: string;
}

function loadAll(files: readonly string[], flags: Flags): Loaded[] {
  const wrong: string[] = [];
  const loaded = files.flatMap((file) => {
    try {
      const { scenario, places, sweep } = openScenarioFile(file, { set: flags.set, perturb: flags.perturb });
      if (sweep !== null) console.error(sweepNote(file, sweep));
      return [{ file, scenario, places }];
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      wrong.push(error.message);
      return [];
    }
  });
  if (wrong.length > 0) throw new UserError(wrong.join("\n\n"));
  return loaded;
}

async function runAll(
  jobs: readonly CheckJob[],
  workers: number,
  { flags, signal }: { flags: Flags; signal: AbortSignal },
): Promise<CheckRun[]> {
  const journal = Journal.open(flags.journal);
  const runs = await checkRuns(jobs, {
    backend: flags.cryptoBackend,
    paranoid: flags.paranoid,
    workers,
    memoryMebibytes: flags.memory,
    silenceSeconds: flags.silence,
    signal,
    counted: "runs",
    onStart: ({ reproduce }) => journal.note({ start: reproduce }),
    onEnd: (_, { reproduce, verdict, digest }) => journal.note({ end: reproduce, verdict, digest }),
  });
  journal.close();
  return [...runs.values()];
}

function report(runs: readonly CheckRun[], flags: Flags): void {
  if (flags.junit !== undefined) writeWhole(flags.junit, junitXml(runs, flags.strict));
  if (flags.markdown !== undefined) writeWhole(flags.markdown, checkMarkdown(runs, flags.strict));
  const { GITHUB_STEP_SUMMARY: stepSummary = "" } = process.env;
  if (stepSummary !== "") appendFileSync(stepSummary, checkMarkdown(runs, flags.strict));
  if (flags.json) process.stdout.write(`${JSON.stringify({ runs })}\n`);
  else console.log([checkTable(runs), ...reproduceLines(runs), checkTotals(runs)].join("\n"));
  if (!flags.json && inContinuousIntegration())
    for (const line of githubAnnotations(runs, flags.strict)) console.log(line);
}
