import type { ChainSummary, RunSummary, Verdict } from "../runner/summary.ts";
import type { Measured } from "./measurement.ts";
import { duration, grouped, painter, seconds } from "./wording.ts";

const STYLES = { pass: "good", fail: "bad", inconclusive: "doubtful" } as const satisfies Record<Verdict, string>;

/** @returns what a person reads after a run */
export function runReport(summary: RunSummary, measured: Measured, stream: NodeJS.WriteStream): string {
  const paint = painter(stream);
  const verdict = (value: Verdict) => paint(STYLES[value], value.padEnd(12));
  const lines = [
    `${paint("strong", summary.scenario)} · seed ${summary.seed} · ${paint(STYLES[summary.verdict], summary.verdict.toUpperCase())}`,
    `  ${overview(summary, measured)}`,
    ...summary.chains.map((chain) => `  ${chainLine(chain)}`),
    ...transferLine(summary),
    "",
    "expectations",
    ...summary.expectations.map(({ name, verdict: value, samples, detail }) => {
      return `  ${verdict(value)} ${name.padEnd(22)} ${paint("faint", `${grouped(samples)} samples`)}  ${detail}`;
    }),
  ];
  if (summary.faults.length > 0) {
    lines.push("", "faults and adversaries", ...summary.faults.map(({ name, bites }) => faultLine(name, bites, paint)));
  }
  if (summary.violations.length > 0) {
    lines.push("", "violations", ...summary.violations.slice(0, MAX_SHOWN).map((each) => `  ${violationLine(each)}`));
    if (summary.violations.length > MAX_SHOWN) lines.push(`  … and ${summary.violations.length - MAX_SHOWN} more`);
  }
  return [...lines, "", `digest ${summary.digest}`].join("\n");
}

const MAX_SHOWN = 10;

function overview({ simulatedSeconds, events, messages, nodes }: RunSummary, { wallSeconds }: Measured): string {
  const factor = grouped(Math.round(simulatedSeconds / Math.max(wallSeconds, 1e-3)));
  const time = `${duration(simulatedSeconds)} simulated in ${duration(wallSeconds)} (${factor} × real time)`;
  return `${time}, ${grouped(nodes.total)} nodes, ${grouped(events)} events, ${grouped(messages)} messages`;
}

function chainLine({
  id,
  height,
  viewChanges,
  blockIntervalSeconds,
  finalitySeconds,
  transactions,
}: ChainSummary): string {
  const interval = `interval p50 ${seconds(blockIntervalSeconds.p50)} p99 ${seconds(blockIntervalSeconds.p99)}`;
  const finality = `finality p50 ${seconds(finalitySeconds.p50)} p99 ${seconds(finalitySeconds.p99)}`;
  return `${id}: height ${grouped(height)}, ${grouped(viewChanges)} view changes, ${interval}, ${finality}, ${grouped(transactions)} transactions`;
}

function transferLine({ transfers }: RunSummary): string[] {
  if (transfers.started === 0) return [];
  const { started, delivered, inFlight, latencySeconds } = transfers;
  const latency = `latency p50 ${seconds(latencySeconds.p50)} p99 ${seconds(latencySeconds.p99)}`;
  return [
    `  transfers: ${grouped(delivered)} of ${grouped(started)} delivered, ${grouped(inFlight)} in flight, ${latency}`,
  ];
}

function faultLine(name: string, bites: number, paint: ReturnType<typeof painter>): string {
  return bites > 0
    ? `  ${name.padEnd(22)} bit ${grouped(bites)} times`
    : `  ${name.padEnd(22)} ${paint("doubtful", "never bit")}`;
}

function violationLine({ invariant, atSeconds, nodes, detail }: RunSummary["violations"][number]): string {
  return `${invariant} at ${seconds(atSeconds)}: ${detail} (${nodes.join(", ")})`;
}
