import type { CheckAnswer } from "../campaign/index.ts";
import { nodeHasher } from "../platform/node/hasher.ts";
import { serveJobs } from "../platform/node/worker-process.ts";
import { createRun } from "../runner/index.ts";
import type { Scenario } from "../scenario/index.ts";
import { type BackendName, cryptoBackend } from "./crypto-backends.ts";
import { drive } from "./drive.ts";
import { startMeasuring } from "./measurement.ts";

/** What a worker of `check` needs for one run. */
export interface WorkerJob {
  readonly scenario: Scenario;
  readonly backend: BackendName;
  readonly paranoid: boolean;
  readonly codeVersion: string;
}

const never = new AbortController().signal;

serveJobs<WorkerJob, CheckAnswer>(async ({ scenario, backend, paranoid, codeVersion }) => {
  const measure = startMeasuring();
  try {
    const options = { backend: await cryptoBackend(backend), hasher: nodeHasher, trace: null, paranoid, codeVersion };
    const run = createRun(scenario, options);
    await drive(run, { signal: never, between: () => undefined });
    return { summary: run.finish().summary, wallSeconds: measure().wallSeconds };
  } catch (error) {
    return { bug: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
});
