import type { FailureSignature, FuzzJob, RunEnding } from "../campaign/index.ts";
import { totalMemoryBytes } from "../platform/node/memory.ts";
import { WorkerSeat } from "../platform/node/worker-pool.ts";
import type { Scenario } from "../scenario/index.ts";
import type { FuzzAnswer, FuzzWorkerJob } from "./fuzz-worker.ts";
import { silenceFor } from "./guarded-run.ts";

/** Part of the machine's memory that all workers together may take. */
const MEMORY_SHARE = 0.8;

/** What watches the workers of a campaign. */
export interface FuzzWatch {
  readonly workers: number;
  /** Processor time in silence after which a worker counts as caught in an endless loop. */
  readonly silenceMs: number;
  /** null: its part of the machine's. */
  readonly memoryBytes: number | null;
  readonly codeVersion: string;
  readonly signal: AbortSignal;
  /** Default: this build's. */
  readonly module?: URL;
}

/** The workers of a campaign: each keeps its process from batch to batch. */
export class FuzzRuns {
  readonly #watch: FuzzWatch;
  readonly #seats: readonly WorkerSeat<FuzzWorkerJob, FuzzAnswer>[];

  constructor(watch: FuzzWatch) {
    this.#watch = watch;
    const { module = new URL("fuzz-worker.js", import.meta.url), signal, silenceMs: maxSilenceMs, workers } = watch;
    const maxRssBytes = watch.memoryBytes ?? (totalMemoryBytes() * MEMORY_SHARE) / workers;
    const seat = () => new WorkerSeat<FuzzWorkerJob, FuzzAnswer>({ module, maxRssBytes, maxSilenceMs, signal });
    this.#seats = Array.from({ length: workers }, seat);
  }

  /**
   * Runs a batch.
   *
   * @param onEnd told each run as it ends, in whatever order; false: no other has to begin
   * @returns the answers in the order of the jobs; null where an interrupt or another's end came first
   */
  async batch(
    jobs: readonly FuzzJob[],
    scenarioOf: (job: FuzzJob) => Scenario,
    onEnd: (job: FuzzJob, scenario: Scenario, answer: FuzzAnswer) => boolean,
  ): Promise<(FuzzAnswer | null)[]> {
    const { codeVersion, signal } = this.#watch;
    const answers = new Array<FuzzAnswer | null>(jobs.length).fill(null);
    let next = 0;
    const serve = async (seat: WorkerSeat<FuzzWorkerJob, FuzzAnswer>): Promise<void> => {
      for (let place = next++; place < jobs.length && !signal.aborted; place = next++) {
        const job = jobs[place] as FuzzJob;
        const scenario = scenarioOf(job);
        const outcome = await seat.run({ scenario, codeVersion, isTwice: job.isTwice });
        if (signal.aborted && "lost" in outcome) return;
        const answer = "result" in outcome ? outcome.result : { ending: outcome, states: [] };
        answers[place] = answer;
        if (!onEnd(job, scenario, answer)) next = jobs.length;
      }
    };
    await Promise.all(this.#seats.map(serve));
    return answers;
  }

  /** Runs one scenario, on the first worker, as shrinking of a failure does. */
  async run(scenario: Scenario, failure: FailureSignature): Promise<RunEnding> {
    const seat = this.#seats[0] as WorkerSeat<FuzzWorkerJob, FuzzAnswer>;
    const isTwice = failure.kind === "nondeterminism";
    const job = { scenario, codeVersion: this.#watch.codeVersion, isTwice };
    const outcome = await seat.run(job, silenceFor(failure));
    return "result" in outcome ? outcome.result.ending : outcome;
  }

  close(): void {
    for (const seat of this.#seats) seat.close();
  }
}
