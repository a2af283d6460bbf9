import type { ChainState } from "../../protocol/consensus/chain-state.ts";
import type { Identity } from "../../protocol/consensus/pbft-node.ts";
import type { PeerId } from "../../protocol/core/ids.ts";
import type { Machine } from "../../protocol/core/machine.ts";
import type { CryptoBackend } from "../../protocol/crypto/node-crypto.ts";
import type { Holder } from "../workload/holder.ts";

/** Some nodes; who they are may change. */
export interface Peers {
  has(node: number): boolean;
}

/** A chain of the run as adversaries see it. */
export interface SettingChain {
  readonly id: number;
  /** Nodes that hold it, those that sign first. */
  readonly members: readonly PeerId[];
  readonly roundUs: number;
  /** Chain id of the home of the token that its accounts and fees are in. */
  readonly nativeToken: number;
}

/** What adversaries know of the run that they are in. */
export interface Setting {
  readonly seed: string;
  readonly backend: CryptoBackend;
  readonly durationUs: number;
  /** The rootchain first. */
  readonly chains: readonly SettingChain[];
  readonly quotaPeriodBlocks: number;
  /** Those who inform on others. */
  readonly relayers: readonly PeerId[];
  /** Number of the first light client: they come last. */
  readonly firstLightClient: number;
  /** Of each candidate of the rootchain, base units as decimal digits. */
  readonly stakes: readonly string[];
}

/** What accomplices own at the start. */
export interface Wealth {
  readonly coins: readonly { readonly holder: Holder; readonly amount: bigint }[];
  readonly accounts: readonly {
    readonly chainId: number;
    readonly holder: Holder;
    readonly token: number;
    /** Base units. */
    readonly amount: bigint;
  }[];
}

/** Whose value forged transactions pretend to spend. */
export interface Forger {
  /** Owns one coin on the rootchain. */
  readonly spender: Holder;
  /** Owns an account on every subchain. */
  readonly account: Holder;
  /** Owns the same, and signs nothing for the forger. */
  readonly victim: Holder;
}

/** A node in an adversary's hands. */
export interface Member {
  readonly node: PeerId;
  /** Null for a node that signs no blocks. */
  readonly identity: Identity | null;
  /** @returns the node's last final state; null where it holds no chain */
  state(): ChainState | null;
  /** @returns another machine with the node's keys, or the same role without any */
  readonly makeTwin: () => Machine;
}
