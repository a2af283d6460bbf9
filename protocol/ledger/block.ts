import type { Reader, Writer } from "../core/codec.ts";
import type { Hash } from "../core/ids.ts";
import { MAX_BLOCK_TRANSACTIONS } from "../core/limits.ts";
import { bytesToHash } from "../crypto/hash.ts";
import { leafDigest, merkleRoot } from "../crypto/merkle.ts";
import { HEADER_BYTES, type Header, headerHash, readHeader, writeHeader } from "./header.ts";
import { encodeTransaction, readTransaction, type Transaction, writeTransaction } from "./transaction.ts";

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

/** @returns the encoded size of a block in bytes */
export function blockBytes(block: Block): number {
  return HEADER_BYTES + 4 + block.bodyBytes;
}

/** @returns the RFC 9162 tree hash over the encoded transactions */
export function transactionRoot(transactions: readonly Transaction[]): Hash {
  return bytesToHash(merkleRoot(transactions.map((each) => leafDigest(encodeTransaction(each)))));
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
