import { assert, assertNever } from "../../protocol/core/assert.ts";
import { SECOND_US } from "../../protocol/core/units.ts";
import type { CheckerReport } from "../checkers/checker.ts";
import { type Expectation, METRICS, type Metric, type Operator } from "../scenario/expectation.ts";
import type { OrderOutcome } from "../workload/load-figures.ts";
import type { RunFigures } from "./run-figures.ts";
import { percentile } from "./samples.ts";
import { Spans, type Window } from "./spans.ts";
import type { ExpectationResult, Verdict } from "./summary.ts";

/** All that expectations are held against. */
export interface Findings {
  readonly figures: RunFigures;
  readonly reports: readonly CheckerReport[];
  readonly windows: readonly Window[];
  /** Delivered. */
  readonly messages: number;
  /** Started before the drain, −1 where not final yet. */
  readonly transfers: readonly OrderOutcome[];
  /** Delegates that evidence or forensics prove guilty, Byzantine ones only. */
  readonly culprits: readonly string[];
}

interface Figure {
  /** Null without samples. */
  readonly value: number | null;
  readonly samples: number;
}

type Comparison = Extract<Expectation, { kind: "comparison" }>;

function quantile(spans: Spans, percent: number, without: readonly Window[]): Figure {
  const lengths = spans.lengths(without);
  return { value: percentile(lengths, percent), samples: lengths.length };
}

function count(value: number): Figure {
  return { value, samples: 1 };
}

/** @returns the time from start to finality of the transfers that became final */
export function transferSpans(transfers: Findings["transfers"]): Spans {
  const spans = new Spans();
  for (const { startedUs, finalUs } of transfers) if (finalUs >= 0) spans.push(startedUs, finalUs);
  return spans;
}

function deliveredShare({ transfers }: Findings): Figure {
  const delivered = transfers.filter(({ finalUs }) => finalUs >= 0).length;
  return { value: transfers.length === 0 ? null : delivered / transfers.length, samples: transfers.length };
}

const PERCENTS: Readonly<Record<string, number>> = { p50: 50, p99: 99, max: 100 };

function figureOf(metric: Metric, findings: Findings, without: readonly Window[]): Figure {
  const [figures] = findings.figures.chains;
  assert(figures !== undefined, "there is a rootchain");
  const percent = PERCENTS[metric.slice(metric.lastIndexOf(".") + 1)] ?? 0;
  switch (metric) {
    case "finality.p50":
    case "finality.p99":
    case "finality.max":
      return quantile(figures.finality, percent, without);
    case "blockInterval.p50":
    case "blockInterval.p99":
    case "blockInterval.max":
      return quantile(figures.intervals, percent, without);
    case "transfers.latency.p50":
    case "transfers.latency.p99":
      return quantile(transferSpans(findings.transfers), percent, without);
    case "transfers.delivered":
      return deliveredShare(findings);
    case "transfers.started":
      return count(findings.transfers.length);
    case "height":
      return count(figures.height);
    case "viewChanges":
      return count(figures.viewChanges);
    case "transactions":
      return count(figures.transactions);
    case "culprits":
      return count(findings.culprits.length);
    case "messages":
      return count(findings.messages);
    default:
      return assertNever(metric);
  }
}

function holds(value: number, operator: Operator, bound: number): boolean {
  switch (operator) {
    case "<":
      return value < bound;
    case "<=":
      return value <= bound;
    case "=":
      return value === bound;
    case ">=":
      return value >= bound;
    case ">":
      return value > bound;
  }
}

/** @returns the figure in the unit that people read it in */
function shown(metric: Metric, value: number): string {
  switch (METRICS[metric].unit) {
    case "time":
      return `${value / SECOND_US} s`;
    case "share":
      return `${Math.round(value * 10_000) / 100} %`;
    case "count":
      return `${value}`;
  }
}

function compare(expectation: Comparison, findings: Findings): ExpectationResult {
  const { name, metric, operator, value: bound, outsideFaults } = expectation;
  const { value, samples } = figureOf(metric, findings, outsideFaults ? findings.windows : []);
  if (value === null) return { name, verdict: "inconclusive", samples: 0, detail: "no samples" };
  const verdict = holds(value, operator, bound) ? "pass" : "fail";
  const detail = `${metric} is ${shown(metric, value)}, expected ${operator} ${shown(metric, bound)}`;
  return { name, verdict, samples, detail };
}

function reportsOf(findings: Findings, wanted: (report: CheckerReport) => boolean): CheckerReport[] {
  return findings.reports.filter(wanted);
}

/** Safety is what every checker but liveness watches. */
function judgeSafety(name: string, findings: Findings): ExpectationResult {
  const reports = reportsOf(findings, ({ invariant }) => invariant !== "liveness");
  const broken = reports.filter(({ violationCount }) => violationCount > 0);
  const samples = reports.reduce((sum, report) => sum + report.samples, 0);
  const idle = reports.filter((report) => report.samples === 0 && report.note === "");
  if (broken.length > 0) {
    const detail = broken.map(({ invariant, violationCount }) => `${invariant} (${violationCount})`).join(", ");
    return { name, verdict: "fail", samples, detail: `broken: ${detail}` };
  }
  if (idle.length > 0 || samples === 0) {
    const detail = `nothing judged by: ${idle.map(({ invariant }) => invariant).join(", ")}`;
    return { name, verdict: "inconclusive", samples, detail };
  }
  const notes = reports.filter(({ note }) => note !== "").map(({ invariant, note }) => `; ${invariant}: ${note}`);
  return { name, verdict: "pass", samples, detail: `${reports.length} invariants hold${notes.join("")}` };
}

function judgeLiveness(name: string, findings: Findings): ExpectationResult {
  const [report] = reportsOf(findings, ({ invariant }) => invariant === "liveness");
  const samples = report?.samples ?? 0;
  if (report === undefined || samples === 0) {
    return { name, verdict: "inconclusive", samples, detail: report?.note || "nothing to judge" };
  }
  const verdict = report.violationCount > 0 ? "fail" : "pass";
  const detail = report.violations[0]?.detail ?? "every deadline was met";
  return { name, verdict, samples, detail };
}

function judgeViolation(
  expectation: Extract<Expectation, { kind: "violation" }>,
  findings: Findings,
): ExpectationResult {
  const { name, invariant, minimumCulprits } = expectation;
  const [report] = reportsOf(findings, (each) => each.invariant === invariant);
  const samples = report?.violationCount ?? 0;
  const framed = reportsOf(findings, (each) => each.invariant === "evidence" && each.violationCount > 0);
  if (framed.length > 0) return { name, verdict: "fail", samples, detail: "evidence names an honest node" };
  if (samples === 0) return { name, verdict: "fail", samples, detail: `${invariant} was not broken` };
  const { culprits } = findings;
  const verdict: Verdict = culprits.length >= minimumCulprits ? "pass" : "fail";
  const named = culprits.length === 0 ? "nobody is proven guilty" : `proven guilty: ${culprits.join(", ")}`;
  const detail = `${invariant} broken ${samples} times; ${named} (at least ${minimumCulprits} expected)`;
  return { name, verdict, samples, detail };
}

/** Holds a run against one line of `expect:`. */
export function judgeExpectation(expectation: Expectation, findings: Findings): ExpectationResult {
  switch (expectation.kind) {
    case "safety":
      return judgeSafety(expectation.name, findings);
    case "liveness":
      return judgeLiveness(expectation.name, findings);
    case "comparison":
      return compare(expectation, findings);
    case "violation":
      return judgeViolation(expectation, findings);
    default:
      return assertNever(expectation);
  }
}

/** A failure outweighs what is inconclusive, which outweighs what passed. */
export function overall(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes("fail")) return "fail";
  return verdicts.includes("inconclusive") ? "inconclusive" : "pass";
}
