import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import {
  type CheckAnswer,
  type CheckJob,
  checkRun,
  isSound,
  parseSeeds,
  type SwarmRun,
  swarmScenario,
  swarmTable,
} from "../campaign/index.ts";
import { codeVersion } from "../platform/node/code-version.ts";
import { INTERRUPTED_EXIT_CODE, interruptible } from "../platform/node/interrupt.ts";
import { totalMemoryBytes } from "../platform/node/memory.ts";
import { runJobs } from "../platform/node/worker-pool.ts";
import { UserError } from "../scenario/index.ts";
import type { WorkerJob } from "./check-worker.ts";
import { ExitCode } from "./exit-code.ts";

const MAX_SILENCE_MS = 60_000;
/** Part of the machine's memory that all workers together may take. */
const MEMORY_SHARE = 0.8;

/** Runs the swarm of some seeds; prints each run that went wrong at once, and the table at the end. */
async function main(): Promise<void> {
  const { seeds, workers } = readFlags();
  const jobs = seeds.map((seed): CheckJob => {
    return { file: "swarm", scenario: swarmScenario(seed), reproduce: `npm run campaign -- --seeds ${seed} --jobs 1` };
  });
  const runs = await interruptible((signal) => runAll(jobs, workers, signal));
  showProgress("");
  console.log(swarmTable(runs));
  if (runs.length < jobs.length) process.exitCode = INTERRUPTED_EXIT_CODE;
  else process.exitCode = runs.every(isSound) ? ExitCode.held : ExitCode.failed;
}

/** @throws UserError for flags of another kind */
function readFlags(): { seeds: string[]; workers: number } {
  const options = { seeds: { type: "string" }, jobs: { type: "string" } } as const;
  const { values } = parseArgs({ options, strict: false });
  const { seeds = "1..2000", jobs = availableParallelism() } = values;
  const unknown = Object.keys(values).find((name) => !(name in options));
  const workers = Number(jobs);
  if (unknown !== undefined || !Number.isInteger(workers) || workers < 1) {
    throw new UserError(`${unknown ?? "jobs"}: expected flags such as --seeds 1..2000 --jobs 2`);
  }
  return { seeds: parseSeeds(String(seeds)), workers };
}

function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

async function runAll(jobs: readonly CheckJob[], workers: number, signal: AbortSignal): Promise<SwarmRun[]> {
  const runs: SwarmRun[] = [];
  const shared = { backend: "sodium", paranoid: false, codeVersion: codeVersion() } as const;
  const byWorkerJob = new Map<WorkerJob, CheckJob>(jobs.map((job) => [{ scenario: job.scenario, ...shared }, job]));
  await runJobs<WorkerJob, CheckAnswer>([...byWorkerJob.keys()], {
    module: new URL("check-worker.js", import.meta.url),
    workers,
    maxRssBytes: (totalMemoryBytes() * MEMORY_SHARE) / workers,
    maxSilenceMs: MAX_SILENCE_MS,
    signal,
    onStart: () => undefined,
    onEnd: (workerJob, outcome) => {
      const answer = "result" in outcome ? outcome.result : outcome;
      const run = checkRun(byWorkerJob.get(workerJob) as CheckJob, answer);
      const ended = { run, summary: "summary" in answer ? answer.summary : null };
      runs.push(ended);
      showProgress("");
      if (!isSound(ended)) console.log(`seed ${run.seed}: ${run.verdict}: ${run.detail}\nREPRO: ${run.reproduce}`);
      showProgress(`${runs.length} of ${jobs.length} runs`);
    },
  });
  return runs;
}

try {
  await main();
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(error.message);
  process.exitCode = ExitCode.wrongInput;
}
