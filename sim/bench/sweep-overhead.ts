import { checkRuns } from "../cli/check-runs.ts";
import type { Scenario } from "../scenario/index.ts";
import type { Bench, BenchResult } from "./result.ts";
import { interleave, medianOf } from "./rounds.ts";
import { simulate, sodiumBackend } from "./simulate.ts";
import { quickstart } from "./workloads.ts";

const RUNS = 12;
const ROUNDS = 3;
const WORKERS = 2;
/** Of the time of the same runs back to back: half of it would be perfect. */
const MAX_SHARE = 0.75;
const SILENCE_SECONDS = 60;
const RUN_US = 60_000_000;
const never = new AbortController().signal;

/** Short runs of a few tenths of a second each, where the price of a worker is most of all. */
function smallRuns(): Scenario[] {
  const { faults, workload, ...scenario } = quickstart();
  const short = {
    ...scenario,
    durationUs: RUN_US,
    drainUs: 10_000_000,
    faults: faults.filter(({ atUs, forUs }) => atUs + (forUs ?? 0) < RUN_US),
    workload: workload.map((load) => ({ ...load, stopUs: Math.min(load.stopUs, RUN_US) })),
  };
  return Array.from({ length: RUNS }, (_, index) => ({ ...short, seed: String(index + 1) }));
}

/** Wall time of many small runs on two workers, started and all, beside the same runs back to back in one process. */
export const sweepOverhead: Bench = async (name) => {
  const scenarios = smallRuns();
  const backend = await sodiumBackend();
  const jobs = scenarios.map((scenario) => ({ file: "", scenario, reproduce: "" }));
  const digests = new Map<string, string>();
  const workers = async (): Promise<void> => {
    const runs = await checkRuns(jobs, {
      workers: WORKERS,
      silenceSeconds: SILENCE_SECONDS,
      signal: never,
      counted: "",
    });
    for (const { seed, digest } of runs.values()) digests.set(seed, digest);
  };
  const alone = (): void => {
    for (const scenario of scenarios) {
      const { digest } = simulate(scenario, { backend, checkers: true });
      if ((digests.get(scenario.seed) ?? digest) !== digest) throw new Error(`seed ${scenario.seed}: another digest`);
    }
  };
  const rounds = await interleave({ workers, alone }, { rounds: ROUNDS });
  const value = medianOf(rounds, (round) => round.workers.wallSeconds / round.alone.wallSeconds);
  const each = medianOf(rounds, (round) => round.alone.wallSeconds / RUNS);
  const wall = medianOf(rounds, (round) => round.workers.wallSeconds);
  const result: BenchResult = {
    name,
    value,
    unit: "of the wall time of the same runs back to back",
    higherIsBetter: false,
    ratio: { to: "a perfect split over two workers", value: value * WORKERS },
    target: MAX_SHARE,
    met: value <= MAX_SHARE,
    detail: `${RUNS} runs of ${each.toFixed(2)} s, ${wall.toFixed(1)} s on ${WORKERS} workers with their start; same digests`,
  };
  return [result];
};
