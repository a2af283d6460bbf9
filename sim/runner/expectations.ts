import { assertNever } from "../../protocol/core/assert.ts";
import { SECOND_US } from "../../protocol/core/units.ts";
import type { CheckerReport } from "../checkers/checker.ts";
import { type Expectation, METRICS, type Metric, type Operator } from "../scenario/expectation.ts";
import { figureOf } from "./figure-of.ts";
import type { Findings } from "./findings.ts";
import type { ExpectationResult, Verdict } from "./summary.ts";

type Comparison = Extract<Expectation, { kind: "comparison" }>;

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

/** @returns a figure without the last bits of its binary fraction */
function rounded(value: number): number {
  return Number(value.toPrecision(9));
}

/** @returns the figure in the unit that people read it in */
function shown(metric: Metric, value: number): string {
  switch (METRICS[metric].unit) {
    case "time":
      return `${value / SECOND_US} s`;
    case "share":
      return `${Math.round(value * 10_000) / 100} %`;
    case "count":
      return `${rounded(value)}`;
    case "size":
      return `${rounded(value)} B`;
    case "amount":
      return `${rounded(value)} IOTX`;
    case "rate":
      return `${rounded(value)} /s`;
    case "energy":
      return `${rounded(value)} J`;
  }
}

/** @returns what a figure is compared with, and in words where it comes from; null where that figure has no samples */
function boundOf({ metric, value, reference, outsideFaults }: Comparison, findings: Findings): [number | null, string] {
  if (reference === undefined) return [value, shown(metric, value)];
  const other = figureOf(reference.metric, reference.subject, findings, outsideFaults ? findings.windows : []);
  if (other.value === null) return [null, ""];
  const part = value === 1 ? "" : `${Math.round(value * 10_000) / 100} % of `;
  return [value * other.value, `${part}${reference.name}, which is ${shown(metric, other.value)}`];
}

function compare(expectation: Comparison, findings: Findings): ExpectationResult {
  const { name, metric, subject, operator, outsideFaults } = expectation;
  const { value, samples } = figureOf(metric, subject, findings, outsideFaults ? findings.windows : []);
  const [bound, source] = boundOf(expectation, findings);
  if (value === null || bound === null) return { name, verdict: "inconclusive", samples: 0, detail: "no samples" };
  const verdict = holds(value, operator, bound) ? "pass" : "fail";
  const detail = `${subject === "" ? "" : `${subject} `}${metric} is ${shown(metric, value)}, expected ${operator} ${source}`;
  return { name, verdict, samples, detail };
}

function reportsOf(findings: Findings, wanted: (report: CheckerReport) => boolean): CheckerReport[] {
  return findings.reports.filter(wanted);
}

/** Safety is what every checker but liveness watches, on every chain of which anything is promised. */
function judgeSafety(name: string, findings: Findings): ExpectationResult {
  const isPromised = ({ chain }: CheckerReport) => findings.unpromised?.has(chain) !== true;
  const reports = reportsOf(findings, (report) => report.invariant !== "liveness" && isPromised(report));
  const broken = reports.filter(({ violationCount }) => violationCount > 0);
  const samples = reports.reduce((sum, report) => sum + report.samples, 0);
  const idle = reports.filter((report) => report.samples === 0 && report.note === "");
  if (broken.length > 0) {
    const detail = broken.map((report) => `${whereOf(report)} (${report.violationCount})`).join(", ");
    return { name, verdict: "fail", samples, detail: `broken: ${detail}` };
  }
  if (idle.length > 0 || samples === 0) {
    const detail = `nothing judged by: ${idle.map(whereOf).join(", ")}`;
    return { name, verdict: "inconclusive", samples, detail };
  }
  const notes = reports.filter(({ note }) => note !== "").map(({ invariant, note }) => `; ${invariant}: ${note}`);
  const invariants = new Set(reports.map(({ invariant }) => invariant)).size;
  const chains = new Set(reports.map(({ chain }) => chain).filter((chain) => chain !== "")).size;
  const hold = `${invariants} invariants hold${chains > 1 ? ` on ${chains} chains` : ""}`;
  // Chains often have the same to say: once is enough.
  return { name, verdict: "pass", samples, detail: hold + [...new Set(notes)].join("") };
}

function whereOf({ invariant, chain }: CheckerReport): string {
  return chain === "" || chain === "root" ? invariant : `${chain}.${invariant}`;
}

function judgeLiveness(name: string, findings: Findings): ExpectationResult {
  const reports = reportsOf(findings, ({ invariant }) => invariant === "liveness");
  const samples = reports.reduce((sum, report) => sum + report.samples, 0);
  if (samples === 0) {
    return { name, verdict: "inconclusive", samples, detail: reports[0]?.note || "nothing to judge" };
  }
  const late = reports.find(({ violationCount }) => violationCount > 0);
  if (late === undefined) {
    const note = reports[0]?.note ?? "";
    return { name, verdict: "pass", samples, detail: `every deadline was met${note === "" ? "" : `; ${note}`}` };
  }
  const where = late.chain === "root" ? "" : `${late.chain}: `;
  return { name, verdict: "fail", samples, detail: `${where}${late.violations[0]?.detail ?? ""}` };
}

function judgeViolation(
  expectation: Extract<Expectation, { kind: "violation" }>,
  findings: Findings,
): ExpectationResult {
  const { name, chain, invariant, minimumCulprits } = expectation;
  const about = (each: CheckerReport) => each.invariant === invariant && (chain === "" || each.chain === chain);
  const samples = reportsOf(findings, about).reduce((sum, report) => sum + report.violationCount, 0);
  const framed = reportsOf(findings, (each) => each.invariant === "evidence" && each.violationCount > 0);
  if (framed.length > 0) return { name, verdict: "fail", samples, detail: "evidence names an honest node" };
  if (samples === 0) return { name, verdict: "fail", samples, detail: `${invariant} was not broken` };
  const culprits = findings.culprits.filter((each) => chain === "" || each.chain === chain);
  const verdict: Verdict = culprits.length >= minimumCulprits ? "pass" : "fail";
  const named =
    culprits.length === 0
      ? "nobody is proven guilty"
      : `proven guilty: ${culprits.map((each) => each.name).join(", ")}`;
  const detail = `${invariant} broken ${samples} times; ${named} (at least ${minimumCulprits} expected)`;
  return { name, verdict, samples, detail };
}

function judgeAccountability(
  { name, minimumCulprits }: Extract<Expectation, { kind: "accountability" }>,
  findings: Findings,
): ExpectationResult {
  const evidence = reportsOf(findings, ({ invariant }) => invariant === "evidence");
  const forks = reportsOf(findings, ({ invariant, violationCount }) => invariant === "agreement" && violationCount > 0);
  const samples = reportsOf(findings, () => true).reduce((sum, report) => sum + report.samples, 0);
  if (evidence.some(({ violationCount }) => violationCount > 0)) {
    return { name, verdict: "fail", samples, detail: "evidence names an honest node" };
  }
  const short = forks.find(({ chain }) => culpritsOn(chain, findings) < minimumCulprits);
  if (short !== undefined) {
    const detail = `${culpritsOn(short.chain, findings)} proven guilty of a fork, at least ${minimumCulprits} expected`;
    return { name, verdict: "fail", samples, detail };
  }
  const detail = forks.length === 0 ? "nothing forked" : "those who forked it are named";
  return { name, verdict: samples === 0 ? "inconclusive" : "pass", samples, detail };
}

function culpritsOn(chain: string, { culprits }: Findings): number {
  return culprits.filter((each) => each.chain === chain).length;
}

/** Holds a run against one line of `expect:`. */
export function judgeExpectation(expectation: Expectation, findings: Findings): ExpectationResult {
  switch (expectation.kind) {
    case "safety":
      return judgeSafety(expectation.name, findings);
    case "accountability":
      return judgeAccountability(expectation, findings);
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
