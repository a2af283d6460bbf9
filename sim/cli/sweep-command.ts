import path from "node:path";
import type { ArgumentsCamelCase, Argv } from "yargs";
import {
  type CheckJob,
  type CheckRun,
  checkTotals,
  groupBy,
  intervalText,
  reproduceLines,
  type SweepCellResult,
  type SweepRun,
  sweepResults,
  textTable,
} from "../campaign/index.ts";
import { codeVersion } from "../platform/node/code-version.ts";
import { sha256Hex } from "../platform/node/hasher.ts";
import { INTERRUPTED_EXIT_CODE, interruptible } from "../platform/node/interrupt.ts";
import { Journal, readJournal } from "../platform/node/journal.ts";
import { PARTIAL, RunFolder } from "../platform/node/run-folder.ts";
import { estimateBudget, type OpenedSweep, type Sweep, UserError } from "../scenario/index.ts";
import { fittingJobs, limitsOf, type PlannedRun, refuseBeyond, runsBudget, runsBudgetText } from "./budget-limits.ts";
import { checkRuns, checkWorkers, JOBS } from "./check-runs.ts";
import { openSweepFile, reproduceCommand } from "./load-scenario-file.ts";
import { type Measured, startMeasuring } from "./measurement.ts";
import { exitCodeOfAll, inContinuousIntegration } from "./strict.ts";
import { sweepTables } from "./sweep-tables.ts";
import { csvOf, parquetOf } from "./table-files.ts";
import { timeBudgetMs } from "./wall-time.ts";

export const command = "sweep <file>";
export const describe =
  "Runs every cell of a scenario's sweep with several seeds, and tabulates figures with their intervals";

export const builder = (yargs: Argv) =>
  yargs
    .positional("file", { type: "string", demandOption: true, describe: "Scenario file with sweep: or replications:" })
    .option("seed", { type: "string", describe: "Seed of the first replication" })
    .option("set", {
      type: "string",
      array: true,
      nargs: 1,
      describe: "Changes a value in every cell: a.b=c (repeatable)",
    })
    .option("until", { type: "string", describe: "Ends every run at this simulated time" })
    .option("jobs", { type: "number", describe: JOBS })
    .option("memory", { type: "number", describe: "MiB a worker may take; default its part of the machine's" })
    .option("silence", {
      type: "number",
      default: 60,
      describe: "Seconds of processor time without a heartbeat that end a worker",
    })
    .option("time-budget", { type: "string", describe: "Refuses runs that would take longer together, such as 10m" })
    .option("out", { type: "string", default: "results", describe: "Folder for <scenario>/sweep/" })
    .option("resume", { type: "boolean", default: false, describe: "Keeps the runs that an earlier sweep finished" })
    .option("json", { type: "boolean", default: false, describe: "Prints one JSON object instead of the table" })
    .option("strict", {
      type: "boolean",
      default: inContinuousIntegration(),
      describe: "Inconclusive counts as failed (default in CI)",
    })
    .option("dry-run", { type: "boolean", default: false, describe: "Lists the cells and stops" });

type Flags = ArgumentsCamelCase<Awaited<ReturnType<typeof builder>["argv"]>>;

/** One run of a sweep. */
interface SweepJob extends CheckJob {
  readonly cell: number;
  /** Of what decides what it finds: scenario and code. */
  readonly key: string;
}

export async function handler(flags: Flags): Promise<void> {
  checkWorkers(flags);
  const limits = limitsOf({ timeMs: timeBudgetMs(flags.timeBudget), memory: flags.memory });
  const opened = openSweepFile(flags.file, flags);
  const { sweep } = opened;
  const jobs = jobsOf(sweep, flags);
  const place = path.join(flags.out, sweep.scenario, "sweep");
  const kept = flags.resume ? keptRuns(path.join(place, JOURNAL)) : new Map<string, SweepRun>();
  const missing = jobs.filter(({ key }) => !kept.has(key));
  const planned = plannedOf(opened, missing);
  const workers = flags.jobs ?? fittingJobs(planned, limits);
  refuseBeyond(planned, workers, limits);
  const budget = runsBudgetText(runsBudget(planned, workers, limits));
  if (flags.dryRun) {
    process.stdout.write(flags.json ? `${JSON.stringify(dryRunObject(sweep))}\n` : dryRunText(sweep, budget));
    return;
  }
  if (!flags.json) console.error(budget);
  const measure = startMeasuring();
  const folder = await RunFolder.create(place);
  if (flags.resume) console.error(`resumed: ${jobs.length - missing.length} of ${jobs.length} runs had ended`);
  const runs = await interruptible(async (signal) => {
    const ended = await runMissing(missing, folder.path(JOURNAL), { flags, workers, signal });
    return jobs.flatMap((job) => {
      const run = kept.get(job.key) ?? ended.get(job);
      return run === undefined ? [] : [{ ...run, cell: job.cell, reproduce: job.reproduce }];
    });
  });
  const results = sweepResults(sweep, runs);
  const found = { sweep, jobs, runs, results, measured: measure(), complete: runs.length === jobs.length };
  const files = await leaveTables(folder, found, flags);
  report(found, files, flags);
  process.exitCode = found.complete ? exitCodeOfAll(runs, flags.strict) : INTERRUPTED_EXIT_CODE;
}

const JOURNAL = "sweep.journal";

/** @returns each cell with the seeds that it is still to run with */
function plannedOf({ sweep, placesIn }: OpenedSweep, missing: readonly SweepJob[]): PlannedRun[] {
  const seeds = new Map<number, number>();
  for (const { cell } of missing) seeds.set(cell, (seeds.get(cell) ?? 0) + 1);
  return sweep.cells
    .filter(({ number }) => seeds.has(number))
    .map(({ number, scenario }) => ({ scenario, seeds: seeds.get(number) ?? 0, places: () => placesIn(number) }));
}

/** A sweep that ended, whole or not. */
interface Found {
  readonly sweep: Sweep;
  readonly jobs: readonly SweepJob[];
  readonly runs: readonly SweepRun[];
  readonly results: readonly SweepCellResult[];
  readonly measured: Measured;
  readonly complete: boolean;
}

function jobsOf({ cells, seeds }: Sweep, { file, ...flags }: Flags): SweepJob[] {
  const version = codeVersion();
  return cells.flatMap(({ number, settings, scenario }) =>
    seeds.map((seed) => {
      const seeded = { ...scenario, seed };
      const set = [...(flags.set ?? []).filter((setting) => !/^(sweep|replications)\b/u.test(setting)), ...settings];
      const reproduce = reproduceCommand(file, seeded, { set, until: flags.until });
      return {
        file,
        cell: number,
        scenario: seeded,
        reproduce,
        key: sha256Hex(`${version} ${JSON.stringify(seeded)}`),
      };
    }),
  );
}

/** What the journal keeps of a run that ended. */
interface Entry {
  readonly key: string;
  readonly run: SweepRun;
}

/** @returns the runs that ended */
async function runMissing(
  jobs: readonly SweepJob[],
  file: string,
  { flags, workers, signal }: { flags: Flags; workers: number; signal: AbortSignal },
): Promise<Map<SweepJob, CheckRun>> {
  const journal = Journal.open(file, { continues: flags.resume });
  const ended = await checkRuns(jobs, {
    workers,
    memoryMebibytes: flags.memory,
    silenceSeconds: flags.silence,
    signal,
    counted: "runs",
    onEnd: (job, run) => {
      const isDecided = run.verdict !== "lost" && run.verdict !== "error";
      const { cell, key } = job as SweepJob;
      if (isDecided) journal.note({ key, run: { ...run, cell } } satisfies Entry);
    },
  });
  journal.close();
  return ended;
}

/** @throws UserError when there is nothing to resume; the user's fault */
function keptRuns(file: string): Map<string, SweepRun> {
  const entries = readJournal(file);
  if (entries === null) throw new UserError(`${file}: there is no journal to resume from; leave --resume out`);
  const whole = entries.filter((entry): entry is Entry => "key" in entry && "run" in entry);
  return new Map(whole.map(({ key, run }) => [key, run]));
}

/** Writes the tables and the manifest; only a complete sweep is sealed. @returns the files' paths */
async function leaveTables(folder: RunFolder, found: Found, flags: Flags): Promise<string[]> {
  for (const [name, columns] of Object.entries(sweepTables(found.sweep.axes, found.results))) {
    await folder.write(`${name}.csv`, csvOf(columns));
    const append = await folder.append(`${name}.parquet`);
    await append(parquetOf(columns));
  }
  const names = [...folder.names, "manifest.json"];
  const text = `${JSON.stringify(manifest(found, names, flags), null, 2)}\n`;
  await (found.complete ? folder.seal(text) : folder.leavePartial(text));
  return names.map((name) => folder.path(found.complete ? name : name + PARTIAL));
}

function manifest({ sweep, runs, measured, complete }: Found, files: readonly string[], flags: Flags): object {
  const digests = runs.map(({ cell, seed, digest }) => `${cell} ${seed} ${digest}\n`).join("");
  const [seed = ""] = sweep.seeds;
  return {
    scenario: sweep.scenario,
    sweepHash: sha256Hex(JSON.stringify(sweep)),
    codeVersion: codeVersion(),
    digest: sha256Hex(digests),
    complete,
    command: reproduceCommand(flags.file, { seed }, flags, "sweep"),
    node: measured.node,
    measured,
    files,
  };
}

function report(found: Found, files: readonly string[], flags: Flags): void {
  const { runs, jobs, complete } = found;
  if (flags.json) process.stdout.write(`${JSON.stringify(resultObject(found, files))}\n`);
  else {
    const folder = path.dirname(files[0] ?? "");
    const names = files.map((file) => path.basename(file)).join(", ");
    console.log([resultTable(found), ...reproduceLines(runs), totals(runs), `files  ${folder}: ${names}`].join("\n"));
  }
  if (complete) return;
  const ended = new Set(runs.map(({ cell, seed }) => `${cell} ${seed}`));
  const missing = jobs.filter(({ cell, scenario }) => !ended.has(`${cell} ${scenario.seed}`));
  console.error(`interrupted: ${runs.length} of ${jobs.length} runs ended, and --resume makes the others:`);
  console.error(missingText(missing, found.sweep.seeds.length).join("\n"));
}

/** Beyond these a reader learns nothing more. */
const MAX_MISSING_LINES = 12;

function missingText(missing: readonly SweepJob[], replications: number): string[] {
  const cells = [...new Set(missing.map(({ cell }) => cell))];
  const lines = cells.slice(0, MAX_MISSING_LINES).map((number) => {
    const seeds = missing.filter(({ cell }) => cell === number).map(({ scenario }) => scenario.seed);
    return `  cell ${number}: ${seeds.length === replications ? "every seed" : `seeds ${seeds.join(", ")}`}`;
  });
  return cells.length > lines.length ? [...lines, `  … and ${cells.length - lines.length} more cells`] : lines;
}

function totals(runs: readonly SweepRun[]): string {
  return checkTotals(runs).replace(/ of \d+ scenarios/u, "");
}

function verdictsText(runs: readonly SweepRun[]): string {
  return [...groupBy(runs, ({ verdict }) => verdict)]
    .map(([verdict, group]) => `${group.length} ${verdict}`)
    .join(", ");
}

/** @returns a row a cell: its values, its verdicts, and the mean of each figure with half its interval and its samples */
function resultTable({ sweep: { axes, figures: shown }, results }: Found): string {
  const rows = results.map(({ cell, values, runs, figures }) => [
    String(cell),
    ...values,
    verdictsText(runs),
    ...shown.map((name) => intervalText(figures.find((each) => each.name === name))),
  ]);
  return textTable([["cell", ...axes, "verdicts", ...shown], ...rows]);
}

function byAxis(axes: readonly string[], values: readonly string[]): Record<string, string> {
  return Object.fromEntries(axes.map((axis, index) => [axis, values[index] ?? ""]));
}

function resultObject({ sweep, results, runs, jobs, measured, complete }: Found, files: readonly string[]): object {
  const { scenario, question, axes, seeds } = sweep;
  const cells = results.map(({ cell, values, runs: own, figures }) => ({
    cell,
    values: byAxis(axes, values),
    runs: own.map(({ seed, verdict, digest, detail, reproduce }) => ({ seed, verdict, digest, detail, reproduce })),
    figures,
  }));
  const missing = complete ? {} : { interrupted: true, missing: jobs.length - runs.length };
  return { scenario, question, codeVersion: codeVersion(), axes, seeds, ...missing, measured, cells, files };
}

function dryRunObject({ scenario, axes, seeds, cells }: Sweep): object {
  const listed = cells.map((cell) => ({
    cell: cell.number,
    values: byAxis(axes, cell.values),
    budget: estimateBudget(cell.scenario),
  }));
  return { scenario, axes, seeds, runs: cells.length * seeds.length, cells: listed };
}

function dryRunText({ axes, seeds, cells }: Sweep, budget: string): string {
  const rows = cells.map(({ number, values }) => [String(number), ...values]);
  const runs = `${cells.length} cells × ${seeds.length} seeds (${seeds[0]} … ${seeds.at(-1)}) = ${cells.length * seeds.length} runs`;
  return `${textTable([["cell", ...axes], ...rows])}\n${runs}\n${budget}\n`;
}
