import fc from "fast-check";
import type { CrossTransfer } from "../../bridge/cross-transfer.ts";
import type { LegState } from "../../bridge/leg.ts";
import type { Bid } from "../../bridge/quota-entries.ts";
import type { OperatorRecord, SubchainRecord } from "../../bridge/subchain-record.ts";
import type { PeerId } from "../../core/ids.ts";
import type { Anchor } from "../../light/anchor.ts";
import type { OperatorSeat } from "../../rootchain/payload.ts";
import { hash, u32, u64, u128 } from "../arbitraries.ts";
import { specificationOf } from "../bridge/world.ts";

export const bytes = (minLength: number, maxLength: number) => fc.uint8Array({ minLength, maxLength });
export const key = bytes(32, 32);
export const anchor: fc.Arbitrary<Anchor> = fc.record({
  chainId: u32,
  height: u64,
  blockHash: hash,
  timeUs: u64,
  stateRoot: hash,
  transactionRoot: hash,
  nextCommitteeHash: hash,
});
export const transfer: fc.Arbitrary<CrossTransfer> = fc.record({
  token: u32,
  sourceChain: u32,
  destinationChain: u32,
  amount: u128,
  receiver: bytes(0, 128),
  dataHash: hash,
  rootExpiryUs: u64,
  destinationExpiryUs: u64,
  relockFee: u128,
  deliveryFee: u128,
  fallback: bytes(0, 128),
});
export const seat: fc.Arbitrary<OperatorSeat> = fc.record({
  publicKey: key,
  vrfPublicKey: key,
  endpoint: u32.map((each) => each as PeerId),
  bond: u128,
});
export const operator: fc.Arbitrary<OperatorRecord> = fc.record({
  registered: seat,
  nominees: fc.array(seat, { maxLength: 3 }),
  slashed: fc.boolean(),
  resigned: fc.boolean(),
  bond: fc.record({ transactionId: hash, index: u32 }),
});
export const specification = fc.integer({ min: 2, max: 99 }).map((chainId) => specificationOf(chainId));
export const record: fc.Arbitrary<SubchainRecord> = fc.record({
  specification,
  registeredHeight: u64,
  operators: fc.array(operator, { maxLength: 3 }),
});
export const bid: fc.Arbitrary<Bid> = fc.record({
  id: hash,
  chainId: u32,
  pieces: u32,
  pricePerPiece: u128,
  deposit: u128,
  refundScript: bytes(0, 128),
});
export const grant = fc
  .tuple(bid, u64, u128)
  .map(([each, usedBytes, remaining]) => ({ ...each, usedBytes, remaining }));
export const state = fc.constantFrom<LegState>("waiting", "refunded", "paid");
export const anchored = fc.record({ anchor, anchoredUs: u64 });
export const escrow = fc.record({ chainId: u32, token: u32, amount: u128 });
