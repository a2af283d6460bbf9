import { sizeOfScenario } from "../../campaign/operations.ts";
import type { Trial } from "./trial.ts";

function rowOf({ mutant, hunt: { found, runs, seconds } }: Trial): string[] {
  const shrunkTo = found === null ? "" : String(sizeOfScenario(found.capsule.scenario).operations);
  const by = found?.capsule.expected.failure.what ?? "";
  return [mutant.id, found === null ? "no" : "yes", by, String(runs), seconds.toFixed(1), shrunkTo];
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

/** @returns what came of bugs, a line each */
export function bugTable(trials: readonly Trial[]): string {
  const head = ["bug", "found", "by", "runs", "seconds", "operations", "what"];
  return aligned([head, ...trials.map((trial) => [...rowOf(trial), trial.mutant.about])]).join("\n");
}

/** @returns what came of harmless changes, a line each */
export function refactoringTable(trials: readonly (Trial & { readonly sameDigests: number })[]): string {
  const head = ["change", "blamed", "by", "runs", "seconds", "same digests", "what"];
  const rows = trials.map((trial) => {
    const [id = "", blamed = "", by = "", runs = "", seconds = ""] = rowOf(trial);
    return [id, blamed, by, runs, seconds, String(trial.sameDigests), trial.mutant.about];
  });
  return aligned([head, ...rows]).join("\n");
}
