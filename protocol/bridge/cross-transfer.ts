import type { Reader, Writer } from "../core/codec.ts";
import type { Hash } from "../core/ids.ts";
import { hashTagged, hashToBytes } from "../crypto/hash.ts";
import { rememberingLately } from "./key-cache.ts";

/** Longest address of any chain in bytes: an account is a hash, an address on the rootchain is a locking script. */
export const MAX_ADDRESS_BYTES = 128;

/**
 * A transfer between two chains, as its lock says it; lock, relock and reorg carry the same fields (B1).
 * Times are header times of the chain that consumes, µs; amounts are base units of the token.
 */
export interface CrossTransfer {
  /** Chain id of the token's home; the rootchain's for the root token (S6). */
  readonly token: number;
  readonly sourceChain: number;
  readonly destinationChain: number;
  /** What leaves the sender: the receiver gets it less both relay fees. */
  readonly amount: bigint;
  /** On a subchain the 32 bytes of an account, on the rootchain a locking script. */
  readonly receiver: Uint8Array;
  /** Hash of the data that travels beside the transfer and is stored on no chain; zero without data. */
  readonly dataHash: Hash;
  /** The rootchain takes the relock only before this time; unused where the rootchain itself is the source. */
  readonly rootExpiryUs: number;
  /** The destination takes the delivery only before this time; unused where it is the rootchain. */
  readonly destinationExpiryUs: number;
  /** Earned by whoever relays to the rootchain. */
  readonly relockFee: bigint;
  /** Earned by whoever delivers on the destination. */
  readonly deliveryFee: bigint;
  /** Locking script on the rootchain that a refund goes to when the transfer has left its source. */
  readonly fallback: Uint8Array;
}

/** Appends the canonical encoding. */
export function writeCrossTransfer(writer: Writer, transfer: CrossTransfer): void {
  writer.u32(transfer.token).u32(transfer.sourceChain).u32(transfer.destinationChain).u128(transfer.amount);
  writer.bytes(transfer.receiver).hash(transfer.dataHash);
  writer.u64(transfer.rootExpiryUs).u64(transfer.destinationExpiryUs);
  writer.u128(transfer.relockFee).u128(transfer.deliveryFee).bytes(transfer.fallback);
}

/** Reads the fields; whether they make sense is for the chain's rules. */
export function readCrossTransfer(reader: Reader): CrossTransfer {
  return {
    token: reader.u32(),
    sourceChain: reader.u32(),
    destinationChain: reader.u32(),
    amount: reader.u128(),
    receiver: reader.bytes(MAX_ADDRESS_BYTES),
    dataHash: reader.hash(),
    rootExpiryUs: reader.u64(),
    destinationExpiryUs: reader.u64(),
    relockFee: reader.u128(),
    deliveryFee: reader.u128(),
    fallback: reader.bytes(MAX_ADDRESS_BYTES),
  };
}

const scratch = new Uint8Array(4);

/**
 * The identity of a lock, by which it is consumed at most once (B4): where it stands, never the bytes of a proof.
 *
 * @param transactionId of the lock on its source chain
 */
export function lockIdOf(sourceChain: number, transactionId: Hash): Hash {
  new DataView(scratch.buffer).setUint32(0, sourceChain);
  return hashTagged("orrery/lock", scratch, hashToBytes(transactionId));
}

/** Key of the entry by which a chain remembers that it consumed a lock; the same on every chain, as refunds prove its absence. */
export const consumedKey = rememberingLately((lockId: Hash): Hash => {
  return hashTagged("orrery/consumed", hashToBytes(lockId));
});

/** @returns what a lock says of the data that travels beside it */
export function dataHashOf(data: Uint8Array): Hash {
  return hashTagged("orrery/attached-data", data);
}
