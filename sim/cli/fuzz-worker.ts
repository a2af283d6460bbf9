import { CoverageWatch } from "../campaign/coverage.ts";
import type { RunEnding } from "../campaign/index.ts";
import { serveJobs } from "../platform/node/worker-process.ts";
import type { Scenario } from "../scenario/index.ts";
import { comparedWithAnother, endingOf, guardedRun } from "./guarded-run.ts";

/** One run of a campaign. */
export interface FuzzWorkerJob {
  readonly scenario: Scenario;
  readonly codeVersion: string;
  readonly isTwice: boolean;
}

/** How it ended, and the states that it went through. */
export interface FuzzAnswer {
  readonly ending: RunEnding;
  readonly states: readonly number[];
}

async function runJob({ scenario, codeVersion, isTwice }: FuzzWorkerJob): Promise<FuzzAnswer> {
  const coverage = new CoverageWatch(scenario);
  try {
    const outcome = await guardedRun(scenario, { codeVersion, trace: null, watchers: [coverage] });
    const ending = isTwice ? await comparedWithAnother(scenario, outcome, codeVersion) : outcome.summary;
    return { ending, states: coverage.states };
  } catch (error) {
    return { ending: endingOf(error), states: coverage.states };
  }
}

serveJobs<FuzzWorkerJob, FuzzAnswer>(runJob);
