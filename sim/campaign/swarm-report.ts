import type { RunSummary } from "../runner/summary.ts";
import type { CheckRun } from "./check-run.ts";

/** One run of a swarm, and what it found unless a bug or a lost process ended it. */
export interface SwarmRun {
  readonly run: CheckRun;
  readonly summary: RunSummary | null;
}

/**
 * @returns whether a run shows what a drawn scenario can show: a fault that never bit makes it weaker, not wrong, as long as
 * every expectation was met
 */
export function isSound({ run, summary }: SwarmRun): boolean {
  if (run.verdict === "pass") return true;
  return (
    run.verdict === "inconclusive" &&
    summary !== null &&
    summary.expectations.every(({ verdict }) => verdict === "pass")
  );
}
