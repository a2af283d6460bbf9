import type { ChainState } from "../../protocol/consensus/chain-state.ts";
import type { Gang } from "../adversary/index.ts";
import { type CheckerReport, EnergyChecker, RunChecks } from "../checkers/index.ts";
import { FaultSchedule } from "../faults/index.ts";
import type { Host } from "../host/index.ts";
import type { Kernel } from "../kernel/index.ts";
import { numberNodes } from "../scenario/numbering.ts";
import type { DeviceGroup, Scenario } from "../scenario/scenario.ts";
import { DeviceTransfers } from "../workload/device-transfers.ts";
import type { OrderOutcome } from "../workload/load-figures.ts";
import { RewardClaims } from "../workload/reward-claims.ts";
import type { FirstFinal } from "./chain-figures.ts";
import { type ChainPlan, chainPlans, membersOf } from "./chain-plan.ts";
import { type Byzantine, type CheckedRun, checkedChains } from "./checks.ts";
import { type CorePlan, forgetful, planCore } from "./core-plan.ts";
import { DeviceFigures } from "./device-figures.ts";
import { planAccess } from "./device-plan.ts";
import { faultWindows, planFaults } from "./fault-plan.ts";
import type { Findings } from "./findings.ts";
import { Clients, found } from "./founding.ts";
import { genesisVotes } from "./genesis.ts";
import { LeaderWatch } from "./leader-watch.ts";
import { LightFigures } from "./light-figures.ts";
import { Machines, stateOf } from "./machines.ts";
import { holdersOf, populate, type Resident } from "./population.ts";
import { summarize } from "./report.ts";
import { RootLedgerFigures } from "./root-ledger-figures.ts";
import type { Run, RunOptions, RunOutcome, RunProgress } from "./run.ts";
import { RunFigures } from "./run-figures.ts";
import { backendOf, buildWorld, drawGangs, type World } from "./world.ts";

/** One run of a scenario, from its first event to its verdict. */
export class Simulation implements Run {
  readonly #scenario: Scenario;
  readonly #options: RunOptions;
  readonly #plans: readonly ChainPlan[];
  readonly #residents: readonly Resident[];
  readonly #gangs: readonly Gang[];
  readonly #byzantine: Byzantine;
  readonly #figures: RunFigures;
  readonly #ledger: RootLedgerFigures;
  readonly #light: LightFigures;
  readonly #devices: DeviceFigures;
  readonly #crossings: DeviceTransfers;
  readonly #energy: EnergyChecker | null;
  readonly #checks: RunChecks | null;
  readonly #unpromised: ReadonlySet<string>;
  readonly #world: World;
  readonly #faults: FaultSchedule;
  readonly #clients: Clients;
  readonly #claims: RewardClaims | null;
  /** Whether the run reached its end. */
  #complete = false;

  constructor(scenario: Scenario, options: RunOptions) {
    const backend = backendOf(scenario, options.backend);
    const plans = chainPlans(scenario);
    const residents = populate(scenario, backend);
    const gangs = drawGangs(scenario, backend, plans);
    const byzantine: Byzantine = { has: (node) => gangs.some((gang) => gang.isByzantine(node)) };
    this.#scenario = scenario;
    this.#options = options;
    this.#plans = plans;
    this.#residents = residents;
    this.#gangs = gangs;
    this.#byzantine = byzantine;
    const founding = found(scenario, backend, { plans, residents, gangs });
    const { genesis, carriers, readers, owners } = founding;
    this.#figures = this.#makeFigures();
    this.#ledger = new RootLedgerFigures(plans, genesis[0] as ChainState, scenario.rootchain);
    this.#light = new LightFigures(scenario, (chain) => this.#figures.heightOf(chain));
    this.#devices = new DeviceFigures(scenario);
    const names = new Map(plans.map(({ id, name }) => [id, name]));
    this.#crossings = new DeviceTransfers(scenario, { names, trace: options.trace });
    this.#energy = options.checkers === false ? null : energyChecker(scenario);
    const stateAt = (node: number) => this.#stateAt(node);
    const faults = planFaults(scenario);
    const forgets = forgetful(faults);
    const faulty: Byzantine = { has: (node) => byzantine.has(node) || forgets.has(node) };
    const plan = planCore(scenario, { plans, byzantine: faulty, faults });
    const core = coreOf(plan, () => this.#faults.liveSources());
    const checked = { scenario, backend, plans, genesis, residents, byzantine: faulty, stateOf: stateAt, core };
    const worlds = checkedChains(checked);
    this.#unpromised = new Set(worlds.filter(({ promised }) => !promised).map(({ chain }) => chain));
    this.#checks = options.checkers === false ? null : new RunChecks(worlds, residents.length);
    const leaders = new LeaderWatch(plans[0] as ChainPlan, stateAt);
    const figures = [this.#figures, this.#light, this.#devices, this.#crossings, leaders, ...(options.watchers ?? [])];
    const watchers = this.#checks === null ? figures : [...figures, this.#checks];
    const own = options.machines ?? null;
    const nodes = new Machines({ scenario, plans, residents, genesis, gangs, carriers, readers, owners, own }).all();
    const access = planAccess(scenario, this.#energy);
    this.#world = buildWorld({ scenario, backend, nodes, watchers, run: options, access });
    const { host } = this.#world;
    const { seed } = scenario;
    this.#faults = new FaultSchedule(host, faults, { seed, core: plan.core, leader: () => leaders.leader() });
    this.#clients = new Clients(host, founding, { scenario, backend, trace: options.trace });
    this.#claims = scenario.rootchain.claimsRewards ? claimsOf(host, { scenario, plans, residents }) : null;
    host.startAll();
  }

  #makeFigures(): RunFigures {
    const byzantine = this.#byzantine;
    const seats = new Map(this.#plans.map((plan) => [plan, holdersOf(plan, this.#residents)]));
    return new RunFigures(this.#plans, {
      isHonest: (node) => !byzantine.has(node),
      isByzantine: (plan, seat) =>
        seats
          .get(plan)
          ?.get(seat)
          ?.some((node) => byzantine.has(node)) ?? false,
      onFinal: (plan, final) => this.#onFinal(plan, final),
    });
  }

  #stateAt(node: number): ChainState | null {
    return stateOf(this.#world.host.nodes.machines[node] ?? null);
  }

  #onFinal(plan: ChainPlan, final: FirstFinal): void {
    const { block, node } = final;
    const state = this.#stateAt(node);
    if (plan.subchain === null) this.#ledger.onFinal(block, state);
    if (state?.height === block.header.height) this.#onState(plan, state, node);
    const place = this.#clients.onFinal(plan, final);
    this.#crossings.onFinal(block, place);
  }

  /** What the chain holds right after a block that has just become final. */
  #onState(plan: ChainPlan, state: ChainState, node: number): void {
    this.#figures.committeesOf(plan.name).onState(state.rotation);
    if (plan.subchain === null) this.#claims?.onState(state);
    this.#clients.onState(state, node);
  }

  advance(maxEvents: number): boolean {
    this.#complete = this.#world.kernel.advance(maxEvents) !== "slice";
    return !this.#complete;
  }

  progress(): RunProgress {
    const { executed } = this.#world.kernel;
    return { simulatedUs: this.#simulatedUs, events: executed, blocks: this.#figures.blocks };
  }

  /** For who measures a run event by event. */
  get kernel(): Kernel {
    return this.#world.kernel;
  }

  /** A complete run lasted to its end, even if nothing happened any more. */
  get #simulatedUs(): number {
    return this.#complete ? this.#scenario.durationUs : this.#world.kernel.nowUs;
  }

  finish(): RunOutcome {
    const digest = this.#world.digest.finish();
    const reports = [
      ...(this.#checks === null ? [] : this.#checks.finish(this.#simulatedUs)),
      ...this.#energyReports(),
    ];
    const summary = summarize({
      scenario: this.#scenario,
      plans: this.#plans,
      residents: this.#residents,
      findings: this.#findings(reports),
      bites: [...this.#faults.bites(), ...this.#gangs.map(({ name, bites }) => ({ name, bites }))],
      codeVersion: this.#options.codeVersion,
      digest,
      simulatedUs: this.#simulatedUs,
      events: this.#world.kernel.executed,
    });
    return { summary, digest, metrics: this.#figures.metrics.rows() };
  }

  /** Closes the meters, and judges them. */
  #energyReports(): CheckerReport[] {
    const meter = this.#world.host.access?.meter;
    if (meter === undefined) return [];
    meter.finish(this.#simulatedUs);
    return this.#energy === null ? [] : [this.#energy.finish(meter, this.#simulatedUs)];
  }

  #findings(reports: readonly CheckerReport[]): Findings {
    const { durationUs, drainUs } = this.#scenario;
    return {
      figures: this.#figures,
      chains: this.#plans.map(({ name }) => name),
      reports,
      unpromised: this.#unpromised,
      windows: faultWindows(this.#scenario),
      simulatedUs: this.#simulatedUs,
      messages: this.#world.host.delivered,
      transfers: [...this.#clients.transfers.outcomes(durationUs - drainUs), ...this.#crossed()],
      tallies: this.#clients.transfers.tallies(durationUs - drainUs),
      operations: this.#clients.operations(),
      ledger: this.#ledger.figures(),
      light: this.#light.costs(),
      devices: this.#deviceFindings(),
      culprits: this.#culprits(reports),
    };
  }

  /** @returns what became of that which devices sent to other chains @param group its place; of all groups without one */
  #crossed(group?: number): OrderOutcome[] {
    const { durationUs, drainUs } = this.#scenario;
    const of = group === undefined ? {} : { group };
    return this.#crossings.outcomes({ beforeUs: durationUs - drainUs, nowUs: this.#world.kernel.nowUs, ...of });
  }

  #deviceFindings(): Findings["devices"] {
    const { access } = this.#world.host;
    const found = this.#devices.findings(access?.media ?? [], access?.meter ?? null, this.#simulatedUs);
    return found.map((each, group) => ({ ...each, crossings: this.#crossed(group) }));
  }

  /** Byzantine nodes that online evidence or forensics prove guilty, chain by chain. */
  #culprits(reports: readonly CheckerReport[]): Findings["culprits"] {
    return this.#plans.flatMap((plan, place) => {
      const { name: chain } = plan;
      const holders = holdersOf(plan, this.#residents);
      const named = new Set(this.#figures.chains[place]?.culprits);
      for (const report of reports) if (report.chain === chain) for (const id of report.culprits) named.add(id);
      const nodes = [...named].flatMap((id) => holders.get(id) ?? []).filter((node) => this.#byzantine.has(node));
      return nodes
        .sort((a, b) => a - b)
        .map((node) => ({ name: this.#residents[node]?.name ?? `node ${node}`, chain }));
    });
  }
}

/** @returns what watches the energy of a scenario's devices; null without any */
function energyChecker(scenario: Scenario): EnergyChecker | null {
  const { powered, total, devices } = numberNodes(scenario);
  const groups = scenario.devices ?? [];
  if (groups.length === 0) return null;
  const groupOf = (node: number) => devices.findIndex(({ first, count }) => node < first + count);
  return new EnergyChecker({
    firstNode: powered,
    devices: total - powered,
    powerOf: (device) => (groups[groupOf(powered + device)] as DeviceGroup).power,
    batteryOf: (device) => (groups[groupOf(powered + device)] as DeviceGroup).batteryJoules,
  });
}

/** @returns what the promise of progress needs to know of the core */
function coreOf({ core, excuse }: CorePlan, liveSources: () => readonly string[]): CheckedRun["core"] {
  return { healed: core === null ? null : { ...core, liveSources }, excuse };
}

function claimsOf(
  host: Host,
  { scenario, plans, residents }: { scenario: Scenario; plans: readonly ChainPlan[]; residents: readonly Resident[] },
): RewardClaims {
  const root = plans[0] as ChainPlan;
  return new RewardClaims(host, {
    seed: scenario.seed,
    members: membersOf(root),
    votes: genesisVotes(scenario, root, residents),
  });
}
