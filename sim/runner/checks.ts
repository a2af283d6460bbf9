import type { ChainState } from "../../protocol/consensus/chain-state.ts";
import type { CryptoBackend } from "../../protocol/crypto/node-crypto.ts";
import type { World as CheckedChain, CheckedCore } from "../checkers/index.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { type ChainPlan, membersOf, nativeTokenOf, numbersOf } from "./chain-plan.ts";
import { faultWindows } from "./fault-plan.ts";
import type { Resident } from "./population.ts";
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
function isPromised({ subchain, signers }: ChainPlan, byzantine: Byzantine): boolean {
  if (subchain === null) return true;
  const bearable = Math.floor((Math.min(subchain.committee, subchain.operators) - 1) / 3);
  return numbersOf(signers).filter((node) => byzantine.has(node)).length <= bearable;
}

function checkedChain(run: CheckedRun, plan: ChainPlan, genesis: ChainState): CheckedChain {
  const { scenario, backend, residents, byzantine } = run;
  const { name: chain, signers, parameters } = plan;
  const liveness = scenario.expect.find((each) => each.kind === "liveness");
  const promised = isPromised(plan, byzantine);
  return {
    chain,
    ledger: plan.subchain === null ? "root" : "subchain",
    economics: plan.subchain === null ? rootParametersOf(scenario) : null,
    nativeToken: nativeTokenOf(plan),
    members: membersOf(plan),
    promised,
    parameters,
    registry: genesis.rotation.registry,
    genesis,
    backend,
    nodes: residents.length,
    delegateOf: (node) => {
      const id = node - signers.first;
      return id >= 0 && id < signers.count ? (residents[node]?.identity?.id ?? null) : null;
    },
    isByzantine: (node) => byzantine.has(node),
    stateOf: (node) => run.stateOf(node),
    liveness:
      liveness === undefined || !promised
        ? null
        : { withinUs: liveness.withinUs, faults: faultWindows(scenario), core: run.core },
  };
}

/** @returns what the checkers of each chain may see, the rootchain first */
export function checkedChains(run: CheckedRun): CheckedChain[] {
  return run.plans.map((plan, place) => checkedChain(run, plan, run.genesis[place] as ChainState));
}
