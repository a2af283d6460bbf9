import type { ConsensusParameters, Sortition } from "../../protocol/consensus/parameters.ts";
import type { RootchainScenario, Scenario, SubchainScenario } from "../scenario/scenario.ts";

/** Chain id of the rootchain; subchains follow in the order of the scenario. */
export const ROOT_CHAIN_ID = 1;
/** Name of the rootchain in scenarios, summaries and traces. */
export const ROOT = "root";

/** Neighbouring node numbers. */
export interface NodeRange {
  readonly first: number;
  readonly count: number;
}

/** One chain of a run: what it is called, and which nodes hold it. */
export interface ChainPlan {
  readonly id: number;
  readonly name: string;
  /** Delegates and standby candidates of the rootchain, operators of a subchain, in the order of their ids. */
  readonly signers: NodeRange;
  /** Nodes that follow the chain and never sign. */
  readonly followers: NodeRange;
  readonly parameters: ConsensusParameters;
  /** Null for the rootchain. */
  readonly subchain: SubchainScenario | null;
}

/** @returns the numbers of a range */
export function numbersOf({ first, count }: NodeRange): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

/** @returns all nodes that hold a chain as a whole, ascending */
export function membersOf({ signers, followers }: ChainPlan): number[] {
  return [...numbersOf(signers), ...numbersOf(followers)];
}

function sortitionOf(rootchain: RootchainScenario): Sortition {
  if (rootchain.sortition === "ranked") return { mode: "ranked" };
  return { mode: "threshold", ...rootchain.threshold, seedRule: rootchain.seedRule };
}

type Timing = Omit<ConsensusParameters, "chainId" | "delegates" | "sortition">;

function timingOf(chain: RootchainScenario | SubchainScenario): Timing {
  const { committee, iterationsPerEpoch, roundsPerIteration, roundUs, timeoutBaseUs, maxDriftUs, maxBlockBytes } =
    chain;
  return { committee, iterationsPerEpoch, roundsPerIteration, roundUs, timeoutBaseUs, maxDriftUs, maxBlockBytes };
}

function rootPlan({ rootchain }: Scenario): ChainPlan {
  const { delegates, standby, fullNodes } = rootchain;
  const signers = { first: 0, count: delegates + standby };
  const sortition = sortitionOf(rootchain);
  return {
    id: ROOT_CHAIN_ID,
    name: ROOT,
    signers,
    followers: { first: signers.count, count: fullNodes },
    parameters: { chainId: ROOT_CHAIN_ID, delegates, sortition, ...timingOf(rootchain) },
    subchain: null,
  };
}

function subchainPlan(subchain: SubchainScenario, id: number, first: number): ChainPlan {
  const { name, operators, fullNodes } = subchain;
  return {
    id,
    name,
    signers: { first, count: operators },
    followers: { first: first + operators, count: fullNodes },
    parameters: { chainId: id, delegates: operators, sortition: { mode: "ranked" }, ...timingOf(subchain) },
    subchain,
  };
}

/** @returns the first number that no node of a chain has */
function endOf({ followers }: ChainPlan): number {
  return followers.first + followers.count;
}

/** @returns the chains of a scenario by chain id, the rootchain first */
export function chainPlans(scenario: Scenario): readonly ChainPlan[] {
  const plans = [rootPlan(scenario)];
  for (const [index, subchain] of scenario.subchains.entries()) {
    plans.push(subchainPlan(subchain, ROOT_CHAIN_ID + 1 + index, endOf(plans.at(-1) as ChainPlan)));
  }
  return plans;
}

/** @returns the nodes of no chain: the relayers, then each group of light clients */
export function outsiders(scenario: Scenario): { relayers: NodeRange; lightClients: readonly NodeRange[] } {
  let first = endOf(chainPlans(scenario).at(-1) as ChainPlan);
  const take = (count: number): NodeRange => {
    const range = { first, count };
    first += count;
    return range;
  };
  return {
    relayers: take(scenario.relayers.count),
    lightClients: scenario.lightClients.map(({ count }) => take(count)),
  };
}
