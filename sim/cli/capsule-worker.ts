import type { RunEnding } from "../campaign/index.ts";
import { RunFolder } from "../platform/node/run-folder.ts";
import { serveJobs } from "../platform/node/worker-process.ts";
import type { RunProgress } from "../runner/index.ts";
import type { Scenario } from "../scenario/index.ts";
import { comparedWithAnother, endingOf, guardedRun } from "./guarded-run.ts";
import { startMeasuring } from "./measurement.ts";
import { type Recording, startRecording } from "./recording.ts";
import { leaveResults } from "./results.ts";

/** A run of a capsule's scenario, watched from another process. */
export interface CapsuleJob {
  readonly scenario: Scenario;
  readonly codeVersion: string;
  /** Whether it runs a second time, to be compared. */
  readonly isTwice: boolean;
  /** Where trace and results go; null: nowhere. */
  readonly folder: string | null;
  /** The command that repeats it. */
  readonly reproduce: string;
}

async function recordingOf({ scenario, codeVersion }: CapsuleJob, folder: RunFolder | null): Promise<Recording> {
  const nothing: Recording = { sink: null, pressure: () => undefined, finish: async () => undefined };
  return folder === null
    ? nothing
    : startRecording(folder, scenario, { level: "full", codeVersion, writesEarly: true });
}

async function runJob(job: CapsuleJob): Promise<RunEnding> {
  const { scenario, codeVersion, reproduce, isTwice } = job;
  const measure = startMeasuring();
  const folder = job.folder === null ? null : await RunFolder.create(job.folder);
  const recording = await recordingOf(job, folder);
  let reachedUs = 0;
  try {
    const between = ({ simulatedUs }: RunProgress): Promise<void> | undefined => {
      reachedUs = simulatedUs;
      return recording.pressure();
    };
    const outcome = await guardedRun(scenario, { codeVersion, trace: recording.sink, between });
    await recording.finish({ ending: "complete", digest: outcome.digest, untilUs: scenario.durationUs });
    const found = { scenario, outcome, measured: measure(), complete: true, reproduce };
    if (folder !== null) await leaveResults(folder, found);
    return isTwice ? await comparedWithAnother(scenario, outcome, codeVersion) : outcome.summary;
  } catch (error) {
    await recording.finish({ ending: "interrupted", digest: "", untilUs: reachedUs });
    await folder?.leavePartial(`${JSON.stringify({ scenario: scenario.name, complete: false, codeVersion })}\n`);
    return endingOf(error);
  }
}

serveJobs<CapsuleJob, RunEnding>(runJob);
