import type { MetricRow, RunSummary } from "../runner/summary.ts";

/** @returns tidy rows: the run's own, then the figures of its summary at the time of its end */
export function metricsCsv(summary: RunSummary, rows: readonly MetricRow[]): string {
  const lines = [...rows, ...summaryRows(summary)].map(({ timeSeconds, chain, node, metric, value }) =>
    [String(timeSeconds), chain, node, metric, String(value)].map(cell).join(","),
  );
  return `${["time,chain,node,metric,value", ...lines].join("\n")}\n`;
}

function summaryRows(summary: RunSummary): MetricRow[] {
  const rows: MetricRow[] = [];
  const add = (chain: string, metric: string, value: number | null): void => {
    if (value !== null) rows.push({ timeSeconds: summary.simulatedSeconds, chain, node: "", metric, value });
  };
  for (const chain of summary.chains) {
    add(chain.id, "height", chain.height);
    add(chain.id, "viewChanges", chain.viewChanges);
    add(chain.id, "transactions", chain.transactions);
    add(chain.id, "blockInterval.p50", chain.blockIntervalSeconds.p50);
    add(chain.id, "blockInterval.p99", chain.blockIntervalSeconds.p99);
    add(chain.id, "finality.p50", chain.finalitySeconds.p50);
    add(chain.id, "finality.p99", chain.finalitySeconds.p99);
  }
  add("", "events", summary.events);
  add("", "messages", summary.messages);
  add("", "transfers.started", summary.transfers.started);
  add("", "transfers.delivered", summary.transfers.delivered);
  return rows;
}

/** Quotes a cell, and disarms what a spreadsheet would take for a formula. */
function cell(text: string): string {
  const plain = /^[=@\t]|^[+-](?![\d.])/u.test(text) ? `'${text}` : text;
  return /[",\n]/u.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
