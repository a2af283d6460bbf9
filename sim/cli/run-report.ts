import type {
  ChainSummary,
  DeviceSummary,
  LoadSummary,
  RunSummary,
  TransferSummary,
  Verdict,
} from "../runner/summary.ts";
import type { Measured } from "./measurement.ts";
import { duration, energy, grouped, painter, percent, seconds } from "./wording.ts";

const STYLES = { pass: "good", fail: "bad", inconclusive: "doubtful" } as const satisfies Record<Verdict, string>;

/** @returns what a person reads after a run */
export function runReport(summary: RunSummary, measured: Measured, stream: NodeJS.WriteStream): string {
  const paint = painter(stream);
  const verdict = (value: Verdict) => paint(STYLES[value], value.padEnd(12));
  const lines = [
    `${paint("strong", summary.scenario)} · seed ${summary.seed} · ${paint(STYLES[summary.verdict], summary.verdict.toUpperCase())}`,
    `  ${overview(summary, measured)}`,
    ...few(summary.chains, (chain) => chainLine(chain), otherChains),
    ...transferLines(summary),
    ...few(summary.devices ?? [], deviceLine, otherDevices),
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
/** Chains, and loads, that have a line of their own. */
const MAX_LINES = 6;

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

/** @returns a line each of the first few, and one for all others together */
function few<T>(items: readonly T[], line: (item: T) => string, others: (rest: readonly T[]) => string): string[] {
  if (items.length <= MAX_LINES) return items.map((item) => `  ${line(item)}`);
  const [first, rest] = [items.slice(0, MAX_LINES - 1), items.slice(MAX_LINES - 1)];
  return [...first.map((item) => `  ${line(item)}`), `  ${others(rest)}`];
}

function sumOf<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((sum, each) => sum + of(each), 0);
}

function otherChains(chains: readonly ChainSummary[]): string {
  const heights = chains.map(({ height }) => height);
  const range = `height ${grouped(Math.min(...heights))} … ${grouped(Math.max(...heights))}`;
  const [views, transactions] = [sumOf(chains, (each) => each.viewChanges), sumOf(chains, (each) => each.transactions)];
  return `${grouped(chains.length)} more chains: ${range}, ${grouped(views)} view changes, ${grouped(transactions)} transactions`;
}

function transferText(transfers: TransferSummary): string {
  const { started, delivered, refunded, inFlight, latencySeconds } = transfers;
  const back = refunded === 0 ? "" : `, ${grouped(refunded)} refunded`;
  const latency = `latency p50 ${seconds(latencySeconds.p50)} p99 ${seconds(latencySeconds.p99)}`;
  return `${grouped(delivered)} of ${grouped(started)} delivered${back}, ${grouped(inFlight)} in flight, ${latency}`;
}

function loadLine(load: LoadSummary): string {
  const { name, from, to, route, bytes, transactionsPerTransfer, delivered } = load;
  const way = from === to ? from : `${from} → ${to}${route === "naive" ? ", naive" : ""}`;
  if (from === to || transactionsPerTransfer === null) return `${name} (${way}): ${transferText(load)}`;
  const each = (sum: number) => `${grouped(Math.round(sum / delivered))} B`;
  const cost = `${transactionsPerTransfer} transactions, ${each(bytes.source)} + ${each(bytes.root)} on root + ${each(bytes.destination)} each`;
  return `${name} (${way}): ${transferText(load)}, ${cost}`;
}

function otherLoads(loads: readonly LoadSummary[]): string {
  const [delivered, started] = [sumOf(loads, (each) => each.delivered), sumOf(loads, (each) => each.started)];
  return `${grouped(loads.length)} more loads: ${grouped(delivered)} of ${grouped(started)} delivered`;
}

function transferLines({ transfers, loads }: RunSummary): string[] {
  if (transfers.started === 0) return [];
  const total = `  transfers: ${transferText(transfers)}`;
  return loads.length < 2 ? [total] : [total, ...few(loads, loadLine, otherLoads).map((line) => `  ${line}`)];
}

/** @returns what became of transactions; of devices that never ask nobody knows how many are final */
function sentText(groups: readonly DeviceSummary[]): string {
  const asking = groups.filter(({ asks }) => asks);
  const [asked, sent] = [sumOf(asking, (each) => each.sent), sumOf(groups, (each) => each.sent)];
  if (asking.length === 0) return `${grouped(sent)} sent and never asked about`;
  const rest = asked === sent ? "" : `, ${grouped(sent - asked)} more sent and never asked about`;
  return `${grouped(sumOf(asking, (each) => each.confirmed))} of ${grouped(asked)} confirmed${rest}`;
}

function deviceLine(group: DeviceSummary): string {
  const { name, count, dead, awake, joules, frames } = group;
  const radio = `${grouped(frames.sent)} frames, ${grouped(frames.collided)} collided, ${grouped(frames.lost)} lost`;
  const [most] = Object.entries(joules).sort(([, one], [, other]) => other - one);
  const total = sumOf(Object.values(joules), (each) => each);
  const chiefly = most === undefined || total === 0 ? "" : ` (${percent(most[1] / total)} to ${most[0]})`;
  const things =
    dead === 0 ? `${grouped(count)} devices` : `${grouped(count)} devices, ${grouped(dead)} batteries empty`;
  return `${name}: ${things}, ${sentText([group])}, ${radio}, awake ${percent(awake)}, ${energy(total / count)} each${chiefly}`;
}

function otherDevices(groups: readonly DeviceSummary[]): string {
  const count = grouped(sumOf(groups, (each) => each.count));
  return `${grouped(groups.length)} more groups of ${count} devices: ${sentText(groups)}`;
}

function faultLine(name: string, bites: number, paint: ReturnType<typeof painter>): string {
  return bites > 0
    ? `  ${name.padEnd(22)} bit ${grouped(bites)} times`
    : `  ${name.padEnd(22)} ${paint("doubtful", "never bit")}`;
}

function violationLine({ invariant, chain, atSeconds, nodes, detail }: RunSummary["violations"][number]): string {
  const where = chain === "" || chain === "root" ? "" : `${chain}: `;
  return `${where}${invariant} at ${seconds(atSeconds)}: ${detail} (${nodes.join(", ")})`;
}
