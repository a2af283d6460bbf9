import { type BridgeParameters, DEFAULT_BRIDGE_PARAMETERS } from "../bridge/parameters.ts";
import { IOTX } from "../core/units.ts";

/** Rules of the rootchain's ledger that a scenario may set; the same for all nodes, and never changed. */
export interface RootParameters {
  /** H of the reward schedule: the first block gets nearly all of the initial reward, block H and later ones nothing (R6). */
  readonly rewardBlocks: number;
  /** r0 of the reward schedule, base units. */
  readonly initialReward: bigint;
  /** A block pays out this part of the reward pool: one in so many. */
  readonly poolBlocks: number;
  /** Blocks after the last epoch served (or voted in) until a bond (or vote) may be spent. */
  readonly unbondingBlocks: number;
  /** Least bond of a delegate, base units. */
  readonly minDelegateBond: bigint;
  /** Least stake of a vote, base units. */
  readonly minVote: bigint;
  /** Largest commission that a delegate may keep, in 1/10000. */
  readonly maxCommission: number;
  /** Most that a claim of rewards may leave as fee, base units: anyone may send one, so nobody may give them away. */
  readonly maxClaimFee: bigint;
  /** Least fee of a pending transaction that spends outputs, base units per byte. */
  readonly minFeePerByte: bigint;
  /** Blocks after which a node forgets a pending transaction. */
  readonly poolTimeoutBlocks: number;
  /** Subchains, transfers and bandwidth. */
  readonly bridge: BridgeParameters;
}

/** One block each 3 s for ten years. */
const TEN_YEARS_BLOCKS = 105_120_000;

/** The paper's figures where it has any, and careful ones elsewhere. */
export const DEFAULT_ROOT_PARAMETERS: RootParameters = {
  rewardBlocks: TEN_YEARS_BLOCKS,
  initialReward: 5n * IOTX,
  poolBlocks: 1024,
  unbondingBlocks: 57_600,
  minDelegateBond: IOTX,
  minVote: IOTX / 1000n,
  maxCommission: 10_000,
  maxClaimFee: IOTX / 100n,
  minFeePerByte: 1n,
  poolTimeoutBlocks: 1200,
  bridge: DEFAULT_BRIDGE_PARAMETERS,
};
