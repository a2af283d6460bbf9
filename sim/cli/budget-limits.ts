import { availableParallelism } from "node:os";
import { totalMemoryBytes } from "../platform/node/memory.ts";
import {
  type Budget,
  estimateBudget,
  estimateMemoryParts,
  estimateTimeParts,
  formatProblem,
  MEMORY_SHARE,
  type PartPlaces,
  type Parts,
  placeOfLargest,
  type Scenario,
  UserError,
} from "../scenario/index.ts";
import { budgetText, duration } from "./wording.ts";

/** A scenario that is to run, with how many seeds, and where its file says how much there is of what. */
export interface PlannedRun {
  readonly scenario: Scenario;
  readonly seeds: number;
  readonly places: () => PartPlaces;
}

/** What runs may take of the machine. */
export interface Limits {
  /** Of all runs together, from the first to the last. */
  readonly timeMs: number;
  /** Of all runs that are made at once. */
  readonly memoryBytes: number;
  /** Of one run, beyond which it is ended. */
  readonly runMemoryBytes: number;
}

const MEBIBYTE = 2 ** 20;

/** @returns what this machine and the flags allow: without a budget any time, without `--memory` a run's part of it all */
export function limitsOf({ timeMs, memory }: { timeMs: number | null; memory?: number | undefined }): Limits {
  return {
    timeMs: timeMs ?? Number.POSITIVE_INFINITY,
    memoryBytes: totalMemoryBytes() * MEMORY_SHARE,
    runMemoryBytes: memory === undefined ? Number.POSITIVE_INFINITY : memory * MEBIBYTE,
  };
}

/** What many runs take together. */
export interface RunsBudget extends Budget {
  readonly runs: number;
  /** Runs that are made at once. */
  readonly atOnce: number;
  /** Cores that are busy with them. */
  readonly cores: number;
  readonly wallSeconds: number;
}

/** @returns what runs take of which `jobs` are made at once; more of them than there are cores do not end sooner */
export function runsBudget(
  planned: readonly PlannedRun[],
  jobs: number,
  { runMemoryBytes }: Pick<Limits, "runMemoryBytes">,
): RunsBudget {
  const budgets = planned.map(({ scenario }) => estimateBudget(scenario));
  const runs = planned.reduce((sum, { seeds }) => sum + seeds, 0);
  const cpuSeconds = budgets.reduce((sum, each, index) => sum + each.cpuSeconds * (planned[index]?.seeds ?? 0), 0);
  const largest = budgets.reduce((most, { memoryBytes }) => Math.max(most, memoryBytes), 0);
  const longest = budgets.reduce((most, each) => Math.max(most, each.cpuSeconds), 0);
  const atOnce = Math.max(1, Math.min(jobs, runs));
  const cores = Math.min(atOnce, availableParallelism());
  const memoryBytes = atOnce * Math.min(largest, runMemoryBytes);
  return { runs, atOnce, cores, memoryBytes, cpuSeconds, wallSeconds: Math.max(longest, cpuSeconds / cores) };
}

/** @returns what many runs will take, and how long they take where several are made at once */
export function runsBudgetText({ runs, atOnce, cores, wallSeconds, ...budget }: RunsBudget): string {
  const rough = duration(Number(wallSeconds.toPrecision(1)));
  const together = cores > 1 ? `, ${rough} with ${atOnce} of ${runs} runs at once` : "";
  return `${budgetText(budget)}${together}`;
}

/** @returns how many runs to make at once where nobody said so: one a core, as far as memory reaches */
export function fittingJobs(planned: readonly PlannedRun[], limits: Limits): number {
  const { memoryBytes } = runsBudget(planned, 1, limits);
  return Math.max(1, Math.min(availableParallelism(), Math.floor(limits.memoryBytes / memoryBytes)));
}

/** @throws UserError with the place of what takes most, when runs would take more memory or time than they may; the user's fault */
export function refuseBeyond(planned: readonly PlannedRun[], jobs: number, limits: Limits): void {
  const budget = runsBudget(planned, jobs, limits);
  if (budget.memoryBytes > limits.memoryBytes) throw new UserError(memoryRefusal(planned, budget, limits));
  if (budget.wallSeconds * 1000 > limits.timeMs) throw new UserError(timeRefusal(planned, budget, limits));
}

function largestBy(planned: readonly PlannedRun[], sizeOf: (scenario: Scenario) => number): PlannedRun {
  return planned.reduce((most, each) => (sizeOf(each.scenario) > sizeOf(most.scenario) ? each : most));
}

function memoryRefusal(planned: readonly PlannedRun[], { atOnce, memoryBytes }: RunsBudget, limits: Limits): string {
  const { scenario, places } = largestBy(planned, (each) => estimateBudget(each).memoryBytes);
  const mebibytes = (bytes: number) => `${Math.round(bytes / MEBIBYTE)} MiB`;
  const fitting = Math.floor((limits.memoryBytes * atOnce) / memoryBytes);
  return formatProblem({
    at: placeOfLargest(places(), estimateMemoryParts(scenario)),
    message: `${atOnce} runs at once would take about ${mebibytes(memoryBytes)} of memory, ${mebibytes(memoryBytes / atOnce)} for one such as this`,
    expected: `a size within ${mebibytes(limits.memoryBytes)}, which is what this machine has to spare: --jobs ${fitting} fits, or fewer nodes, less load or a shorter duration`,
  });
}

/** What makes a part cheaper. */
const ADVICE: Readonly<Record<keyof Parts, string>> = {
  base: "a shorter duration",
  rootchain: "fewer delegates or full nodes, or longer rounds",
  subchains: "fewer operators or full nodes, or longer rounds",
  light: "fewer relayers or light clients",
  devices: "fewer devices, or longer sleep",
  workload: "less load",
};

function timeRefusal(planned: readonly PlannedRun[], budget: RunsBudget, { timeMs }: Limits): string {
  const longest = largestBy(planned, (each) => estimateBudget(each).cpuSeconds);
  const parts = estimateTimeParts(longest.scenario);
  const { base, ...others } = parts;
  const [part = "rootchain"] = (Object.keys(others) as (keyof typeof others)[]).toSorted((a, b) => parts[b] - parts[a]);
  const startsBeyond = ((base * budget.runs) / budget.cores) * 1000 > timeMs;
  const seeds = budget.runs > planned.length ? ", fewer seeds" : "";
  const less =
    budget.runs === 1 ? untilAdvice(longest.scenario, timeMs, parts) : `, a shorter duration${seeds} or fewer runs`;
  const advice = startsBeyond
    ? `a longer one${budget.runs > 1 ? " or fewer runs" : ""}, as any run takes about ${rough(base)} to start`
    : `${ADVICE[part]}${less}`;
  return formatProblem({
    at: placeOfLargest(longest.places(), parts),
    message: timeMessage(budget, estimateBudget(longest.scenario).cpuSeconds, part),
    expected: `a time within ${rough(timeMs / 1000)}, the --time-budget: ${advice}`,
  });
}

function timeMessage({ runs, cores, wallSeconds }: RunsBudget, longest: number, part: keyof Parts): string {
  const largest = `, its largest part for ${part}`;
  const machine = cores === 1 ? "one core" : `${cores} cores`;
  if (runs === 1) return `this run would take about ${rough(wallSeconds)} of ${machine}${largest}`;
  return `these ${runs} runs would take about ${rough(wallSeconds)} of ${machine}, and this one ${rough(longest)}${largest}`;
}

/** @returns up to when a run would fit, where that is long enough for a block */
function untilAdvice({ durationUs, rootchain }: Scenario, timeMs: number, parts: Parts): string {
  const { base, ...others } = parts;
  const perUs = Object.values(others).reduce((sum, seconds) => sum + seconds, 0) / durationUs;
  const fittingUs = (timeMs / 1000 - base) / perUs;
  if (fittingUs < rootchain.roundUs) return " or a shorter duration";
  return `, or a shorter duration such as --until ${Math.floor(fittingUs / 1e6)}s`;
}

function rough(seconds: number): string {
  return duration(Number(seconds.toPrecision(2))).replace(/ 0 (s|min)$/u, "");
}
