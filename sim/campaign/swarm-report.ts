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

/** @returns what the runs of a swarm came to, as a small table */
export function swarmTable(runs: readonly SwarmRun[]): string {
  const summaries = runs.map(({ summary }) => summary).filter((each) => each !== null);
  const heights = summaries.map(heightOf).sort((a, b) => a - b);
  const rows: [string, string][] = [
    ["runs", String(runs.length)],
    ["passed", String(count(runs, "pass"))],
    ["violations", String(summaries.reduce((sum, { violations }) => sum + violations.length, 0))],
    ["failed or open", String(runs.filter((each) => !isSound(each)).length)],
    ["with an idle fault", String(count(runs, "inconclusive"))],
    ["height, least", String(heights[0] ?? 0)],
    ["height, median", String(heights[heights.length >> 1] ?? 0)],
    ["view changes", String(summaries.reduce((sum, { chains }) => sum + (chains[0]?.viewChanges ?? 0), 0))],
    ["seconds", runs.reduce((sum, { run }) => sum + run.wallSeconds, 0).toFixed(1)],
    ...[...bitesByKind(summaries)].sort(([a], [b]) => (a < b ? -1 : 1)).map(([kind, bites]) => biteRow(kind, bites)),
  ];
  return rows.map(([name, value]) => `${name.padEnd(24)}${value}`).join("\n");
}

function count(runs: readonly SwarmRun[], verdict: CheckRun["verdict"]): number {
  return runs.filter(({ run }) => run.verdict === verdict).length;
}

function heightOf({ chains }: RunSummary): number {
  return chains[0]?.height ?? 0;
}

interface Bites {
  drawn: number;
  idle: number;
  bites: number;
}

/** Faults are named by their kind and a number. */
function bitesByKind(summaries: readonly RunSummary[]): Map<string, Bites> {
  const kinds = new Map<string, Bites>();
  for (const { name, bites } of summaries.flatMap(({ faults }) => faults)) {
    const kind = name.replace(/-\d+$/u, "");
    const sum = kinds.get(kind) ?? { drawn: 0, idle: 0, bites: 0 };
    sum.drawn++;
    sum.bites += bites;
    if (bites === 0) sum.idle++;
    kinds.set(kind, sum);
  }
  return kinds;
}

function biteRow(kind: string, { drawn, idle, bites }: Bites): [string, string] {
  return [`bites of ${kind}`, `${bites} by ${drawn} of them, ${idle} idle`];
}
