import type { NamedFigure, RunSummary, Verdict } from "../runner/summary.ts";
import type { Scenario } from "../scenario/index.ts";

/** One run of a check. */
export interface CheckJob {
  /** The scenario's file as the user gave it. */
  readonly file: string;
  readonly scenario: Scenario;
  /** The command that repeats it. */
  readonly reproduce: string;
}

/** What a worker answers: what the run found, the text of the bug that ended it, or why it would never end. */
export type CheckAnswer =
  | { readonly summary: RunSummary; readonly wallSeconds: number }
  | { readonly bug: string }
  | { readonly lost: string };

/** A finished run: "error" when a bug ended it, "lost" when its process was. */
export interface CheckRun extends Pick<CheckJob, "file" | "reproduce"> {
  readonly scenario: string;
  readonly seed: string;
  readonly verdict: Verdict | "error" | "lost";
  /** Empty for a run that never ended. */
  readonly digest: string;
  /** Why it is no pass. */
  readonly detail: string;
  readonly wallSeconds: number;
  /** Of a run that ended. */
  readonly figures: readonly NamedFigure[];
}

/** @param answer the worker's, or why there is none */
export function checkRun(job: CheckJob, answer: CheckAnswer): CheckRun {
  const { file, reproduce, scenario } = job;
  const run = { file, reproduce, scenario: scenario.name, seed: scenario.seed, figures: [] };
  if ("lost" in answer) return { ...run, verdict: "lost", digest: "", detail: answer.lost, wallSeconds: 0 };
  if ("bug" in answer) return { ...run, verdict: "error", digest: "", detail: answer.bug, wallSeconds: 0 };
  const { summary, wallSeconds } = answer;
  const { verdict, digest, figures } = summary;
  return { ...run, verdict, digest, detail: detailOf(summary), wallSeconds, figures };
}

function detailOf({ expectations, faults, violations }: RunSummary): string {
  const broken = violations.slice(0, 1).map(({ invariant, detail }) => `${invariant}: ${detail}`);
  const unmet = expectations
    .filter(({ verdict }) => verdict !== "pass")
    .map(({ name, detail }) => `${name}: ${detail}`);
  const idle = faults.filter(({ bites }) => bites === 0).map(({ name }) => `${name} never bit`);
  return [...broken, ...unmet, ...idle].join("; ");
}

/** @returns whether a run counts as failed */
export function isFailure({ verdict }: CheckRun, strict: boolean): boolean {
  return verdict === "inconclusive" ? strict : verdict !== "pass";
}
