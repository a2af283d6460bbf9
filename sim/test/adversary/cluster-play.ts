import type { PeerId } from "../../../protocol/core/ids.ts";
import type { Message } from "../../../protocol/core/machine.ts";
import type { ChainNode } from "../../../protocol/node/chain-node.ts";
import { Cluster } from "../../../protocol/test/cluster.ts";
import { Gang } from "../../adversary/index.ts";
import type { Strategy } from "../../scenario/scenario.ts";

/** A gang at work among a cluster's nodes. */
export interface Play {
  readonly cluster: Cluster;
  readonly gang: Gang;
  /** What the gang's nodes sent. */
  readonly sent: { readonly from: number; readonly to: number; readonly message: Message }[];
}

interface PlayOptions {
  readonly delegates: number;
  readonly followers?: number;
  readonly fromUs?: number;
  readonly victim?: number;
  readonly seed?: number;
  readonly mesh?: (node: number) => readonly PeerId[];
}

/** Starts a cluster some of whose nodes follow a strategy. */
export function play(strategy: Strategy, nodes: readonly number[], options: PlayOptions): Play {
  const { delegates, fromUs = 0, victim, seed = 1, mesh } = options;
  const gang = new Gang(
    { name: "gang", nodes: [], strategy, fromUs, ...(victim === undefined ? {} : { victim }) },
    nodes,
  );
  const corrupt = new Map(
    nodes.map((node) => {
      const corrupted = (machine: ChainNode) => {
        const { identity } = machine;
        const makeTwin = () => cluster.make(node);
        return gang.corrupt(machine, { node: node as PeerId, identity, state: () => machine.state, makeTwin });
      };
      return [node, corrupted] as const;
    }),
  );
  const cluster: Cluster = new Cluster({
    delegates,
    corrupt,
    seed,
    followers: options.followers ?? 0,
    ...(mesh === undefined ? {} : { mesh }),
  });
  const sent: Play["sent"] = [];
  cluster.driver.cut = (from, to, message) => {
    if (nodes.includes(from)) sent.push({ from, to, message });
    return false;
  };
  cluster.driver.startAll();
  return { cluster, gang, sent };
}

/** @returns who leads a view of height 1 */
export function leaderOf(delegates: number, view = 0): number {
  return new Cluster({ delegates }).genesis.rotation.proposer(view);
}
