import { type CheckRun, isFailure } from "../campaign/index.ts";
import type { Verdict } from "../runner/summary.ts";
import { ExitCode } from "./exit-code.ts";

/** @returns whether this process is a step of continuous integration */
export function inContinuousIntegration(): boolean {
  return !["", "0", "false"].includes(process.env.CI ?? "");
}

/** @returns the exit code of a verdict */
export function exitCodeOf(verdict: Verdict, strict: boolean): number {
  const held = verdict === "pass" || (verdict === "inconclusive" && !strict);
  return held ? ExitCode.held : ExitCode.failed;
}

/** @returns the exit code of many runs */
export function exitCodeOfAll(runs: readonly CheckRun[], strict: boolean): number {
  if (runs.some(({ verdict }) => verdict === "error")) return ExitCode.bug;
  return runs.some((run) => isFailure(run, strict)) ? ExitCode.failed : ExitCode.held;
}
