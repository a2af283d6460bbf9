import fc from "fast-check";
import { decodeAnchorRing, encodeAnchorRing } from "../../bridge/anchor-ring.ts";
import { readCrossTransfer, writeCrossTransfer } from "../../bridge/cross-transfer.ts";
import { BridgeEntry } from "../../bridge/entry-kind.ts";
import { decodeEscrow, encodeEscrow } from "../../bridge/escrow.ts";
import { decodeCommitment } from "../../bridge/informer.ts";
import { decodeLeg, encodeLeg } from "../../bridge/leg.ts";
import {
  decodeBids,
  decodeGranted,
  decodeGrants,
  encodeBids,
  encodeGranted,
  encodeGrants,
} from "../../bridge/quota-entries.ts";
import { decodeSubchainRecord, encodeSubchainRecord } from "../../bridge/subchain-record.ts";
import { Writer } from "../../core/codec.ts";
import { u32, u128 } from "../arbitraries.ts";
import { anchored, bid, escrow, grant, record, state, transfer } from "../bridge/arbitraries.ts";
import { type Format, streamed, whole } from "./format.ts";

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
