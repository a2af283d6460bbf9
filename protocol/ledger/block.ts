import type { Reader, Writer } from "../core/codec.ts";
import type { Hash } from "../core/ids.ts";
import { MAX_BLOCK_TRANSACTIONS } from "../core/limits.ts";
import { bytesToHash } from "../crypto/hash.ts";
import { leafDigest, merkleRoot, packDigests } from "../crypto/merkle.ts";
import { HEADER_BYTES, type Header, headerHash, readHeader, writeHeader } from "./header.ts";
import { encodeTransaction, readTransaction, type Transaction, writeTransaction } from "./transaction.ts";

/** What a block's transactions come to. */
interface Body {
  /** RFC 9162 tree hash over the encoded transactions. */
  readonly root: Hash;
  /** Encoded size of all transactions, in bytes. */
  readonly bytes: number;
  /** Leaves of the tree, packed: proofs of any of them need all. */
  readonly leaves: Uint8Array;
}

/** @returns what transactions come to as the body of a block */
export function bodyOf(transactions: readonly Transaction[]): Body {
  let bytes = 0;
  const leaves = transactions.map((transaction) => {
    const encoded = encodeTransaction(transaction);
    bytes += encoded.length;
    return leafDigest(encoded);
  });
  return { root: bytesToHash(merkleRoot(leaves)), bytes, leaves: packDigests(leaves) };
}

/** A header and the transactions under its root. */
export class Block {
  readonly header: Header;
  readonly transactions: readonly Transaction[];
  readonly hash: Hash;
  #body: Body | null;

  /** @param body where it is known already: {@link bodyOf} of the very transactions */
  constructor(header: Header, transactions: readonly Transaction[], body: Body | null = null) {
    this.header = header;
    this.transactions = transactions;
    this.hash = headerHash(header);
    this.#body = body;
  }

  get #known(): Body {
    this.#body ??= bodyOf(this.transactions);
    return this.#body;
  }

  /** What the header's transaction root has to be: the hash names only the header, a peer may send it another body. */
  get bodyRoot(): Hash {
    return this.#known.root;
  }

  /** Encoded size of all transactions, in bytes. */
  get bodyBytes(): number {
    return this.#known.bytes;
  }

  /** Digests of the transactions in their order, packed; a proof that one of them is there needs them all. */
  get leaves(): Uint8Array {
    return this.#known.leaves;
  }
}

/** @returns the encoded size of a block in bytes */
export function blockBytes(block: Block): number {
  return HEADER_BYTES + 4 + block.bodyBytes;
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
