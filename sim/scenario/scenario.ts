import type { Upgrade } from "../../protocol/consensus/parameters.ts";
import type { Arrival, Spread } from "./arrival.ts";
import type { DeviceGroup } from "./device-groups.ts";
import type { Expectation } from "./expectation.ts";
import type { Fault, NodeGroup } from "./fault.ts";
import type { Hardware } from "./hardware.ts";
import type { Operation } from "./operation.ts";

export type * from "./arrival.ts";
export type * from "./device-groups.ts";
export type * from "./fault.ts";
export type * from "./hardware.ts";
export type * from "./operation.ts";

/** The runs `check` takes: smoke and standard by default, long only when asked. */
export type Tier = "smoke" | "standard" | "long";

/**
 * A whole scenario with every default filled in and every unit resolved: plain data, equal to its own JSON. With its seed
 * and the code version it determines a run to the last byte.
 *
 * Nodes are numbered 0 …: first the delegates, then the standby candidates, then the full nodes of the rootchain, then for each
 * subchain its operators and its full nodes, then the relayers, the light clients, the gateways of devices, and the devices.
 */
export interface Scenario {
  readonly name: string;
  readonly question: string;
  readonly tier: Tier;
  readonly seed: string;
  /** Changes only the order and small delays of otherwise equal schedules; 0 leaves them alone. */
  readonly perturbation: number;
  readonly crypto: "real" | "modelled";
  readonly durationUs: number;
  /** Transfer figures count those started before `durationUs − drainUs`. */
  readonly drainUs: number;
  readonly rootchain: RootchainScenario;
  /** In order of their chain ids, from 2. */
  readonly subchains: readonly SubchainScenario[];
  readonly relayers: RelayerScenario;
  readonly lightClients: readonly LightClientScenario[];
  /** Not there: none. */
  readonly devices?: readonly DeviceGroup[];
  readonly network: NetworkScenario;
  readonly hardware: {
    readonly delegates: Hardware;
    readonly fullNodes: Hardware;
    readonly operators: Hardware;
    readonly relayers: Hardware;
    readonly lightClients: Hardware;
  };
  readonly workload: readonly TransferLoad[];
  /** In order of time; not there where nothing is undertaken. */
  readonly operations?: readonly Operation[];
  readonly faults: readonly Fault[];
  readonly adversaries: readonly Adversary[];
  readonly expect: readonly Expectation[];
}

/** What the rootchain pays, keeps and takes; the same rules for all of its subchains (R6, B5, B7, S8). */
export interface RootchainEconomics {
  /** Reward of the schedule's beginning, base units as decimal digits; it falls linearly to nothing over `rewardBlocks`. */
  readonly rewardInitial: string;
  readonly rewardBlocks: number;
  /** Part 0 … 1 of its reward that a delegate keeps before its voters share the rest. */
  readonly commission: number;
  /** Whether delegates and their voters claim what they earned, after each epoch. */
  readonly claimsRewards: boolean;
  /** Of each candidate, base units as decimal digits. */
  readonly delegateBond: string;
  /** From the end of the last epoch served until a bond may be spent. */
  readonly unbondingUs: number;
  /** Oldest anchor that a proof may start from. */
  readonly trustPeriodUs: number;
  readonly quotaPeriodBlocks: number;
  /** Silence after which a subchain counts as silent, and after which further silence as dead. */
  readonly deadAfterUs: number;
  readonly challengeUs: number;
  /** Least time between two anchors that are free of quota. */
  readonly heartbeatUs: number;
  /** Blocks from an informer's commitment to its earliest reveal, and to the last that counts. */
  readonly evidenceDelayBlocks: number;
  readonly evidenceWindowBlocks: number;
  /** Part 0 … 0.05 of a confiscated bond that the informer gets. */
  readonly informerShare: number;
}

/** Roll-DPoS parameters and the population of the rootchain. */
export interface RootchainScenario extends RootchainEconomics {
  readonly delegates: number;
  /** Registered candidates beyond the elected delegates. */
  readonly standby: number;
  /** Nodes that follow the chain and never sign. */
  readonly fullNodes: number;
  readonly committee: number;
  readonly iterationsPerEpoch: number;
  readonly roundsPerIteration: number;
  readonly roundUs: number;
  readonly sortition: "ranked" | "threshold";
  /** Used in threshold mode only. */
  readonly threshold: { readonly expectedSize: number; readonly quorum: number };
  /** Which block seeds the sortition of iteration i: the last of i − 2, or (the paper's own) of i − 1. */
  readonly seedRule: "two-back" | "one-back";
  /** Time-out of view 0; it doubles with each view. */
  readonly timeoutBaseUs: number;
  /** How far ahead of a node's clock a proposal's time may be. */
  readonly maxDriftUs: number;
  readonly maxBlockBytes: number;
  /** Rules that take force at a height; left out where there are none. */
  readonly upgrade?: Upgrade;
  /** Stake of each candidate in base units, as decimal digits: delegates + standby of them, in node order. */
  readonly stakes: readonly string[];
}

/** One subchain: who runs it and by which figures (S1–S6, S10). */
export interface SubchainScenario {
  /** Unique; `home` with count 2 gives home-1 and home-2. */
  readonly name: string;
  readonly operators: number;
  /** Nodes that follow the subchain and never sign. */
  readonly fullNodes: number;
  readonly committee: number;
  readonly iterationsPerEpoch: number;
  readonly roundsPerIteration: number;
  readonly roundUs: number;
  readonly timeoutBaseUs: number;
  readonly maxDriftUs: number;
  readonly maxBlockBytes: number;
  /** Rules that take force at a height; left out where there are none. */
  readonly upgrade?: Upgrade;
  /** Of each operator, base units as decimal digits. */
  readonly bond: string;
  /** A token of its own instead of the root token. */
  readonly ownToken: boolean;
  /** Private: only the accounts of the workload are admitted. */
  readonly permission: "public" | "private";
  /** Base units that reward the operators over `rewardBlocks` blocks. */
  readonly rewardPool: string;
  readonly rewardBlocks: number;
  /**
   * Pieces of the cross-chain half of root blocks that it bids for in every period, what it bids for each, and the deposit that
   * its relocks use up in a period; base units as decimal digits.
   */
  readonly quota: { readonly pieces: number; readonly pricePerPiece: string; readonly deposit: string };
  /** Root token that is in the subchain's escrow, and in the workload's accounts there, at the start. */
  readonly endowment: string;
}

/** Machines that carry proofs between chains for the fees. */
export interface RelayerScenario {
  readonly count: number;
  /** How often a relayer looks for work. */
  readonly pollUs: number;
}

/** Clients that follow one chain by checkpoints, awake for a while and asleep for a while (L2). */
export interface LightClientScenario {
  readonly name: string;
  readonly count: number;
  /** "root" or a subchain's name. */
  readonly chain: string;
  readonly awakeUs: number;
  /** 0: always awake. */
  readonly asleepUs: number;
  readonly trustPeriodUs: number;
  /** Whether a private chain admits them to read it. */
  readonly isAdmitted: boolean;
}

/** The wide-area network between nodes. */
export interface NetworkScenario {
  readonly backbone: Backbone;
  /** Neighbours of a node in the gossip mesh. */
  readonly gossip: { readonly degree: number };
}

/** Links between regions; probabilities are 0 … 1. */
export interface Backbone {
  readonly regions: Regions;
  /** A message takes up to this part of its latency longer, drawn evenly. */
  readonly jitter: number;
  /** Of each node, up and down alike. */
  readonly bandwidthBitsPerSecond: number;
  readonly lossProbability: number;
  readonly duplicationProbability: number;
  readonly reordering: { readonly probability: number; readonly delayUs: number };
  readonly maxMessageBytes: number;
  /** Bytes waiting at one end of a node's link before more are dropped. */
  readonly queueBytes: number;
}

/** Where nodes are. */
export interface Regions {
  readonly names: readonly string[];
  /** One-way latency from row to column. */
  readonly latencyUs: readonly (readonly number[])[];
  /** Part of the nodes in each region; adds up to 1. */
  readonly share: readonly number[];
  /** Where each region is, in degrees east and north, for viewers; null where the scenario places it nowhere. */
  readonly positions: readonly (readonly [east: number, north: number])[] | null;
}

/** Transfers between accounts that clients hand to nodes of their chain. */
export interface TransferLoad {
  readonly kind: "transfer";
  /** Unique within the scenario; figures of this load alone go by it. */
  readonly name: string;
  /** "root" or a subchain's name. */
  readonly from: string;
  readonly to: string;
  /** Between two subchains: in three transactions, or in four by way of the sender's own account on the rootchain. */
  readonly route: "direct" | "naive";
  /** Until the rootchain, and after it the destination, must have taken a transfer to another chain; then it is refunded. */
  readonly expiryUs: { readonly root: number; readonly destination: number };
  /** Base units as decimal digits. */
  readonly relayFees: { readonly relock: string; readonly delivery: string };
  /** Mean time between two transfers. */
  readonly intervalUs: number;
  readonly arrival: Arrival;
  /** Bounds of the amount, both included, in base units as decimal digits. */
  readonly amount: { readonly min: string; readonly max: string };
  /** How amounts spread between the bounds, and receivers over the accounts. */
  readonly amounts: Spread;
  readonly partners: Spread;
  readonly accounts: number;
  readonly dataBytes: number;
  readonly startUs: number;
  readonly stopUs: number;
  /** "root", or the subchain whose own token moves; not there: the one of `from`, where the way allows it. */
  readonly token?: string;
  /** Name of the load whose accounts these are. */
  readonly accountsOf?: string;
  /** Instead of a stream of transfers: at `startUs` each of the accounts leaves, once. */
  readonly exit?: {
    /** Root token that each takes along, base units as decimal digits; null: all that it has. */
    readonly amount: string | null;
  };
}

/** How a Byzantine node departs from the protocol. */
export type Strategy =
  | "silent"
  | "equivocate"
  | "equivocate-one"
  | "double-vote"
  | "vote-all"
  | "withhold-votes"
  | "stale-future"
  | "lie-view-change"
  | "invalid-block"
  | "censor"
  | "grind-seed"
  | "withhold-priority"
  | "twins"
  | "flood"
  | "mutate-messages"
  | "eclipse"
  | "mint"
  | "forge-state"
  | "fork-chain"
  | "go-silent"
  | "quota-spam"
  | "quota-squat"
  | "cheat-relay"
  | "collude"
  | "double-spend"
  | "forge-transactions"
  | "vote-buyer"
  | "long-range";

/** How an adversary chooses its nodes where it does not draw them. */
export type Placement =
  /** The greatest stakes first, or the smallest. */
  | "richest"
  | "poorest"
  /** Those who sit in the committee just elected, the first to propose first: others in each iteration. */
  | "adaptive"
  /** Neighbours of its victim in the gossip mesh. */
  | "around";

/** Nodes that follow a Byzantine strategy from `fromUs` to the end. */
export interface Adversary {
  /** Unique within the scenario. */
  readonly name: string;
  readonly nodes: NodeGroup;
  readonly strategy: Strategy;
  readonly fromUs: number;
  /** Not there: the run's seed draws the nodes. */
  readonly placement?: Placement;
  /** Adaptive: how many of `nodes` it holds at one time. */
  readonly atOnce?: number;
  /** The most that its nodes may hold at one time of all candidates' stake, 0 … 1; not there: no bound. */
  readonly stake?: number;
  /** The node that it is after, where its strategy is about one. */
  readonly victim?: number;
  /** Whether the first of them hands a fraud proof to a relayer. */
  readonly hasTurncoat?: boolean;
}
