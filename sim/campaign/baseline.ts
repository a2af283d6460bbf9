import type { NamedFigure } from "../runner/summary.ts";
import { UserError } from "../scenario/index.ts";
import type { CheckRun } from "./check-run.ts";

/** Figures of one scenario that later runs are held against. */
export interface Baseline {
  readonly scenario: string;
  /** By figure: how far it may drift, as a part of what it was; of a share, in points. */
  readonly tolerances: Readonly<Record<string, number>>;
  /** By seed, then by figure. */
  readonly seeds: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** What a new baseline holds of a run's figures; a file that has others keeps them. */
const CORE_FIGURES: readonly string[] = [
  "blockInterval.p50",
  "blockInterval.p99",
  "finality.p50",
  "finality.p99",
  "height",
  "messages",
  "throughput",
  "transfers.delivered",
  "transfers.latency.p50",
  "transfers.latency.p99",
  "undone",
  "viewChanges",
];

/** How far a figure may drift by its unit, unless the file says otherwise. */
const TOLERANCES: Readonly<Record<string, number>> = {
  s: 0.1,
  share: 0.01,
  count: 0.05,
  B: 0.05,
  IOTX: 0.01,
  "1/s": 0.05,
};

type Judgement = { readonly verdict: "pass" | "fail" | "inconclusive"; readonly detail: string };

/** @returns a figure without the last bits of its binary fraction */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}

function isNumbers(value: unknown): value is Record<string, number> {
  return typeof value === "object" && value !== null && Object.values(value).every((each) => Number.isFinite(each));
}

function parsed(text: string): Partial<Record<keyof Baseline, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" ? value : null;
  } catch {
    return null; // The caller knows the file's name, and says it.
  }
}

/**
 * Reads a baseline file.
 *
 * @param name of the file, for messages
 * @throws UserError when it is none; the user's fault
 */
export function readBaseline(text: string, name: string): Baseline {
  const refuse = (what: string): never => {
    throw new UserError(`${name}: ${what}; write it anew with --update-baseline`);
  };
  const { scenario, tolerances, seeds } = parsed(text) ?? refuse("no JSON object");
  if (typeof scenario !== "string") return refuse("expected the name of a scenario under scenario");
  if (!isNumbers(tolerances)) return refuse("expected a number for each figure under tolerances");
  const isWhole = typeof seeds === "object" && seeds !== null && Object.values(seeds).every(isNumbers);
  if (!isWhole) return refuse("expected figures for each seed under seeds");
  return { scenario, tolerances, seeds: seeds as Baseline["seeds"] };
}

/** @returns the baseline as it is committed: keys in order, a line each */
export function writeBaseline({ scenario, tolerances, seeds }: Baseline): string {
  const sorted = <T>(of: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(of).sort(([a], [b]) => (a < b ? -1 : 1)));
  const bySeed = Object.fromEntries(Object.entries(sorted(seeds)).map(([seed, figures]) => [seed, sorted(figures)]));
  return `${JSON.stringify({ scenario, tolerances: sorted(tolerances), seeds: bySeed }, null, 2)}\n`;
}

/** @returns the baseline with the figures of runs of its scenario in it; tolerances that it has are kept */
export function updatedBaseline(before: Baseline | null, runs: readonly CheckRun[]): Baseline {
  const [first] = runs;
  const tolerances: Record<string, number> = { ...before?.tolerances };
  const seeds: Record<string, Readonly<Record<string, number>>> = { ...before?.seeds };
  for (const { seed, figures } of runs) {
    const wanted = figures.filter(({ name }) => (before === null ? CORE_FIGURES.includes(name) : name in tolerances));
    for (const { name, unit } of wanted) tolerances[name] ??= TOLERANCES[unit] ?? 0;
    seeds[seed] = Object.fromEntries(wanted.map(({ name, value }) => [name, rounded(value)]));
  }
  return { scenario: first?.scenario ?? before?.scenario ?? "", tolerances, seeds };
}

function driftOf(name: string, old: number, of: { figures: readonly NamedFigure[]; tolerance: number }): string | null {
  const figure = of.figures.find((each) => each.name === name);
  if (figure === undefined) return `${name}: no longer measured, was ${old}`;
  const { value, unit } = figure;
  const scale = unit === "share" || old === 0 ? 1 : Math.abs(old);
  if (Math.abs(rounded(value) - old) <= of.tolerance * scale) return null;
  const tolerated = unit === "share" || old === 0 ? `${of.tolerance}` : `${rounded(of.tolerance * 100)} %`;
  return `${name}: ${rounded(value)} ${unit}, was ${old} ${unit}, tolerated ± ${tolerated}`;
}

function judge({ seed, figures }: CheckRun, baseline: Baseline | null): Judgement {
  const expected = baseline?.seeds[seed];
  if (baseline === null || expected === undefined) return { verdict: "inconclusive", detail: "no baseline" };
  const drifts = Object.entries(expected)
    .map(([name, old]) => driftOf(name, old, { figures, tolerance: baseline.tolerances[name] ?? 0 }))
    .filter((each) => each !== null);
  return drifts.length === 0 ? { verdict: "pass", detail: "" } : { verdict: "fail", detail: drifts.join("; ") };
}

/** Holds a run that ended against its baseline. @returns the run, failed where a figure has drifted, open where there is none */
export function heldAgainst(run: CheckRun, baseline: Baseline | null): CheckRun {
  if (run.verdict === "error" || run.verdict === "lost") return run;
  const { verdict, detail } = judge(run, baseline);
  if (verdict === "pass") return run;
  const details = [run.detail, detail].filter((each) => each !== "").join("; ");
  const isWorse = run.verdict === "pass" || verdict === "fail";
  return { ...run, verdict: isWorse ? verdict : run.verdict, detail: details };
}
