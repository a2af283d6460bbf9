import { type CheckAnswer, type CheckRun, checkRun, isSound } from "../../campaign/index.ts";
import type { WorkerJob } from "../../cli/check-worker.ts";
import { totalMemoryBytes } from "../../platform/node/memory.ts";
import { type JobOutcome, runJobs } from "../../platform/node/worker-pool.ts";
import type { RunSummary } from "../../runner/index.ts";
import type { Scenario } from "../../scenario/index.ts";
import { drawnRun } from "./drawn.ts";

const MAX_SILENCE_MS = 30_000;
/** Part of the machine's memory that all workers together may take. */
const MEMORY_SHARE = 0.6;

/** Something that a run showed to be wrong. */
export interface Find {
  /** The invariant or expectation that broke, or how the run ended. */
  readonly check: string;
  readonly detail: string;
  readonly scenario: Scenario;
}

/** What came of a hunt. */
export interface Hunt {
  readonly found: Find | null;
  readonly runs: number;
  readonly seconds: number;
  /** Of the runs made once, by their number; empty where a run did not end. */
  readonly digests: ReadonlyMap<number, string>;
}

/** How long, and on how many workers. */
export interface HuntOptions {
  readonly worker: URL;
  readonly workers: number;
  readonly budgetSeconds: number;
  readonly maxRuns: number;
  /** The hunter's own interrupt. */
  readonly signal: AbortSignal;
}

interface Job {
  readonly number: number;
  readonly scenario: Scenario;
  readonly paranoid: boolean;
}

/** @returns jobs as the workers of `check` take them */
export function workerJob(scenario: Scenario, paranoid: boolean): WorkerJob {
  return { scenario, backend: "sodium", paranoid, codeVersion: "mutant" };
}

/** @returns what broke first: an invariant, or else an expectation */
function firstBroken({ violations, expectations }: RunSummary): Omit<Find, "scenario"> | null {
  const [first] = violations.toSorted((a, b) => a.atSeconds - b.atSeconds);
  if (first !== undefined) return { check: first.invariant, detail: first.detail };
  const unmet = expectations.find(({ verdict }) => verdict !== "pass");
  return unmet === undefined ? null : { check: unmet.name, detail: unmet.detail };
}

/** @returns what a run shows to be wrong, null where it is sound */
export function findIn(scenario: Scenario, outcome: JobOutcome<CheckAnswer>): Find | null {
  const answer = "result" in outcome ? outcome.result : outcome;
  const run: CheckRun = checkRun({ file: "drawn", reproduce: "", scenario }, answer);
  const summary = "summary" in answer ? answer.summary : null;
  if (isSound({ run, summary })) return null;
  const broken = summary === null ? null : firstBroken(summary);
  const ended = { check: run.verdict === "lost" ? "no end" : "no crash", detail: run.detail.split("\n", 1)[0] ?? "" };
  return { ...(broken ?? ended), scenario };
}

function* jobsUpTo(maxRuns: number): Generator<Job> {
  for (let number = 1; number <= maxRuns; number++) {
    const { scenario, isTwice } = drawnRun(number);
    yield { number, scenario, paranoid: false };
    if (isTwice) yield { number, scenario, paranoid: true };
  }
}

/** Runs drawn scenarios on planted code until one goes wrong or the budget is spent. */
export async function hunt({ worker, workers, budgetSeconds, maxRuns, signal }: HuntOptions): Promise<Hunt> {
  const startedMs = performance.now();
  const elapsed = () => (performance.now() - startedMs) / 1000;
  const ending = new AbortController();
  const stop = () => ending.abort();
  signal.addEventListener("abort", stop);
  const budget = setTimeout(stop, budgetSeconds * 1000);
  const jobs = new Map([...jobsUpTo(maxRuns)].map((job) => [workerJob(job.scenario, job.paranoid), job] as const));
  const digests = new Map<number, string>();
  let [runs, seconds, found] = [0, 0, null as Find | null];
  const note = (sent: WorkerJob, outcome: JobOutcome<CheckAnswer>): void => {
    const { number, scenario } = jobs.get(sent) as Job;
    runs++;
    const digest = digestOf(outcome);
    const other = digests.get(number) ?? digest;
    digests.set(number, digest);
    const parted = { check: "same digest", detail: `run ${number} gives two digests`, scenario };
    const wrong = findIn(scenario, outcome) ?? (other === digest ? null : parted);
    if (wrong === null || found !== null) return;
    [found, seconds] = [wrong, elapsed()];
    stop();
  };
  await runJobs<WorkerJob, CheckAnswer>([...jobs.keys()], {
    module: worker,
    workers,
    maxRssBytes: (totalMemoryBytes() * MEMORY_SHARE) / workers,
    maxSilenceMs: MAX_SILENCE_MS,
    signal: ending.signal,
    onStart: () => undefined,
    onEnd: note,
  });
  clearTimeout(budget);
  signal.removeEventListener("abort", stop);
  return { found, runs, seconds: found === null ? elapsed() : seconds, digests };
}

function digestOf(outcome: JobOutcome<CheckAnswer>): string {
  return "result" in outcome && "summary" in outcome.result ? outcome.result.summary.digest : "";
}
