import { assertNever } from "../../protocol/core/assert.ts";
import { METRICS, type Metric } from "../scenario/expectation.ts";
import { groupByLoad, type OrderOutcome } from "../workload/load-figures.ts";
import type { OperationOutcome } from "../workload/operations.ts";
import type { ChainFigures } from "./chain-figures.ts";
import { deviceFigure } from "./device-figure-of.ts";
import { count, type Figure, NOTHING, ratio } from "./figure.ts";
import type { Findings } from "./findings.ts";
import { isLotMetric, lotFigure } from "./lot-figure-of.ts";
import { percentile } from "./samples.ts";
import { Spans, type Window } from "./spans.ts";

const US_PER_SECOND = 1_000_000;
const PERCENTS: Readonly<Record<string, number>> = { p50: 50, p99: 99, max: 100 };
/** Base units of one IOTX, as near as a double comes. */
const BASE_UNITS = 1e18;

function percentOf(metric: Metric): number {
  return PERCENTS[metric.slice(metric.lastIndexOf(".") + 1)] ?? 0;
}

function quantile(spans: Spans, percent: number, without: readonly Window[]): Figure {
  const lengths = spans.lengths(without);
  return { value: percentile(lengths, percent), samples: lengths.length };
}

function amount(baseUnits: bigint): Figure {
  return count(Number(baseUnits) / BASE_UNITS);
}

/** @returns the time from start to arrival of the transfers that arrived */
export function transferSpans(transfers: Findings["transfers"]): Spans {
  const spans = new Spans();
  for (const { startedUs, finalUs } of transfers) if (finalUs >= 0) spans.push(startedUs, finalUs);
  return spans;
}

type Of<Scope> = { [M in Metric]: (typeof METRICS)[M]["scope"] extends Scope ? M : never }[Metric];

function chainFigure(metric: Of<"chain">, subject: string, findings: Findings, without: readonly Window[]): Figure {
  const place = Math.max(0, findings.chains.indexOf(subject));
  const chain = findings.figures.chains[place] as ChainFigures;
  if (isLotMetric(metric)) return lotFigure(metric, chain.committees);
  switch (metric) {
    case "finality.p50":
    case "finality.p99":
    case "finality.max":
      return quantile(chain.finality, percentOf(metric), without);
    case "blockInterval.p50":
    case "blockInterval.p99":
    case "blockInterval.max":
      return quantile(chain.intervals, percentOf(metric), without);
    case "height":
    case "version":
    case "viewChanges":
    case "transactions":
      return count(chain[metric]);
    case "throughput":
      return count((chain.transactions * US_PER_SECOND) / Math.max(1, findings.simulatedUs));
    case "bytes":
      return count(chain.bodyBytes);
    case "stall":
      return count(Math.max(0, findings.simulatedUs - chain.lastFinalUs));
    case "undone":
      return undone(findings, subject || "root");
    case "headers.bytes":
      return count(chain.headerBytes);
    case "headers.signatures":
      return count(chain.signatures);
    case "culprits":
      return count(findings.culprits.filter((each) => each.chain === (subject || "root")).length);
    case "slashed":
      return count(findings.ledger.slashed[place] ?? 0);
    default:
      return assertNever(metric);
  }
}

function undone({ reports }: Findings, name: string): Figure {
  const report = reports.find(({ invariant, chain }) => invariant === "agreement" && chain === name);
  return report === undefined ? NOTHING : { value: report.violationCount, samples: report.samples };
}

const byLoad = new WeakMap<Findings["transfers"], ReturnType<typeof groupByLoad<OrderOutcome>>>();

/** @param subject a load's name; empty: of all loads */
function transfersOf({ transfers, tallies }: Findings, subject: string): readonly OrderOutcome[] {
  if (subject === "") return transfers;
  const groups = byLoad.get(transfers) ?? groupByLoad(transfers);
  byLoad.set(transfers, groups);
  return groups.get(tallies.findIndex(({ load }) => load.name === subject)) ?? [];
}

function loadFigure(metric: Of<"load">, subject: string, findings: Findings, without: readonly Window[]): Figure {
  const transfers = transfersOf(findings, subject);
  const tallies = findings.tallies.filter(({ load }) => subject === "" || load.name === subject);
  const delivered = transfers.filter(({ finalUs }) => finalUs >= 0).length;
  const sum = (of: (tally: Findings["tallies"][number]) => number) => tallies.reduce((all, each) => all + of(each), 0);
  // What is known of chains' bytes is that of loads.
  const counted = sum((tally) => tally.delivered);
  switch (metric) {
    case "transfers.started":
      return count(transfers.length);
    case "transfers.delivered":
      return ratio(delivered, transfers.length);
    case "transfers.refunded":
      return ratio(transfers.filter(({ refunded }) => refunded).length, transfers.length);
    case "transfers.lost":
      return { value: transfers.filter(({ lost }) => lost).length, samples: transfers.length };
    case "transfers.latency.p50":
    case "transfers.latency.p99":
    case "transfers.latency.max":
      return quantile(transferSpans(transfers), percentOf(metric), without);
    case "transfers.throughput":
      return count((delivered * US_PER_SECOND) / Math.max(1, findings.simulatedUs));
    case "transfers.transactions":
      return ratio(
        sum(({ transactions }) => transactions),
        counted,
      );
    case "transfers.bytes":
      return ratio(
        sum(({ bytes }) => bytes.source + bytes.root + bytes.destination),
        counted,
      );
    case "transfers.rootBytes":
      return ratio(
        sum(({ bytes }) => bytes.root),
        counted,
      );
    default:
      return assertNever(metric);
  }
}

function operationFigure(
  metric: Of<"operation">,
  subject: string,
  { operations = [] }: Findings,
  without: readonly Window[],
): Figure {
  const each = operations.filter(({ operation: { name } }) => subject === "" || name === subject);
  switch (metric) {
    case "operations.done":
      return ratio(each.filter(({ doneUs }) => doneUs >= 0).length, each.length);
    case "operations.latency.p50":
    case "operations.latency.p99":
    case "operations.latency.max":
      return quantile(operationSpans(each, "doneUs"), percentOf(metric), without);
    case "operations.effect.p50":
    case "operations.effect.p99":
    case "operations.effect.max":
      return quantile(operationSpans(each, "effectUs"), percentOf(metric), without);
    default:
      return assertNever(metric);
  }
}

/** @returns the time from each operation's own time until it was done, or showed, of those of which that came to pass */
function operationSpans(operations: readonly OperationOutcome[], until: "doneUs" | "effectUs"): Spans {
  const spans = new Spans();
  for (const each of operations) if (each[until] >= 0) spans.push(each.operation.atUs, each[until]);
  return spans;
}

function subchainFigure(metric: Of<"subchain">, subject: string, { ledger, chains }: Findings): Figure {
  const each = ledger.subchains.filter((_, place) => subject === "" || chains[place + 1] === subject);
  const total = (of: (figures: (typeof each)[number]) => bigint) => each.reduce((all, one) => all + of(one), 0n);
  const numbers = (of: (figures: (typeof each)[number]) => number) => each.reduce((all, one) => all + of(one), 0);
  if (each.length === 0) return NOTHING;
  switch (metric) {
    case "escrow.balance":
      return amount(total(({ escrow }) => escrow));
    case "escrow.deposited":
      return amount(total(({ deposited }) => deposited));
    case "escrow.withdrawn":
      return amount(total(({ withdrawn }) => withdrawn));
    case "quota.granted":
      return count(numbers(({ pieces }) => pieces));
    case "quota.spent":
      return amount(total(({ spent }) => spent));
    case "quota.refunded":
      return amount(total(({ refunded }) => refunded));
    case "quota.forfeited":
      return amount(total(({ forfeited }) => forfeited));
    case "quota.relocks":
      return count(numbers(({ relocks }) => relocks));
    case "quota.bytes":
      return count(numbers(({ relockBytes }) => relockBytes));
    default:
      return assertNever(metric);
  }
}

function runFigure(metric: Of<"run">, { messages, ledger, figures, simulatedUs }: Findings): Figure {
  switch (metric) {
    case "subchains.throughput": {
      const transactions = figures.chains.slice(1).reduce((sum, chain) => sum + chain.transactions, 0);
      return count((transactions * US_PER_SECOND) / Math.max(1, simulatedUs));
    }
    case "messages":
      return count(messages);
    case "rewards.issued":
      return amount(ledger.issued);
    case "rewards.scheduled":
      return amount(ledger.scheduled);
    case "rewards.voters":
      return ledger.claimed === 0n ? NOTHING : count(Number(ledger.voters) / Number(ledger.claimed));
    case "rewards.claimed":
      return amount(ledger.claimed);
    case "rewards.unclaimed":
      return amount(ledger.unclaimed);
    default:
      return assertNever(metric);
  }
}

function lightFigure(metric: Of<"light">, subject: string, { light, figures, chains }: Findings): Figure {
  const each = light.filter(({ group }) => subject === "" || group === subject);
  if (each.length === 0) return NOTHING;
  const sum = (of: (costs: (typeof each)[number]) => number) => each.reduce((all, one) => all + of(one), 0);
  const whole = (of: (chain: ChainFigures) => number) =>
    sum(({ chain }) => of(figures.chains[Math.max(0, chains.indexOf(chain))] as ChainFigures));
  switch (metric) {
    case "light.bytesShare":
      return ratio(
        sum(({ bytes }) => bytes),
        whole(({ headerBytes }) => headerBytes),
      );
    case "light.signaturesShare":
      return ratio(
        sum(({ signatures }) => signatures),
        whole((chain) => chain.signatures),
      );
    case "light.bytes":
      return count(sum(({ bytes }) => bytes));
    case "light.signatures":
      return count(sum(({ signatures }) => signatures));
    case "light.catchUp": {
      const longest = each.reduce((most, { catchUpUs }) => Math.max(most, catchUpUs), -1);
      return longest < 0 ? NOTHING : count(longest);
    }
    case "light.refused":
      return count(sum(({ refused }) => refused));
    default:
      return assertNever(metric);
  }
}

/**
 * @param subject chain, load, subchain or group of light clients; "" for all of them, of chains for the rootchain
 * @param without times to leave out
 * @returns the figure in the unit that METRICS has for it
 */
export function figureOf(metric: Metric, subject: string, findings: Findings, without: readonly Window[] = []): Figure {
  const { scope } = METRICS[metric];
  switch (scope) {
    case "chain":
      return chainFigure(metric as Of<"chain">, subject, findings, without);
    case "load":
      return loadFigure(metric as Of<"load">, subject, findings, without);
    case "subchain":
      return subchainFigure(metric as Of<"subchain">, subject, findings);
    case "run":
      return runFigure(metric as Of<"run">, findings);
    case "device":
      return deviceFigure(metric as Of<"device">, subject, findings);
    case "light":
      return lightFigure(metric as Of<"light">, subject, findings);
    case "operation":
      return operationFigure(metric as Of<"operation">, subject, findings, without);
    default:
      return assertNever(scope);
  }
}
