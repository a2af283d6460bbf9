import { type ChildProcess, fork } from "node:child_process";
import { MemoryWatch, residentBytes } from "./memory-watch.ts";
import { SilenceWatch } from "./silence-watch.ts";

/** What a worker tells its pool. */
export type WorkerMessage<Result> =
  | { readonly kind: "alive"; readonly rssBytes: number }
  | { readonly kind: "result"; readonly result: Result };

/** A job's end: its result, or why its worker was lost. */
export type JobOutcome<Result> = { readonly result: Result } | { readonly lost: string };

/** How a worker is started and watched. */
export interface SeatOptions {
  readonly module: URL;
  /** Resident memory beyond which a worker is ended. */
  readonly maxRssBytes: number;
  /** Processor time without a sign of life after which a worker is ended. */
  readonly maxSilenceMs: number;
  readonly signal: AbortSignal;
}

/** How workers are started, watched and told of. */
export interface PoolOptions<Job, Result> extends SeatOptions {
  readonly workers: number;
  /** Called before the job leaves for a worker. */
  readonly onStart: (job: Job) => void;
  readonly onEnd: (job: Job, outcome: JobOutcome<Result>) => void;
}

/**
 * Runs jobs on child processes: threads would share one heap, and running out of memory ends a whole process. A worker that
 * dies, falls silent or grows beyond its bound costs its own job only, and another takes its place.
 */
export async function runJobs<Job, Result>(jobs: readonly Job[], options: PoolOptions<Job, Result>): Promise<void> {
  const queue = [...jobs];
  const slots = Array.from({ length: Math.min(options.workers, jobs.length) }, () => serveSlot(queue, options));
  await Promise.all(slots);
}

async function serveSlot<Job, Result>(queue: Job[], options: PoolOptions<Job, Result>): Promise<void> {
  const seat = new WorkerSeat<Job, Result>(options);
  for (let job = queue.shift(); job !== undefined && !options.signal.aborted; job = queue.shift()) {
    options.onStart(job);
    const outcome = await seat.run(job);
    if (!options.signal.aborted) options.onEnd(job, outcome);
  }
  seat.close();
}

/** One worker at a time, for jobs that come one after the other; another takes the place of one that is lost. */
export class WorkerSeat<Job, Result> {
  readonly #options: SeatOptions;
  #worker: ChildProcess | null = null;

  constructor(options: SeatOptions) {
    this.#options = options;
  }

  /** @param maxSilenceMs for this job alone; default its own */
  run(job: Job, maxSilenceMs = this.#options.maxSilenceMs): Promise<JobOutcome<Result>> {
    if (this.#options.signal.aborted) return Promise.resolve({ lost: "interrupted" });
    if (this.#worker?.connected !== true) this.#worker = startWorker(this.#options);
    return runJob(this.#worker, job, { ...this.#options, maxSilenceMs });
  }

  close(): void {
    this.#worker?.kill("SIGKILL");
  }
}

/** Part of the resident limit at which the heap ends. */
const HEAP_SHARE = 0.75;
/** So close to it a process that says nothing collects garbage over and over, and not a loop of its own is what it is stuck in. */
const CHOKING_SHARE = 0.9 * HEAP_SHARE;

const memoryText = (bytes: number): string => `took ${Math.round(bytes / 2 ** 20)} MiB of memory`;

/** The heap limit lies below the resident one, so that a worker collects garbage before it is ended. */
function startWorker({ module, maxRssBytes }: SeatOptions): ChildProcess {
  const heapMebibytes = Math.floor((maxRssBytes * HEAP_SHARE) / 2 ** 20);
  return fork(module, {
    execArgv: [`--max-old-space-size=${heapMebibytes}`],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
}

function runJob<Job, Result>(worker: ChildProcess, job: Job, options: SeatOptions): Promise<JobOutcome<Result>> {
  return new Promise((resolve) => {
    let ending: string | null = null;
    const end = (reason: string): void => {
      ending ??= reason;
      worker.kill("SIGKILL");
    };
    const pid = worker.pid ?? 0;
    const silence = new SilenceWatch(pid, options.maxSilenceMs, () => {
      const bytes = residentBytes(pid) ?? 0;
      if (bytes > CHOKING_SHARE * options.maxRssBytes) end(memoryText(bytes));
      else end(`no sign of life for ${options.maxSilenceMs / 1000} s of its own time`);
    });
    const memory = new MemoryWatch(pid, options.maxRssBytes, (bytes) => end(memoryText(bytes)));
    const onAbort = (): void => end("interrupted");
    const finish = (outcome: JobOutcome<Result>): void => {
      silence.close();
      memory.close();
      options.signal.removeEventListener("abort", onAbort);
      worker.removeAllListeners();
      resolve(outcome);
    };
    options.signal.addEventListener("abort", onAbort);
    worker.on("message", (message: WorkerMessage<Result>) => {
      silence.heard();
      if (message.kind === "result") finish({ result: message.result });
      else if (message.rssBytes > options.maxRssBytes) end(memoryText(message.rssBytes));
    });
    worker.on("error", (error) => finish({ lost: ending ?? error.message }));
    worker.on("exit", (code, signal) => finish({ lost: ending ?? `its process ended (${signal ?? `code ${code}`})` }));
    // A worker that died before it read its job has an end of its own to tell.
    worker.send(job as object, (error) => error && worker.kill("SIGKILL"));
  });
}
