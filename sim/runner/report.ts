import type { CheckerReport } from "../checkers/index.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { LoadTally } from "../workload/load-figures.ts";
import type { ChainFigures } from "./chain-figures.ts";
import type { ChainPlan } from "./chain-plan.ts";
import type { DeviceFindings } from "./device-figures.ts";
import { judgeExpectation, overall } from "./expectations.ts";
import { transferSpans } from "./figure-of.ts";
import { figureTable } from "./figure-table.ts";
import type { Findings } from "./findings.ts";
import type { Resident } from "./population.ts";
import { percentilesSeconds } from "./spans.ts";
import type { ChainSummary, DeviceSummary, LoadSummary, RunSummary, TransferSummary, Verdict } from "./summary.ts";

const US_PER_SECOND = 1_000_000;

/** What a run has found, to be put together. */
export interface ReportOptions {
  readonly scenario: Scenario;
  readonly plans: readonly ChainPlan[];
  readonly residents: readonly Resident[];
  readonly findings: Findings;
  /** Faults and adversaries. */
  readonly bites: readonly { readonly name: string; readonly bites: number }[];
  readonly codeVersion: string;
  readonly digest: string;
  readonly simulatedUs: number;
  readonly events: number;
}

function chainSummary({ name }: ChainPlan, figures: ChainFigures): ChainSummary {
  const { height, viewChanges, intervals, finality, transactions, bodyBytes } = figures;
  return {
    id: name,
    height,
    finalized: height,
    viewChanges,
    blockIntervalSeconds: percentilesSeconds(intervals.lengths()),
    finalitySeconds: percentilesSeconds(finality.lengths()),
    transactions,
    bodyBytes,
  };
}

function countRoles(residents: readonly Resident[]): RunSummary["nodes"] {
  const byRole: Record<string, number> = {};
  for (const { role } of residents) byRole[role] = (byRole[role] ?? 0) + 1;
  return { total: residents.length, byRole };
}

function violationsOf(reports: readonly CheckerReport[], residents: readonly Resident[]): RunSummary["violations"] {
  return reports.flatMap(({ chain, violations }) =>
    violations.map(({ invariant, atUs, nodes, detail }) => {
      const names = nodes.map((node) => residents[node]?.name ?? `node-${node}`);
      return { invariant, chain, atSeconds: atUs / US_PER_SECOND, nodes: names, detail };
    }),
  );
}

function transferSummary(transfers: Findings["transfers"]): TransferSummary {
  const delivered = transfers.filter(({ finalUs }) => finalUs >= 0).length;
  const latencySeconds = percentilesSeconds(transferSpans(transfers).lengths());
  const refunded = transfers.filter((each) => each.refunded).length;
  const inFlight = transfers.length - delivered - refunded;
  return { started: transfers.length, delivered, refunded, inFlight, latencySeconds };
}

function loadSummary(tally: LoadTally, transfers: Findings["transfers"], place: number): LoadSummary {
  const { load, bytes, transactions, delivered } = tally;
  const own = transferSummary(transfers.filter((each) => each.load === place));
  const perTransfer = delivered === 0 ? null : transactions / delivered;
  const { name, from, to, route } = load;
  return { name, from, to, route, ...own, bytes, transactionsPerTransfer: perTransfer };
}

function operationSummaries({ operations = [] }: Findings): Pick<RunSummary, "operations"> {
  if (operations.length === 0) return {};
  const seconds = (fromUs: number, toUs: number) => (toUs < 0 ? null : (toUs - fromUs) / US_PER_SECOND);
  const summaries = operations.map(({ operation, doneUs, effectUs }) => {
    const { name, kind, atUs } = operation;
    const chain = "chain" in operation ? operation.chain : "root";
    const times = { doneSeconds: seconds(atUs, doneUs), effectSeconds: seconds(atUs, effectUs) };
    return { name, kind, chain, atSeconds: atUs / US_PER_SECOND, ...times };
  });
  return { operations: summaries };
}

function deviceSummary(findings: DeviceFindings): DeviceSummary {
  const { name, count, dead, sent, asks, spans, awakeUs, joules, frames, simulatedUs } = findings;
  const lengths = spans.lengths();
  return {
    name,
    count,
    dead,
    sent,
    confirmed: lengths.length,
    asks,
    latencySeconds: percentilesSeconds(lengths),
    awake: awakeUs / Math.max(1, simulatedUs * count),
    joules,
    frames: { sent: frames.frames, collided: frames.collided, lost: frames.lost },
    airSeconds: frames.airUs / US_PER_SECOND,
  };
}

/** A fault that never bit leaves open what the run would have done under it. */
function verdictOf(expectations: RunSummary["expectations"], bites: ReportOptions["bites"]): Verdict {
  const idle: Verdict[] = bites.some((each) => each.bites === 0) ? ["inconclusive"] : [];
  return overall([...expectations.map(({ verdict }) => verdict), ...idle]);
}

/** @returns what a run found, in the form that people and other programs get it in */
export function summarize(options: ReportOptions): RunSummary {
  const { scenario, plans, residents, findings, bites } = options;
  const { name, question, seed, expect } = scenario;
  const expectations = expect.map((each) => judgeExpectation(each, findings));
  return {
    scenario: name,
    question,
    seed,
    codeVersion: options.codeVersion,
    digest: options.digest,
    verdict: verdictOf(expectations, bites),
    simulatedSeconds: options.simulatedUs / US_PER_SECOND,
    events: options.events,
    messages: findings.messages,
    nodes: countRoles(residents),
    chains: plans.map((plan, place) => chainSummary(plan, findings.figures.chains[place] as ChainFigures)),
    transfers: transferSummary(findings.transfers),
    loads: findings.tallies.map((tally, place) => loadSummary(tally, findings.transfers, place)),
    ...operationSummaries(findings),
    ...(findings.devices.length === 0 ? {} : { devices: findings.devices.map(deviceSummary) }),
    figures: figureTable(findings),
    expectations,
    faults: bites,
    violations: violationsOf(findings.reports, residents),
    culprits: findings.culprits.map(({ name: culprit }) => culprit),
  };
}
