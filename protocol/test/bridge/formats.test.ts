import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeAnchorRing, encodeAnchorRing } from "../../bridge/anchor-ring.ts";
import type { CrossTransfer } from "../../bridge/cross-transfer.ts";
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
import { readLock } from "../../bridge/relock.ts";
import { decodeSubchainRecord, encodeSubchainRecord } from "../../bridge/subchain-record.ts";
import type { PeerId } from "../../core/ids.ts";
import type { Anchor } from "../../light/anchor.ts";
import type { OperatorSeat } from "../../rootchain/payload.ts";
import { hash, u32, u64, u128 } from "../arbitraries.ts";
import { specificationOf } from "./world.ts";

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

interface Format {
  readonly values: fc.Arbitrary<unknown>;
  readonly encode: (value: never) => Uint8Array;
  readonly decode: (encoded: Uint8Array) => unknown;
}

function format<T>(values: fc.Arbitrary<T>, encode: (value: T) => Uint8Array, decode: Format["decode"]): Format {
  return { values, encode: encode as Format["encode"], decode };
}

const FORMATS: Record<string, Format> = {
  record: format(record, encodeSubchainRecord, decodeSubchainRecord),
  ring: format(fc.array(anchored, { minLength: 1, maxLength: 4 }), encodeAnchorRing, decodeAnchorRing),
  leg: format(fc.record({ transfer, remaining: u128, state }), encodeLeg, decodeLeg),
  escrow: format(escrow, ({ chainId, token, amount }) => encodeEscrow(chainId, token, amount), decodeEscrow),
  bids: format(fc.array(bid, { maxLength: 3 }), encodeBids, decodeBids),
  grants: format(fc.array(grant, { maxLength: 3 }), encodeGrants, decodeGrants),
  granted: format(fc.array(u32, { maxLength: 4 }), encodeGranted, decodeGranted),
};

describe.each(Object.entries(FORMATS))("%s", (_name, { values, encode, decode }) => {
  test("is read back as it was written", () => {
    fc.assert(
      fc.property(values, (value) => {
        // A copy, so that no remembered value answers for the bytes.
        expect(decode(encode(value as never).slice())).toEqual(value);
      }),
      { numRuns: 200 },
    );
  });

  test("is never read from noise that re-encodes otherwise", () => {
    fc.assert(
      fc.property(bytes(0, 300), (noise) => {
        const decoded = decode(noise);
        if (decoded !== null) expect(encode(decoded as never)).toEqual(noise);
      }),
      { numRuns: 500 },
    );
  });
});

test("locks and commitments are not read from noise", () => {
  fc.assert(
    fc.property(bytes(0, 300), (noise) => {
      expect(readLock(noise)).toBe(null);
      expect(noise[0] === 40 && noise.length === 9 ? null : decodeCommitment(noise)).toBe(null);
    }),
    { numRuns: 1000 },
  );
});
