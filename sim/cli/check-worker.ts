import type { CheckAnswer } from "../campaign/index.ts";
import { serveJobs } from "../platform/node/worker-process.ts";
import type { Scenario } from "../scenario/index.ts";
import { type BackendName, cryptoBackend } from "./crypto-backends.ts";
import { endingOf, guardedRun } from "./guarded-run.ts";
import { startMeasuring } from "./measurement.ts";

/** What a worker of `check` needs for one run. */
export interface WorkerJob {
  readonly scenario: Scenario;
  readonly backend: BackendName;
  readonly paranoid: boolean;
  readonly codeVersion: string;
}

serveJobs<WorkerJob, CheckAnswer>(async ({ scenario, backend, paranoid, codeVersion }) => {
  const measure = startMeasuring();
  try {
    const options = { backend: await cryptoBackend(backend), paranoid, codeVersion };
    const { summary } = await guardedRun(scenario, options);
    return { summary, wallSeconds: measure().wallSeconds };
  } catch (error) {
    return endingOf(error);
  }
});
