import type { NamedFigure } from "../runner/summary.ts";
import type { CheckAnswer, CheckRun } from "./check-run.ts";
import type { Claim } from "./claims.ts";

/** A claim's scenario that has been run. */
export interface ClaimRun {
  readonly run: CheckRun;
  /** What its scenario asks. */
  readonly question: string;
  /** Of its summary; none where the run has none. */
  readonly figures: readonly NamedFigure[];
}

/** One figure of an answer, and what it came to; "–" where the run did not measure it. */
interface Shown {
  readonly name: string;
  readonly value: string;
}

/** What one scenario answers. */
export interface Answer {
  readonly name: string;
  readonly question: string;
  readonly figures: readonly Shown[];
  /** pass only if the run passed and has every figure that it is asked for. */
  readonly verdict: CheckRun["verdict"];
  /** Why it is no pass. */
  readonly detail: string;
  readonly reproduce: string;
  readonly wallSeconds: number;
}

/** A claim with its answers. */
export interface ClaimResult {
  readonly number: number;
  readonly text: string;
  readonly holds: boolean;
  readonly answers: readonly Answer[];
}

/** Digits of a figure that is no whole number. */
const DIGITS = 4;

/** @returns a figure as people read it */
export function figureText({ value, unit }: Pick<NamedFigure, "value" | "unit">): string {
  const short = (number: number) => String(Number.isInteger(number) ? number : Number(number.toPrecision(DIGITS)));
  if (unit === "share") return `${short(value * 100)} %`;
  if (unit === "count") return short(value);
  return `${unit === "B" ? Math.round(value) : short(value)} ${unit === "1/s" ? "/s" : unit}`;
}

/** @returns the figures of a worker's answer; none of a run that never ended */
export function figuresOf(answer: CheckAnswer): readonly NamedFigure[] {
  return "summary" in answer ? answer.summary.figures : [];
}

function answerOf(name: string, wanted: readonly string[], runs: ReadonlyMap<string, ClaimRun>): Answer | null {
  const found = runs.get(name);
  if (found === undefined) return null;
  const { run, question } = found;
  const figures = wanted.map((key) => {
    const figure = found.figures.find((each) => each.name === key);
    return { name: key, value: figure === undefined ? "–" : figureText(figure) };
  });
  const missing = figures.filter(({ value }) => value === "–").map((figure) => figure.name);
  const isUnanswered = run.verdict === "pass" && missing.length > 0;
  const verdict = isUnanswered ? "inconclusive" : run.verdict;
  const detail = isUnanswered ? `not measured: ${missing.join(", ")}` : run.detail;
  const { reproduce, wallSeconds } = run;
  return { name, question, figures, verdict, detail, reproduce, wallSeconds };
}

/** @param runs by name of the scenario @returns each claim with the answers of those of its scenarios that were run */
export function judgeClaims(claims: readonly Claim[], runs: ReadonlyMap<string, ClaimRun>): ClaimResult[] {
  return claims.map(({ number, text, scenarios }) => {
    const all = scenarios.map(({ name, figures }) => answerOf(name, figures, runs));
    const answers = all.filter((each) => each !== null);
    const holds = answers.length === all.length && answers.every(({ verdict }) => verdict === "pass");
    return { number, text, holds, answers };
  });
}

function figuresLine(figures: readonly Shown[]): string {
  return figures.map(({ name, value }) => `${name} ${value}`).join(" · ");
}

function answerLines({ name, question, figures, verdict, detail, reproduce, wallSeconds }: Answer): string[] {
  const lines = [`  ${question}`, `    ${figuresLine(figures)}`];
  if (verdict === "pass") return [...lines, `    ${verdict} · ${name} in ${wallSeconds.toFixed(1)} s`];
  return [...lines, `    ${verdict} · ${name}: ${detail}`, `    REPRO: ${reproduce}`];
}

/** @returns each claim with its verdict, the questions asked about it and the figures that answer them */
export function claimsText(results: readonly ClaimResult[]): string {
  const blocks = results.map(({ number, text, holds, answers }) => {
    return [`${holds ? "holds" : "FAILS"}  ${number}. ${text}`, ...answers.flatMap(answerLines)].join("\n");
  });
  return [...blocks, claimsTotals(results)].join("\n\n");
}

/** @returns how many claims hold, in a line */
export function claimsTotals(results: readonly ClaimResult[]): string {
  const holding = results.filter(({ holds }) => holds).length;
  return `${holding} of ${results.length} claims hold`;
}

/** Text that stays in its cell of a Markdown table. */
function cell(text: string): string {
  return text.replaceAll("|", String.raw`\|`).replace(/\s+/gu, " ");
}

/** @returns the same as a Markdown table: a row for each scenario */
export function claimsMarkdown(results: readonly ClaimResult[]): string {
  const rows = results.flatMap(({ number, answers }) =>
    answers.map(({ question, figures, verdict, reproduce }) => {
      const shown = figures.map(({ name, value }) => `\`${name}\` ${value}`).join(", ");
      return `| ${number} | ${cell(question)} | ${cell(shown)} | ${verdict} | \`${cell(reproduce)}\` |`;
    }),
  );
  const head = ["| claim | question | answer | verdict | command |", "|---|---|---|---|---|"];
  return [...head, ...rows, "", claimsTotals(results)].join("\n");
}
