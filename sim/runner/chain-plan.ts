import type { ConsensusParameters, Sortition } from "../../protocol/consensus/parameters.ts";
import { type ChainNodes, type NodeRange, numberNodes } from "../scenario/numbering.ts";
import type { RootchainScenario, Scenario, SubchainScenario } from "../scenario/scenario.ts";

/** Chain id of the rootchain; subchains follow in the order of the scenario. */
export const ROOT_CHAIN_ID = 1;

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

/** @returns whether a node is of a range */
export function isWithin({ first, count }: NodeRange, node: number): boolean {
  return node >= first && node < first + count;
}

/** @returns all nodes that hold a chain as a whole, ascending */
export function membersOf({ signers, followers }: ChainPlan): number[] {
  return [...numbersOf(signers), ...numbersOf(followers)];
}

/** @returns whether a chain answers only those who may read it */
export function isPrivate({ subchain }: ChainPlan): boolean {
  return subchain?.permission === "private";
}

/** @returns the chain id of the home of the token that its accounts and fees are in */
export function nativeTokenOf({ id, subchain }: ChainPlan): number {
  return subchain?.ownToken === true ? id : ROOT_CHAIN_ID;
}

function sortitionOf(rootchain: RootchainScenario): Sortition {
  if (rootchain.sortition === "ranked") return { mode: "ranked" };
  return { mode: "threshold", ...rootchain.threshold, seedRule: rootchain.seedRule };
}

type Timing = Omit<ConsensusParameters, "chainId" | "delegates" | "sortition">;

function timingOf(chain: RootchainScenario | SubchainScenario): Timing {
  const { committee, iterationsPerEpoch, roundsPerIteration, roundUs, timeoutBaseUs, maxDriftUs, maxBlockBytes } =
    chain;
  const upgrade = chain.upgrade === undefined ? {} : { upgrade: chain.upgrade };
  const sizes = { committee, iterationsPerEpoch, roundsPerIteration, maxBlockBytes };
  return { ...sizes, roundUs, timeoutBaseUs, maxDriftUs, ...upgrade };
}

function rootPlan({ rootchain }: Scenario, { name, signers, fullNodes }: ChainNodes): ChainPlan {
  const { delegates } = rootchain;
  const parameters = {
    chainId: ROOT_CHAIN_ID,
    delegates,
    sortition: sortitionOf(rootchain),
    ...timingOf(rootchain),
  };
  return { id: ROOT_CHAIN_ID, name, signers, followers: fullNodes, parameters, subchain: null };
}

function subchainPlan(subchain: SubchainScenario, id: number, { name, signers, fullNodes }: ChainNodes): ChainPlan {
  const sortition = { mode: "ranked" } as const;
  const parameters = { chainId: id, delegates: subchain.operators, sortition, ...timingOf(subchain) };
  return { id, name, signers, followers: fullNodes, parameters, subchain };
}

/** @returns the chains of a scenario by chain id, the rootchain first */
export function chainPlans(scenario: Scenario): readonly ChainPlan[] {
  const [root, ...others] = numberNodes(scenario).chains;
  const subchains = scenario.subchains.map((subchain, place) => {
    return subchainPlan(subchain, ROOT_CHAIN_ID + 1 + place, others[place] as ChainNodes);
  });
  return [rootPlan(scenario, root as ChainNodes), ...subchains];
}
