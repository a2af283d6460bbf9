import type { MetricRow, RunSummary } from "../runner/summary.ts";
import { csvLine } from "./csv.ts";

/** @returns tidy rows: the run's own, then the figures of its summary at the time of its end */
export function metricsCsv(summary: RunSummary, rows: readonly MetricRow[]): string {
  const lines = [...rows, ...summaryRows(summary)].map(({ timeSeconds, chain, node, metric, value }) =>
    csvLine([String(timeSeconds), chain, node, metric, String(value)]),
  );
  return `${["time,chain,node,metric,value", ...lines].join("\n")}\n`;
}

function summaryRows(summary: RunSummary): MetricRow[] {
  const rows: MetricRow[] = [];
  const add = (chain: string, metric: string, value: number | null): void => {
    if (value !== null) rows.push({ timeSeconds: summary.simulatedSeconds, chain, node: "", metric, value });
  };
  for (const { name, value } of summary.figures) add("", name, value);
  add("", "events", summary.events);
  return rows;
}
