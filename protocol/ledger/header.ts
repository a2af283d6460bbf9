import { type Reader, Writer } from "../core/codec.ts";
import type { DelegateId, Hash } from "../core/ids.ts";
import { HASH_BYTES, hashTagged } from "../crypto/hash.ts";

/** Length of an ECVRF proof in bytes (RFC 9381, section 5.5). */
export const VRF_PROOF_BYTES = 80;

/** Version of the rules that judge a chain's first block; all versions share one format. */
export const BLOCK_VERSION = 1;
/** The newest version that this code knows. A chain's parameters say from which height on it is in force. */
export const NEWEST_BLOCK_VERSION = 2;

/** What a block commits to (R3); its hash is the block's identity. */
export interface Header {
  readonly version: number;
  readonly chainId: number;
  readonly height: number;
  /** The view in which the block was first proposed; a later view may carry it unchanged. */
  readonly originalView: number;
  /** µs since the run's epoch; at least one round after the parent's. */
  readonly timeUs: number;
  readonly previousHash: Hash;
  readonly transactionRoot: Hash;
  readonly stateRoot: Hash;
  /** Tree over the ledger's roots before and after each transaction; zero where a chain does not commit to them (S8). */
  readonly executionRoot: Hash;
  readonly proposer: DelegateId;
  /** The proposer's VRF priority in its committee (first 32 bytes of the output), zero where it sits without a proof. */
  readonly vrfPriority: Hash;
  /** 80 bytes, all zero where the proposer sits without a proof. */
  readonly vrfProof: Uint8Array;
  /** Commits to the keys, order and size of the committee that signs the next height. */
  readonly nextCommitteeHash: Hash;
}

/** Encoded size of every header, in bytes. */
export const HEADER_BYTES = 4 + 4 + 8 + 4 + 8 + 4 + 6 * HASH_BYTES + VRF_PROOF_BYTES;

/** Appends the canonical encoding of a header. */
export function writeHeader(writer: Writer, header: Header): void {
  writer.u32(header.version).u32(header.chainId).u64(header.height).u32(header.originalView).u64(header.timeUs);
  writer
    .hash(header.previousHash)
    .hash(header.transactionRoot)
    .hash(header.stateRoot)
    .hash(header.executionRoot)
    .u32(header.proposer);
  writer.hash(header.vrfPriority).fixed(header.vrfProof).hash(header.nextCommitteeHash);
}

const scratch = new Writer();

/** @returns the block hash, which commits to every field of the header */
export function headerHash(header: Header): Hash {
  writeHeader(scratch, header);
  return hashTagged("orrery/header", scratch.finish());
}

/** Reads a header; whether it follows any chain is not checked here. */
export function readHeader(reader: Reader): Header {
  return {
    version: reader.u32(),
    chainId: reader.u32(),
    height: reader.u64(),
    originalView: reader.u32(),
    timeUs: reader.u64(),
    previousHash: reader.hash(),
    transactionRoot: reader.hash(),
    stateRoot: reader.hash(),
    executionRoot: reader.hash(),
    proposer: reader.u32() as DelegateId,
    vrfPriority: reader.hash(),
    vrfProof: reader.fixed(VRF_PROOF_BYTES),
    nextCommitteeHash: reader.hash(),
  };
}
