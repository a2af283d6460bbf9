import type { CheckAnswer } from "../../campaign/index.ts";
import type { WorkerJob } from "../../cli/check-worker.ts";
import { totalMemoryBytes } from "../../platform/node/memory.ts";
import { runJobs } from "../../platform/node/worker-pool.ts";
import type { Scenario } from "../../scenario/index.ts";
import { type Find, findIn, type HuntOptions, workerJob } from "./hunt.ts";

const MAX_SILENCE_MS = 10_000;
/** Runs that one failure may cost to shrink. */
const MAX_RUNS = 60;

/** @returns how many things a scenario does to its nodes: faults and adversaries */
export function operationsOf({ faults, adversaries }: Scenario): number {
  return faults.length + adversaries.length;
}

/** @returns the same scenario with one operation less, for each of its operations */
function lessOne(scenario: Scenario): Scenario[] {
  const { faults, adversaries } = scenario;
  return [
    ...faults.map((one) => ({ ...scenario, faults: faults.filter((each) => each !== one) })),
    ...adversaries.map((one) => ({ ...scenario, adversaries: adversaries.filter((each) => each !== one) })),
  ];
}

/** @returns the first of the scenarios that still breaks the same check, null where none does */
async function firstBroken(
  candidates: readonly Scenario[],
  { check, options }: { check: string; options: Pick<HuntOptions, "worker" | "workers" | "signal"> },
): Promise<Find | null> {
  const { worker, workers, signal } = options;
  const ending = new AbortController();
  const finds: Find[] = [];
  const stop = () => ending.abort();
  signal.addEventListener("abort", stop);
  await runJobs<WorkerJob, CheckAnswer>(
    candidates.map((scenario) => workerJob(scenario, false)),
    {
      module: worker,
      workers,
      maxRssBytes: (totalMemoryBytes() * 0.6) / workers,
      maxSilenceMs: MAX_SILENCE_MS,
      signal: ending.signal,
      onStart: () => undefined,
      onEnd: ({ scenario }, outcome) => {
        const find = findIn(scenario, outcome);
        if (find?.check !== check) return;
        finds.push(find);
        stop();
      },
    },
  );
  signal.removeEventListener("abort", stop);
  return finds[0] ?? null;
}

/** Takes operations out of a failing scenario as long as it breaks the same check. @returns the smallest that was found */
export async function shrunk(
  found: Find,
  options: Pick<HuntOptions, "worker" | "workers" | "signal" | "budgetSeconds">,
): Promise<Find> {
  const untilMs = performance.now() + options.budgetSeconds * 1000;
  let smallest = found;
  for (let runs = 0; runs < MAX_RUNS && performance.now() < untilMs && !options.signal.aborted; ) {
    const candidates = lessOne(smallest.scenario);
    runs += candidates.length;
    const smaller = await firstBroken(candidates, { check: found.check, options });
    if (smaller === null) break;
    smallest = smaller;
  }
  return smallest;
}
