import { type CheckAnswer, type CheckJob, type CheckRun, checkRun } from "../campaign/index.ts";
import { codeVersion } from "../platform/node/code-version.ts";
import { totalMemoryBytes } from "../platform/node/memory.ts";
import { runJobs } from "../platform/node/worker-pool.ts";
import { MEMORY_SHARE, UserError } from "../scenario/index.ts";
import type { WorkerJob } from "./check-worker.ts";

const MEBIBYTE = 2 ** 20;

/** What the flag `--jobs` of every command that makes many runs is described by. */
export const JOBS = "Worker processes; default one a core, as far as memory reaches";

/** How many runs are made at once, and who is told of them. */
export interface CheckRunsOptions extends Partial<Pick<WorkerJob, "backend" | "paranoid">> {
  readonly workers: number;
  /** That a worker may take; default its part of the machine's. */
  readonly memoryMebibytes?: number | undefined;
  /** Processor time without a heartbeat that ends a worker. */
  readonly silenceSeconds: number;
  readonly signal: AbortSignal;
  /** What is counted on a terminal. */
  readonly counted: string;
  readonly onStart?: (job: CheckJob) => void;
  readonly onEnd?: (job: CheckJob, run: CheckRun, answer: CheckAnswer) => void;
}

/** @throws UserError for a number of workers that is none; the user's fault */
export function checkWorkers({ jobs, memory }: { jobs?: number | undefined; memory?: number | undefined }): void {
  if (jobs !== undefined && !(Number.isInteger(jobs) && jobs >= 1))
    throw new UserError(`--jobs ${jobs}: expected 1 or more`);
  if (memory !== undefined && !(Number.isInteger(memory) && memory >= 1)) {
    throw new UserError(`--memory ${memory}: expected a whole number of MiB`);
  }
}

/**
 * Runs scenarios to their ends in worker processes; one that is lost or ends in a bug costs its own run only.
 *
 * @returns the runs that ended, in the order of the jobs; fewer when the signal came first
 */
export async function checkRuns<Job extends CheckJob>(
  jobs: readonly Job[],
  options: CheckRunsOptions,
): Promise<Map<Job, CheckRun>> {
  const { workers, memoryMebibytes, silenceSeconds, signal, counted, onStart, onEnd } = options;
  const { backend = "sodium", paranoid = false } = options;
  const runs = new Map<Job, CheckRun>();
  const version = codeVersion();
  const byWorkerJob = new Map<WorkerJob, Job>(
    jobs.map((job) => [{ scenario: job.scenario, backend, paranoid, codeVersion: version }, job]),
  );
  const jobOf = (workerJob: WorkerJob): Job => byWorkerJob.get(workerJob) as Job;
  await runJobs<WorkerJob, CheckAnswer>([...byWorkerJob.keys()], {
    module: new URL("check-worker.js", import.meta.url),
    workers,
    maxRssBytes:
      memoryMebibytes === undefined ? (totalMemoryBytes() * MEMORY_SHARE) / workers : memoryMebibytes * MEBIBYTE,
    maxSilenceMs: silenceSeconds * 1000,
    signal,
    onStart: (workerJob) => onStart?.(jobOf(workerJob)),
    onEnd: (workerJob, outcome) => {
      const job = jobOf(workerJob);
      const answer = "result" in outcome ? outcome.result : outcome;
      const run = checkRun(job, answer);
      runs.set(job, run);
      onEnd?.(job, run, answer);
      if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${runs.size} of ${jobs.length} ${counted}`);
    },
  });
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
  return new Map(jobs.flatMap((job) => (runs.has(job) ? [[job, runs.get(job) as CheckRun] as const] : [])));
}
