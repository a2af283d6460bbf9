import type { ChainState } from "../../protocol/consensus/chain-state.ts";
import type { CryptoBackend } from "../../protocol/crypto/node-crypto.ts";
import type { World as CheckedChain, CheckedCore } from "../checkers/index.ts";
import { type RegisterOperation, registrationOfChain } from "../scenario/operation.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { type ChainPlan, isWithin, membersOf, nativeTokenOf } from "./chain-plan.ts";
import { faultWindows } from "./fault-plan.ts";
import { holdersOf, type Resident } from "./population.ts";
import { rootParametersOf } from "./root-parameters.ts";

/** Who breaks rules of consensus: an adaptive adversary has chosen them by now, of all others it is certain beforehand. */
export type Byzantine = Pick<ReadonlySet<number>, "has">;

/** What checkers may see of a run. */
export interface CheckedRun {
  readonly scenario: Scenario;
  readonly backend: CryptoBackend;
  readonly plans: readonly ChainPlan[];
  /** By place in the plans. */
  readonly genesis: readonly ChainState[];
  readonly residents: readonly Resident[];
  readonly byzantine: Byzantine;
  readonly core: CheckedCore;
  /** @returns the chain state that a node holds, or null where it cannot be seen */
  stateOf(node: number): ChainState | null;
}

/** Every committee of the rootchain is watched; a subchain with more Byzantine operators than it can bear promises nothing. */
function isPromised(plan: ChainPlan, residents: readonly Resident[], byzantine: Byzantine): boolean {
  const { subchain } = plan;
  if (subchain === null) return true;
  const bearable = Math.floor((Math.min(subchain.committee, subchain.operators) - 1) / 3);
  // A seat counts for Byzantine whoever of its holders is, as it is held by each of them for a time.
  const seats = [...holdersOf(plan, residents).values()];
  return seats.filter((nodes) => nodes.some((node) => byzantine.has(node))).length <= bearable;
}

/** Rounds of the rootchain from a registration's time until the chain has to make progress. */
const FOUNDING_ROUNDS = 10;

/** @returns when nothing is promised of a chain: while something is broken on purpose, and before it is registered */
function windowsOf(scenario: Scenario, registration: RegisterOperation | undefined): ReturnType<typeof faultWindows> {
  const windows = faultWindows(scenario);
  if (registration === undefined) return windows;
  const toUs = registration.atUs + FOUNDING_ROUNDS * scenario.rootchain.roundUs;
  return [...windows, { fromUs: 0, toUs: Math.min(toUs, scenario.durationUs) }];
}

function checkedChain(run: CheckedRun, plan: ChainPlan, genesis: ChainState): CheckedChain {
  const { scenario, backend, residents, byzantine } = run;
  const { name: chain, parameters, signers, followers } = plan;
  const liveness = scenario.expect.find((each) => each.kind === "liveness");
  const promised = isPromised(plan, residents, byzantine);
  const members = membersOf(plan);
  const registration = registrationOfChain(scenario, chain);
  return {
    chain,
    ledger: plan.subchain === null ? "root" : "subchain",
    economics: plan.subchain === null ? rootParametersOf(scenario) : null,
    nativeToken: nativeTokenOf(plan),
    members,
    promised,
    parameters,
    registry: genesis.rotation.registry,
    genesis,
    backend,
    nodes: residents.length,
    isLater: registration !== undefined,
    delegateOf: (node) => {
      const isMember = isWithin(signers, node) || isWithin(followers, node);
      return isMember ? (residents[node]?.identity?.id ?? null) : null;
    },
    isByzantine: (node) => byzantine.has(node),
    stateOf: (node) => run.stateOf(node),
    liveness:
      liveness === undefined || !promised
        ? null
        : { withinUs: liveness.withinUs, faults: windowsOf(scenario, registration), core: run.core },
  };
}

/** @returns what the checkers of each chain may see, the rootchain first */
export function checkedChains(run: CheckedRun): CheckedChain[] {
  return run.plans.map((plan, place) => checkedChain(run, plan, run.genesis[place] as ChainState));
}
