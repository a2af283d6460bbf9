import { CoverageWatch } from "../campaign/coverage.ts";
import type { RunEnding } from "../campaign/index.ts";
import { nodeHasher } from "../platform/node/hasher.ts";
import { serveJobs } from "../platform/node/worker-process.ts";
import { createRun, type RunProgress } from "../runner/index.ts";
import type { Scenario } from "../scenario/index.ts";
import { cryptoBackend } from "./crypto-backends.ts";
import { drive } from "./drive.ts";

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

/** Events without time passing after which a run counts as endless. */
const MAX_EVENTS_AT_ONCE = 20_000_000;
/** Slices of the second run, which remembers nothing between nodes: neither may change anything. */
const SECOND_SLICE_EVENTS = 7_777;
const never = new AbortController().signal;

class Endless extends Error {}

/** @returns what ends a run whose events follow each other while time stands still */
function standstillGuard(): (progress: RunProgress) => undefined {
  let [atUs, sinceEvents] = [-1, 0];
  return ({ simulatedUs, events }) => {
    if (simulatedUs !== atUs) [atUs, sinceEvents] = [simulatedUs, events];
    else if (events - sinceEvents > MAX_EVENTS_AT_ONCE) throw new Endless(`time stands still at ${atUs / 1e6} s`);
  };
}

async function runJob({ scenario, codeVersion, isTwice }: FuzzWorkerJob): Promise<FuzzAnswer> {
  const coverage = new CoverageWatch(scenario);
  try {
    const backend = await cryptoBackend("sodium");
    const options = { backend, hasher: nodeHasher, trace: null, paranoid: false, codeVersion };
    const run = createRun(scenario, { ...options, watchers: [coverage] });
    await drive(run, { signal: never, between: standstillGuard() });
    const { summary } = run.finish();
    if (!isTwice) return { ending: summary, states: coverage.states };
    const again = createRun(scenario, { ...options, paranoid: true });
    const check = standstillGuard();
    while (again.advance(SECOND_SLICE_EVENTS)) check(again.progress());
    const { digest } = again.finish();
    const differ = { nondeterminism: `${summary.digest} and ${digest}` };
    return { ending: digest === summary.digest ? summary : differ, states: coverage.states };
  } catch (error) {
    if (error instanceof Endless) return { ending: { lost: error.message }, states: coverage.states };
    const bug = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { ending: { bug }, states: coverage.states };
  }
}

serveJobs<FuzzWorkerJob, FuzzAnswer>(runJob);
