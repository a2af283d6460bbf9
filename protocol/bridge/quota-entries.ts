import { Reader, Writer } from "../core/codec.ts";
import type { Hash } from "../core/ids.ts";
import { hashTagged } from "../crypto/hash.ts";
import { MAX_ADDRESS_BYTES } from "./cross-transfer.ts";
import { BridgeEntry } from "./entry-kind.ts";
import { remembering } from "./key-cache.ts";
import { MAX_BIDS, MAX_GRANTS } from "./limits.ts";

/** An offer for pieces of the cross-chain part of every block of the next period (B7). */
export interface Bid {
  /** Of the transaction that made it, as its outputs are known by. */
  readonly id: Hash;
  readonly chainId: number;
  readonly pieces: number;
  readonly pricePerPiece: bigint;
  /** Base units that are held. */
  readonly deposit: bigint;
  /** Where what is given back goes. */
  readonly refundScript: Uint8Array;
}

/** A bid that won, in its period. */
export interface Grant extends Bid {
  /** Bytes of relocks that it has paid for. */
  readonly usedBytes: number;
  /** What is left of the deposit, base units. */
  readonly remaining: bigint;
}

const scratch = new Writer();

/** Key of the bids for the next period, best first. */
export const BIDS_KEY: Hash = hashTagged("orrery/quota-bids");
/** Key of the list of chains that have grants in the current period. */
export const GRANTED_KEY: Hash = hashTagged("orrery/quota-granted");

/** @returns the key of a chain's grants in the current period */
export const grantsKey = remembering((chainId: number): Hash => {
  return hashTagged("orrery/quota-grants", scratch.u32(chainId).finish());
});

function writeBid(writer: Writer, { id, chainId, pieces, pricePerPiece, deposit, refundScript }: Bid): void {
  writer.hash(id).u32(chainId).u32(pieces).u128(pricePerPiece).u128(deposit).bytes(refundScript);
}

function readBid(reader: Reader): Bid {
  return {
    id: reader.hash(),
    chainId: reader.u32(),
    pieces: reader.u32(),
    pricePerPiece: reader.u128(),
    deposit: reader.u128(),
    refundScript: reader.bytes(MAX_ADDRESS_BYTES),
  };
}

function readGrant(reader: Reader): Grant {
  return { ...readBid(reader), usedBytes: reader.u64(), remaining: reader.u128() };
}

function decode<T>(bytes: Uint8Array, kind: number, read: (reader: Reader) => T): T | null {
  const reader = new Reader(bytes);
  if (reader.u8() !== kind) reader.fail();
  const value = read(reader);
  return reader.complete() ? value : null;
}

/** @returns the entry that holds all bids */
export function encodeBids(bids: readonly Bid[]): Uint8Array {
  scratch.u8(BridgeEntry.quotaBids).u32(bids.length);
  for (const bid of bids) writeBid(scratch, bid);
  return scratch.finish();
}

/** @returns the bids that an entry holds, or null when it holds none; never throws */
export function decodeBids(bytes: Uint8Array): Bid[] | null {
  return decode(bytes, BridgeEntry.quotaBids, (reader) => reader.list(MAX_BIDS, readBid));
}

/** @returns the entry that holds a chain's grants */
export function encodeGrants(grants: readonly Grant[]): Uint8Array {
  scratch.u8(BridgeEntry.quotaGrants).u32(grants.length);
  for (const grant of grants) {
    writeBid(scratch, grant);
    scratch.u64(grant.usedBytes).u128(grant.remaining);
  }
  return scratch.finish();
}

/** @returns the grants that an entry holds, or null when it holds none; never throws */
export function decodeGrants(bytes: Uint8Array): Grant[] | null {
  return decode(bytes, BridgeEntry.quotaGrants, (reader) => reader.list(MAX_GRANTS, readGrant));
}

/** @returns the entry that lists the chains with grants */
export function encodeGranted(chainIds: readonly number[]): Uint8Array {
  scratch.u8(BridgeEntry.quotaGranted).u32(chainIds.length);
  for (const chainId of chainIds) scratch.u32(chainId);
  return scratch.finish();
}

/** @returns the chains that an entry lists, or null when it lists none; never throws */
export function decodeGranted(bytes: Uint8Array): number[] | null {
  return decode(bytes, BridgeEntry.quotaGranted, (reader) => reader.list(MAX_GRANTS, () => reader.u32()));
}
