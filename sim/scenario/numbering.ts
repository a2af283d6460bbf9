import type { Scenario } from "./scenario.ts";

/** Neighbouring node numbers. */
export interface NodeRange {
  readonly first: number;
  readonly count: number;
}

/** The nodes of one chain. */
export interface ChainNodes {
  /** "root" or the subchain's name. */
  readonly name: string;
  /** Delegates and standby candidates, or operators. */
  readonly signers: NodeRange;
  readonly fullNodes: NodeRange;
}

/** Which numbers the nodes of each role and chain have. */
export interface Numbering {
  readonly delegates: NodeRange;
  readonly standby: NodeRange;
  /** By chain id, the rootchain first. */
  readonly chains: readonly ChainNodes[];
  readonly relayers: NodeRange;
  /** Each group of light clients. */
  readonly lightClients: readonly (NodeRange & { readonly name: string })[];
  readonly total: number;
}

/** What decides the numbers. */
export type Population = Pick<Scenario, "rootchain" | "subchains" | "relayers" | "lightClients">;

/** @returns the numbers of all nodes, in the order that `Scenario` documents */
export function numberNodes({ rootchain, subchains, relayers, lightClients }: Population): Numbering {
  let next = 0;
  const take = (count: number): NodeRange => {
    const range = { first: next, count };
    next += count;
    return range;
  };
  const [delegates, standby] = [take(rootchain.delegates), take(rootchain.standby)];
  const signers = { first: 0, count: next };
  const root = { name: "root", signers, fullNodes: take(rootchain.fullNodes) };
  const others = subchains.map(({ name, operators, fullNodes }) => {
    return { name, signers: take(operators), fullNodes: take(fullNodes) };
  });
  const carriers = take(relayers.count);
  const clients = lightClients.map(({ name, count }) => ({ name, ...take(count) }));
  return { delegates, standby, chains: [root, ...others], relayers: carriers, lightClients: clients, total: next };
}
