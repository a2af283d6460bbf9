import { IOTX, SECOND_US } from "../core/units.ts";

/** Rules of the rootchain about subchains; the same for all of them, and never changed. */
export interface BridgeParameters {
  /** Silence after which a subchain counts as silent, µs of the rootchain's header time. */
  readonly deadAfterUs: number;
  /** Further silence after which it is dead, µs. */
  readonly challengeUs: number;
  /** Least time between a heartbeat and the last accepted header, µs: heartbeats are free of quota. */
  readonly heartbeatUs: number;
  /** Oldest anchor that a proof may start from, µs since it was accepted (B3). */
  readonly trustPeriodUs: number;
  /** Longest way from now to an expiry, µs; shorter than the trust period. */
  readonly maxExpiryUs: number;
  /** Least bond of each operator, base units. */
  readonly minOperatorBond: bigint;
  /** Fewest operators of a subchain. */
  readonly minOperators: number;
  /** Blocks from an operator's resignation until its bond may be spent. */
  readonly operatorUnbondingBlocks: number;
  /** Most that a refund's relayer may keep, base units of the root token. */
  readonly maxRefundFee: bigint;
  /** Blocks between a commitment and the earliest reveal that it counts for. */
  readonly revealDelayBlocks: number;
  /** Blocks after which a commitment is void. */
  readonly commitmentBlocks: number;
  /** The informer's part of a confiscated bond in 1/10000; at most 5 %. */
  readonly informerShare: number;
  /** Blocks of a quota period. */
  readonly quotaPeriodBlocks: number;
  /** Least price of one piece for one period, base units. */
  readonly minPricePerPiece: bigint;
  /** Largest deposit that a bid may lock up, base units. */
  readonly maxQuotaDeposit: bigint;
}

const HOUR_US = 3600 * SECOND_US;

/** The paper's figures where it has any (B7), and careful ones elsewhere. */
export const DEFAULT_BRIDGE_PARAMETERS: BridgeParameters = {
  deadAfterUs: 2 * HOUR_US,
  challengeUs: 2 * HOUR_US,
  heartbeatUs: 60 * SECOND_US,
  trustPeriodUs: 24 * HOUR_US,
  maxExpiryUs: 12 * HOUR_US,
  minOperatorBond: IOTX,
  minOperators: 1,
  operatorUnbondingBlocks: 57_600,
  maxRefundFee: IOTX / 100n,
  revealDelayBlocks: 2,
  commitmentBlocks: 1200,
  informerShare: 500,
  quotaPeriodBlocks: 1200,
  minPricePerPiece: 1000n,
  maxQuotaDeposit: 1_000_000n * IOTX,
};
