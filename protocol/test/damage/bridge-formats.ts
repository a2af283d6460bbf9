import fc from "fast-check";
import { decodeAnchorRing, encodeAnchorRing } from "../../bridge/anchor-ring.ts";
import { type CrossTransfer, readCrossTransfer, writeCrossTransfer } from "../../bridge/cross-transfer.ts";
import { BridgeEntry } from "../../bridge/entry-kind.ts";
import { decodeEscrow, encodeEscrow } from "../../bridge/escrow.ts";
import { decodeCommitment } from "../../bridge/informer.ts";
import { decodeLeg, encodeLeg, type LegState } from "../../bridge/leg.ts";
import {
  type Bid,
  decodeBids,
  decodeGranted,
  decodeGrants,
  encodeBids,
  encodeGranted,
  encodeGrants,
} from "../../bridge/quota-entries.ts";
import { decodeSubchainRecord, encodeSubchainRecord } from "../../bridge/subchain-record.ts";
import { Writer } from "../../core/codec.ts";
import type { PeerId } from "../../core/ids.ts";
import type { Anchor } from "../../light/anchor.ts";
import type { OperatorSeat } from "../../rootchain/payload.ts";
import { hash, u32, u64, u128 } from "../arbitraries.ts";
import { specificationOf } from "../bridge/world.ts";
import { type Format, streamed, whole } from "./format.ts";

const bytes = (minLength: number, maxLength: number) => fc.uint8Array({ minLength, maxLength });
const key = bytes(32, 32);
const anchor: fc.Arbitrary<Anchor> = fc.record({
  chainId: u32,
  height: u64,
  blockHash: hash,
  timeUs: u64,
  stateRoot: hash,
  transactionRoot: hash,
  nextCommitteeHash: hash,
});
const transfer: fc.Arbitrary<CrossTransfer> = fc.record({
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
const seat: fc.Arbitrary<OperatorSeat> = fc.record({
  publicKey: key,
  vrfPublicKey: key,
  endpoint: u32.map((each) => each as PeerId),
  bond: u128,
});
const operator = fc.record({
  registered: seat,
  nominees: fc.array(seat, { maxLength: 3 }),
  slashed: fc.boolean(),
  resigned: fc.boolean(),
  bond: fc.record({ transactionId: hash, index: u32 }),
});
const specification = fc.integer({ min: 2, max: 99 }).map((chainId) => specificationOf(chainId));
const record = fc.record({ specification, registeredHeight: u64, operators: fc.array(operator, { maxLength: 3 }) });
const bid: fc.Arbitrary<Bid> = fc.record({
  id: hash,
  chainId: u32,
  pieces: u32,
  pricePerPiece: u128,
  deposit: u128,
  refundScript: bytes(0, 128),
});
const grant = fc.tuple(bid, u64, u128).map(([each, usedBytes, remaining]) => ({ ...each, usedBytes, remaining }));
const state = fc.constantFrom<LegState>("waiting", "refunded", "paid");
const anchored = fc.record({ anchor, anchoredUs: u64 });
const escrow = fc.record({ chainId: u32, token: u32, amount: u128 });

/** @returns some values, the same ones in each run */
function some<T>(values: fc.Arbitrary<T>): T[] {
  return fc.sample(values, { numRuns: 12, seed: 5 });
}

function encodeCommitment(height: number): Uint8Array {
  return new Writer().u8(BridgeEntry.evidenceCommitment).u64(height).finish();
}

function encodeEscrowed({ chainId, token, amount }: { chainId: number; token: number; amount: bigint }): Uint8Array {
  return encodeEscrow(chainId, token, amount);
}

/** What the rootchain holds about subchains. */
export const bridgeEntries: Record<string, Format> = {
  "subchains' records": whole(encodeSubchainRecord, decodeSubchainRecord, ...some(record)),
  "rings of anchors": whole(
    encodeAnchorRing,
    decodeAnchorRing,
    ...some(fc.array(anchored, { minLength: 1, maxLength: 4 })),
  ),
  legs: whole(encodeLeg, decodeLeg, ...some(fc.record({ transfer, remaining: u128, state }))),
  escrows: whole(encodeEscrowed, decodeEscrow, ...some(escrow)),
  bids: whole(encodeBids, decodeBids, ...some(fc.array(bid, { maxLength: 3 }))),
  grants: whole(encodeGrants, decodeGrants, ...some(fc.array(grant, { maxLength: 3 }))),
  "granted chains": whole(encodeGranted, decodeGranted, ...some(fc.array(u32, { maxLength: 4 }))),
  commitments: whole(encodeCommitment, decodeCommitment, 0, 7, Number.MAX_SAFE_INTEGER),
};

/** The terms that cross from chain to chain. */
export const bridgeObjects: Record<string, Format> = {
  "cross transfers": streamed(writeCrossTransfer, readCrossTransfer, ...some(transfer)),
};
