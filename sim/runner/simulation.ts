import type { ChainState } from "../../protocol/consensus/chain-state.ts";
import type { CryptoBackend } from "../../protocol/crypto/node-crypto.ts";
import type { Block } from "../../protocol/ledger/block.ts";
import type { Gang } from "../adversary/index.ts";
import { type Checker, type CheckerReport, createCheckers } from "../checkers/index.ts";
import { FaultSchedule } from "../faults/index.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { holdersOf, TransferSource } from "../workload/transfer-source.ts";
import { type Findings, judgeExpectation, overall, transferSpans } from "./expectations.ts";
import { faultWindows, planFaults } from "./fault-plan.ts";
import { makeGenesis, parametersOf } from "./genesis.ts";
import { type Population, populate } from "./population.ts";
import type { Run, RunOptions, RunOutcome, RunProgress } from "./run.ts";
import { RunFigures } from "./run-figures.ts";
import { percentilesSeconds } from "./spans.ts";
import type { ChainSummary, RunSummary, Verdict } from "./summary.ts";
import { backendOf, buildWorld, drawGangs, stateOf, type World } from "./world.ts";

const US_PER_SECOND = 1_000_000;

/** One run of a scenario, from its first event to its verdict. */
export class Simulation implements Run {
  readonly #scenario: Scenario;
  readonly #options: RunOptions;
  readonly #population: Population;
  readonly #gangs: readonly Gang[];
  readonly #byzantine: ReadonlySet<number>;
  readonly #figures: RunFigures;
  readonly #checkers: readonly Checker[];
  readonly #world: World;
  readonly #faults: FaultSchedule;
  readonly #transfers: TransferSource;
  /** Whether the run reached its end. */
  #complete = false;

  constructor(scenario: Scenario, options: RunOptions) {
    const backend = backendOf(scenario, options.backend);
    this.#scenario = scenario;
    this.#options = options;
    const population = populate(scenario, backend);
    const gangs = drawGangs(scenario);
    this.#population = population;
    this.#gangs = gangs;
    this.#byzantine = new Set(gangs.flatMap(({ nodes }) => nodes));
    const holders = holdersOf(scenario, backend);
    const genesis = makeGenesis(scenario, population.registry, holders);
    this.#figures = new RunFigures(
      (node) => !this.#byzantine.has(node),
      (block, atUs) => this.#onFinal(block, atUs),
    );
    this.#checkers = options.checkers === false ? [] : createCheckers(this.#view(backend, genesis));
    const watchers = [this.#figures, ...this.#checkers];
    this.#world = buildWorld({ scenario, backend, population, genesis, gangs, watchers, run: options });
    const { host } = this.#world;
    this.#faults = new FaultSchedule(host, planFaults(scenario));
    const { chainId } = genesis.rotation.parameters;
    this.#transfers = new TransferSource(host, { scenario, backend, holders, chainId });
    host.startAll();
  }

  /** What checkers may see of this run. */
  #view(backend: CryptoBackend, genesis: ChainState): Parameters<typeof createCheckers>[0] {
    const { residents, registry } = this.#population;
    const liveness = this.#scenario.expect.find((each) => each.kind === "liveness");
    const faults = faultWindows(this.#scenario);
    return {
      parameters: parametersOf(this.#scenario),
      registry,
      genesis,
      backend,
      nodes: residents.length,
      delegateOf: (node) => residents[node]?.identity?.id ?? null,
      isByzantine: (node) => this.#byzantine.has(node),
      stateOf: (node) => stateOf(this.#world.host.nodes.machines[node] ?? null),
      liveness: liveness === undefined ? null : { withinUs: liveness.withinUs, faults },
    };
  }

  #onFinal(block: Block, atUs: number): void {
    for (const transaction of block.transactions) {
      if (transaction.kind === "transfer") this.#transfers.settle(transaction.id, atUs);
    }
  }

  advance(maxEvents: number): boolean {
    this.#complete = this.#world.kernel.advance(maxEvents) !== "slice";
    return !this.#complete;
  }

  progress(): RunProgress {
    const { executed } = this.#world.kernel;
    return { simulatedUs: this.#simulatedUs, events: executed, blocks: this.#figures.height };
  }

  /** A complete run lasted to its end, even if nothing happened any more. */
  get #simulatedUs(): number {
    return this.#complete ? this.#scenario.durationUs : this.#world.kernel.nowUs;
  }

  finish(): RunOutcome {
    const digest = this.#world.digest.finish();
    const reports = this.#checkers.map((checker) => checker.finish(this.#simulatedUs));
    return { summary: this.#summary(digest, reports), digest, metrics: this.#figures.metrics };
  }

  #findings(reports: readonly CheckerReport[]): Findings {
    const { durationUs, drainUs } = this.#scenario;
    return {
      figures: this.#figures,
      reports,
      windows: faultWindows(this.#scenario),
      messages: this.#world.host.delivered,
      transfers: this.#transfers.outcomes(durationUs - drainUs),
      culprits: this.#culprits(reports),
    };
  }

  /** Byzantine delegates that online evidence or forensics prove guilty. */
  #culprits(reports: readonly CheckerReport[]): string[] {
    const named = new Set([...this.#figures.culprits, ...reports.flatMap(({ culprits }) => culprits)]);
    const guilty = [...named].filter((id) => this.#byzantine.has(id)).sort((a, b) => a - b);
    return guilty.map((id) => this.#population.residents[id]?.name ?? `delegate ${id}`);
  }

  #summary(digest: string, reports: readonly CheckerReport[]): RunSummary {
    const { name, question, seed, expect } = this.#scenario;
    const { kernel, host } = this.#world;
    const findings = this.#findings(reports);
    const expectations = expect.map((each) => judgeExpectation(each, findings));
    const bites = this.#bites();
    const verdict = this.#verdict(expectations, bites);
    return {
      scenario: name,
      question,
      seed,
      codeVersion: this.#options.codeVersion,
      digest,
      verdict,
      simulatedSeconds: this.#simulatedUs / US_PER_SECOND,
      events: kernel.executed,
      messages: host.delivered,
      nodes: this.#nodes(),
      chains: [this.#chain()],
      transfers: transferSummary(findings),
      expectations,
      faults: bites,
      violations: this.#violations(reports),
      culprits: findings.culprits,
    };
  }

  #bites(): { name: string; bites: number }[] {
    return [...this.#faults.bites(), ...this.#gangs.map(({ name, bites }) => ({ name, bites }))];
  }

  /** A fault that never bit leaves open what the run would have done under it. */
  #verdict(expectations: RunSummary["expectations"], bites: readonly { bites: number }[]): Verdict {
    const idle: Verdict[] = bites.some((each) => each.bites === 0) ? ["inconclusive"] : [];
    return overall([...expectations.map(({ verdict }) => verdict), ...idle]);
  }

  #nodes(): RunSummary["nodes"] {
    const byRole: Record<string, number> = {};
    for (const { role } of this.#population.residents) byRole[role] = (byRole[role] ?? 0) + 1;
    return { total: this.#population.residents.length, byRole };
  }

  #chain(): ChainSummary {
    const { height, viewChanges, intervals, finality, transactions } = this.#figures;
    return {
      id: "root",
      height,
      finalized: height,
      viewChanges,
      blockIntervalSeconds: percentilesSeconds(intervals.lengths()),
      finalitySeconds: percentilesSeconds(finality.lengths()),
      transactions,
    };
  }

  #violations(reports: readonly CheckerReport[]): RunSummary["violations"] {
    const { residents } = this.#population;
    return reports.flatMap(({ violations }) =>
      violations.map(({ invariant, atUs, nodes, detail }) => {
        const names = nodes.map((node) => residents[node]?.name ?? `node-${node}`);
        return { invariant, atSeconds: atUs / US_PER_SECOND, nodes: names, detail };
      }),
    );
  }
}

function transferSummary(findings: Findings): RunSummary["transfers"] {
  const { transfers } = findings;
  const delivered = transfers.filter(({ finalUs }) => finalUs >= 0).length;
  const latencySeconds = percentilesSeconds(transferSpans(transfers).lengths());
  const inFlight = transfers.length - delivered;
  return { started: transfers.length, delivered, refunded: 0, inFlight, latencySeconds };
}
