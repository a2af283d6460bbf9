import {
  type FailureSignature,
  failureKey,
  failureOf,
  generate,
  makeCapsule,
  type ShrinkResult,
  shrink,
} from "../campaign/index.ts";
import { CapsuleRuns } from "../cli/capsule-runs.ts";
import { BUGS, OTHERS } from "./mutants/bugs.ts";
import type { Mutant } from "./mutants/mutant.ts";
import { plant } from "./mutants/planting.ts";
import type { Bench, BenchResult } from "./result.ts";

/** Failures of each planted bug that are shrunk. */
const FAILURES = 2;
/** Drawn scenarios in which they are looked for. */
const MAX_SEEDS = 60;
const MAX_SECONDS = 60;
const MAX_OPERATIONS = 10;
const TWICE: FailureSignature = { kind: "nondeterminism", what: "", where: "" };
/** Part of the failures that have to get so small. */
const TARGET = 0.9;

/** Plants bugs, lets drawn scenarios meet them, and shrinks what fails: a line a failure, and the part that got small. */
export const shrinking: Bench = async (name) => {
  const lines: BenchResult[] = [];
  const mutants = [...BUGS, ...OTHERS];
  for (const mutant of mutants) lines.push(...(await shrinkFailuresOf(name, mutant)));
  const small = lines.filter(({ met }) => met).length;
  const value = lines.length === 0 ? 0 : small / lines.length;
  const total: BenchResult = {
    name,
    value,
    unit: "part",
    higherIsBetter: true,
    ratio: null,
    target: TARGET,
    met: value >= TARGET,
    detail: `${small} of ${lines.length} failures of ${mutants.length} planted bugs at ${MAX_OPERATIONS} operations or fewer within ${MAX_SECONDS} s`,
  };
  return [total, ...lines];
};

async function shrinkFailuresOf(bench: string, mutant: Mutant): Promise<BenchResult[]> {
  const build = plant(mutant);
  const runs = new CapsuleRuns(mutant.id, new AbortController().signal, { module: build.worker("capsule-worker") });
  const lines: BenchResult[] = [];
  try {
    for (let seed = 1; seed <= MAX_SEEDS && lines.length < FAILURES; seed++) {
      const line = await shrinkSeed(`${bench}-${mutant.id}-${seed}`, String(seed), runs);
      if (line !== null) lines.push(line);
    }
  } finally {
    runs.close();
    build.remove();
  }
  return lines;
}

/** @returns null where the drawn scenario does not fail */
async function shrinkSeed(name: string, seed: string, runs: CapsuleRuns): Promise<BenchResult | null> {
  const scenario = generate("swarm", seed);
  // What two runs differ in is looked for from the start.
  const ending = await runs.run({ scenario, expected: { failure: TWICE } });
  const failure = failureOf(ending);
  if (failure === null) return null;
  const digest = "digest" in ending ? ending.digest : "";
  const capsule = makeCapsule({ scenario, codeVersion: "", origin: "", expected: { digest, failure } });
  const startMs = performance.now();
  const isOver = () => performance.now() - startMs > MAX_SECONDS * 1000;
  const result = await shrink(capsule, runs.executeFor(capsule), { isOver });
  return lineOf(name, result, (performance.now() - startMs) / 1000);
}

function lineOf(name: string, { capsule, before, after, runs, finished }: ShrinkResult, seconds: number): BenchResult {
  const size = ({ operations, nodes, seconds: length }: typeof before) =>
    `${operations} operations, ${nodes} nodes, ${length.toFixed(1)} s`;
  const ended = finished ? "nothing more can go" : "time was over";
  return {
    name,
    value: after.operations,
    unit: "operations",
    higherIsBetter: false,
    ratio: null,
    target: MAX_OPERATIONS,
    met: after.operations <= MAX_OPERATIONS,
    detail: `${size(before)} → ${size(after)}; ${runs} runs in ${seconds.toFixed(1)} s, ${ended}; ${failureKey(capsule.expected.failure)}`,
  };
}
