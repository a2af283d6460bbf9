import type { RunEnding } from "../campaign/index.ts";
import { nodeHasher } from "../platform/node/hasher.ts";
import { RunFolder } from "../platform/node/run-folder.ts";
import { serveJobs } from "../platform/node/worker-process.ts";
import { createRun, type RunOutcome, type RunProgress } from "../runner/index.ts";
import type { Scenario } from "../scenario/index.ts";
import { cryptoBackend } from "./crypto-backends.ts";
import { drive } from "./drive.ts";
import { startMeasuring } from "./measurement.ts";
import { type Recording, startRecording } from "./recording.ts";
import { leaveResults } from "./results.ts";

/** A run of a capsule's scenario, watched from another process. */
export interface CapsuleJob {
  readonly scenario: Scenario;
  readonly codeVersion: string;
  /** Where trace and results go; null: nowhere. */
  readonly folder: string | null;
  /** The command that repeats it. */
  readonly reproduce: string;
}

/** Events at one moment of simulated time beyond which it will not go on. */
const MAX_EVENTS_AT_ONCE = 20_000_000;
const never = new AbortController().signal;

/** Ends a run whose events follow each other without time passing. */
class Stillness {
  #sinceEvents = 0;
  #atUs = -1;

  check({ simulatedUs, events }: RunProgress): void {
    if (simulatedUs !== this.#atUs) [this.#atUs, this.#sinceEvents] = [simulatedUs, events];
    else if (events - this.#sinceEvents > MAX_EVENTS_AT_ONCE) throw new StandstillError(simulatedUs);
  }
}

class StandstillError extends Error {
  constructor(atUs: number) {
    super(`time stands still at ${atUs / 1e6} s`);
  }
}

async function recordingOf({ scenario, codeVersion }: CapsuleJob, folder: RunFolder | null): Promise<Recording> {
  const nothing: Recording = { sink: null, pressure: () => undefined, finish: async () => undefined };
  return folder === null ? nothing : startRecording(folder, scenario, { level: "full", codeVersion });
}

async function runJob(job: CapsuleJob): Promise<RunEnding> {
  const { scenario, codeVersion, reproduce } = job;
  const measure = startMeasuring();
  const folder = job.folder === null ? null : await RunFolder.create(job.folder);
  const recording = await recordingOf(job, folder);
  let reachedUs = 0;
  try {
    const backend = await cryptoBackend("sodium");
    const run = createRun(scenario, {
      backend,
      hasher: nodeHasher,
      trace: recording.sink,
      paranoid: false,
      codeVersion,
    });
    const stillness = new Stillness();
    const between = (progress: RunProgress): Promise<void> | undefined => {
      reachedUs = progress.simulatedUs;
      stillness.check(progress);
      return recording.pressure();
    };
    await drive(run, { signal: never, between });
    const outcome: RunOutcome = run.finish();
    await recording.finish({ ending: "complete", digest: outcome.digest, untilUs: scenario.durationUs });
    const found = { scenario, outcome, measured: measure(), complete: true, reproduce };
    if (folder !== null) await leaveResults(folder, found);
    return outcome.summary;
  } catch (error) {
    await recording.finish({ ending: "interrupted", digest: "", untilUs: reachedUs });
    await folder?.leavePartial(`${JSON.stringify({ scenario: scenario.name, complete: false, codeVersion })}\n`);
    if (error instanceof StandstillError) return { lost: error.message };
    return { bug: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

serveJobs<CapsuleJob, RunEnding>(runJob);
