import { type Reader, Writer } from "../core/codec.ts";
import type { DelegateId, Hash } from "../core/ids.ts";
import { MAX_BLOCK_TRANSACTIONS } from "../core/limits.ts";
import { bytesToHash, HASH_BYTES, hashTagged } from "../crypto/hash.ts";
import { leafDigest, merkleRoot } from "../crypto/merkle.ts";
import {
  encodeTransaction,
  readTransaction,
  type Transaction,
  VRF_PROOF_BYTES,
  writeTransaction,
} from "./transaction.ts";

/** Version of the block format and of the rules that judge it. */
export const BLOCK_VERSION = 1;

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
  readonly proposer: DelegateId;
  /** The proposer's VRF priority in its committee (first 32 bytes of the output), zero where it sits without a proof. */
  readonly vrfPriority: Hash;
  /** 80 bytes, all zero where the proposer sits without a proof. */
  readonly vrfProof: Uint8Array;
  /** Commits to the keys, order and size of the committee that signs the next height. */
  readonly nextCommitteeHash: Hash;
}

/** A header and the transactions under its root. */
export class Block {
  readonly header: Header;
  readonly transactions: readonly Transaction[];
  readonly hash: Hash;
  #bodyRoot: Hash | null = null;
  #bodyBytes = 0;

  constructor(header: Header, transactions: readonly Transaction[]) {
    this.header = header;
    this.transactions = transactions;
    this.hash = headerHash(header);
  }

  /** What the header's transaction root has to be: the hash names only the header, a peer may send it another body. */
  get bodyRoot(): Hash {
    if (this.#bodyRoot !== null) return this.#bodyRoot;
    const encoded = this.transactions.map(encodeTransaction);
    this.#bodyBytes = encoded.reduce((sum, each) => sum + each.length, 0);
    this.#bodyRoot = bytesToHash(merkleRoot(encoded.map(leafDigest)));
    return this.#bodyRoot;
  }

  /** Encoded size of all transactions, in bytes. */
  get bodyBytes(): number {
    void this.bodyRoot;
    return this.#bodyBytes;
  }
}

/** Encoded size of every header, in bytes. */
const HEADER_BYTES = 4 + 4 + 8 + 4 + 8 + 4 + 5 * HASH_BYTES + VRF_PROOF_BYTES;

/** @returns the encoded size of a block in bytes */
export function blockBytes(block: Block): number {
  return HEADER_BYTES + 4 + block.bodyBytes;
}

/** @returns the RFC 9162 tree hash over the encoded transactions */
export function transactionRoot(transactions: readonly Transaction[]): Hash {
  return bytesToHash(merkleRoot(transactions.map((each) => leafDigest(encodeTransaction(each)))));
}

function writeHeader(writer: Writer, header: Header): void {
  writer.u32(header.version).u32(header.chainId).u64(header.height).u32(header.originalView).u64(header.timeUs);
  writer.hash(header.previousHash).hash(header.transactionRoot).hash(header.stateRoot).u32(header.proposer);
  writer.hash(header.vrfPriority).fixed(header.vrfProof).hash(header.nextCommitteeHash);
}

const scratch = new Writer();

/** @returns the block hash, which commits to every field of the header */
export function headerHash(header: Header): Hash {
  writeHeader(scratch, header);
  return hashTagged("orrery/header", scratch.finish());
}

function readHeader(reader: Reader): Header {
  return {
    version: reader.u32(),
    chainId: reader.u32(),
    height: reader.u64(),
    originalView: reader.u32(),
    timeUs: reader.u64(),
    previousHash: reader.hash(),
    transactionRoot: reader.hash(),
    stateRoot: reader.hash(),
    proposer: reader.u32() as DelegateId,
    vrfPriority: reader.hash(),
    vrfProof: reader.fixed(VRF_PROOF_BYTES),
    nextCommitteeHash: reader.hash(),
  };
}

/** Appends the canonical encoding of a block. */
export function writeBlock(writer: Writer, block: Block): void {
  writeHeader(writer, block.header);
  writer.u32(block.transactions.length);
  for (const transaction of block.transactions) writeTransaction(writer, transaction);
}

/** Reads a block; the reader is marked failed when the bytes are none. Roots are not checked here. */
export function readBlock(reader: Reader): Block {
  const header = readHeader(reader);
  return new Block(header, reader.list(MAX_BLOCK_TRANSACTIONS, readTransaction));
}
