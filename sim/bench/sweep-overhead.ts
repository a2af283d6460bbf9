import { checkRuns } from "../cli/check-runs.ts";
import { ownProcess } from "./own-process.ts";
import type { Bench, BenchResult } from "./result.ts";
import { interleave, medianOf } from "./rounds.ts";
import { smallRuns } from "./workloads.ts";

const RUNS = 24;
const ROUNDS = 2;
const WORKERS = 2;
/** Of the time of the same runs back to back: half of it would be perfect. */
const MAX_SHARE = 0.75;
const SILENCE_SECONDS = 60;
const never = new AbortController().signal;

/** Wall time of many small runs on two workers, started and all, beside the same runs back to back in another process. */
export const sweepOverhead: Bench = async (name) => {
  const scenarios = smallRuns(RUNS);
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
  const alone = async (): Promise<void> => {
    const told = await ownProcess<Record<string, string>>("sweep-alone-worker.js", [String(RUNS)]);
    for (const [seed, digest] of Object.entries(told))
      if (digests.get(seed) !== digest) throw new Error(`seed ${seed}: another digest`);
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
