import {
  type CertifiedCheckpoint,
  readCertifiedCheckpoint,
  writeCertifiedCheckpoint,
} from "../consensus/checkpoint.ts";
import { Reader, Writer } from "../core/codec.ts";
import type { DelegateId, Hash } from "../core/ids.ts";
import { MAX_BLOCK_BYTES, MAX_DATA_BYTES } from "../core/limits.ts";
import { HASH_BYTES, hashTagged } from "../crypto/hash.ts";
import { SIGNATURE_BYTES, SignedObject } from "../crypto/signed-object.ts";
import { readUtxoTransaction, type UtxoTransaction } from "../rootchain/transaction.ts";
import { ProvenTransaction } from "../subchain/proven-transaction.ts";
import {
  readSubchainTransaction,
  type SubchainTransaction,
  writeSubchainTransaction,
} from "../subchain/transaction.ts";
import { addressOf } from "./address.ts";
import { VRF_PROOF_BYTES } from "./header.ts";

const KEY_BYTES = 32;
/** A transfer without data: kind, chain, sender, nonce, receiver, amount, fee, length of the data, signature. */
const TRANSFER_BYTES = 1 + 4 + KEY_BYTES + 8 + HASH_BYTES + 16 + 16 + 4 + SIGNATURE_BYTES;
const scratch = new Writer();

interface TransferFields {
  readonly chainId: number;
  readonly from: Uint8Array;
  /** Transfers that left this account before. */
  readonly nonce: number;
  readonly to: Hash;
  /** Base units. */
  readonly amount: bigint;
  /** Base units, paid to the proposer. */
  readonly fee: bigint;
  readonly data: Uint8Array;
}

/** Moves tokens between two accounts of one chain. */
export class Transfer extends SignedObject implements TransferFields {
  readonly kind = "transfer";
  readonly chainId: number;
  readonly from: Uint8Array;
  readonly nonce: number;
  readonly to: Hash;
  readonly amount: bigint;
  readonly fee: bigint;
  readonly data: Uint8Array;
  /** The sender's address. */
  readonly sender: Hash;
  /** How a pool judged it last; what a pool makes of it is its own. */
  judgement: unknown = null;
  #id: Hash | null = null;

  /** @param sender the address of `from`, for who knows it already */
  constructor(
    fields: TransferFields,
    signature: Uint8Array = new Uint8Array(SIGNATURE_BYTES),
    sender: Hash = addressOf(fields.from),
  ) {
    super(signature);
    this.chainId = fields.chainId;
    this.from = fields.from;
    this.nonce = fields.nonce;
    this.to = fields.to;
    this.amount = fields.amount;
    this.fee = fields.fee;
    this.data = fields.data;
    this.sender = sender;
  }

  preimage(): Uint8Array {
    return writeTransferFields(scratch.ascii("orrery/transfer"), this).finish();
  }

  /** Commits to the signature too: two signatures of one transfer are two transactions, of which one can take effect. */
  get id(): Hash {
    this.#id ??= transactionHash(this);
    return this.#id;
  }
}

/** A candidate's VRF proof for an iteration, to be recorded on the chain (C2). */
export class SortitionClaim {
  readonly kind = "claim";
  readonly chainId: number;
  readonly iteration: number;
  readonly delegate: DelegateId;
  readonly proof: Uint8Array;
  #id: Hash | null = null;

  constructor(fields: { chainId: number; iteration: number; delegate: DelegateId; proof: Uint8Array }) {
    this.chainId = fields.chainId;
    this.iteration = fields.iteration;
    this.delegate = fields.delegate;
    this.proof = fields.proof;
  }

  get id(): Hash {
    this.#id ??= transactionHash(this);
    return this.#id;
  }
}

/** Carries proof of a delegate's misbehaviour; costs the culprit's bond (C6). */
export class EvidenceReport {
  readonly kind = "evidence";
  readonly culprit: DelegateId;
  /** The canonical encoding of the evidence; the consensus code reads it. */
  readonly evidence: Uint8Array;
  #id: Hash | null = null;

  constructor(culprit: DelegateId, evidence: Uint8Array) {
    this.culprit = culprit;
    this.evidence = evidence;
  }

  get id(): Hash {
    this.#id ??= transactionHash(this);
    return this.#id;
  }
}

/** A delegate that lost its disk asks to be eligible again (C7). */
export class Rejoin extends SignedObject {
  readonly kind = "rejoin";
  readonly chainId: number;
  readonly delegate: DelegateId;
  /** One more than the rejoins of this delegate that the chain has recorded. */
  readonly nonce: number;
  /** Drawn afresh, so that a node can tell this rejoin from one that it sent before an earlier loss. */
  readonly salt: number;
  #id: Hash | null = null;

  constructor(
    fields: { chainId: number; delegate: DelegateId; nonce: number; salt: number },
    signature: Uint8Array = new Uint8Array(SIGNATURE_BYTES),
  ) {
    super(signature);
    this.chainId = fields.chainId;
    this.delegate = fields.delegate;
    this.nonce = fields.nonce;
    this.salt = fields.salt;
  }

  preimage(): Uint8Array {
    const writer = new Writer().ascii("orrery/rejoin").u32(this.chainId).u32(this.delegate);
    return writer.u32(this.nonce).u32(this.salt).finish();
  }

  get id(): Hash {
    this.#id ??= transactionHash(this);
    return this.#id;
  }
}

/** Anchors how an epoch ended, signed by more than two thirds of its delegates, for clients that slept (L1). */
export class CheckpointTransaction {
  readonly kind = "checkpoint";
  readonly certified: CertifiedCheckpoint;
  #id: Hash | null = null;

  constructor(certified: CertifiedCheckpoint) {
    this.certified = certified;
  }

  get id(): Hash {
    this.#id ??= transactionHash(this);
    return this.#id;
  }
}

/** What consensus itself puts on every chain. */
export type SystemTransaction = SortitionClaim | EvidenceReport | Rejoin | CheckpointTransaction;
/** What a chain's ledger understands; another chain's kinds are refused. */
export type LedgerTransaction = Transfer | UtxoTransaction | SubchainTransaction;
/** Everything that a block's body may hold. */
export type Transaction = SystemTransaction | LedgerTransaction;

const TRANSFER = 1;
const CLAIM = 2;
const EVIDENCE = 3;
const REJOIN = 4;
const CHECKPOINT = 5;
const UTXO = 6;
// 7 and above: protocol/subchain/transaction.ts.

/** @returns whether consensus itself executes a transaction */
export function isSystem(transaction: Transaction): transaction is SystemTransaction {
  const { kind } = transaction;
  return kind === "claim" || kind === "evidence" || kind === "rejoin" || kind === "checkpoint";
}

function writeTransferFields(writer: Writer, transfer: TransferFields): Writer {
  writer.u32(transfer.chainId).fixed(transfer.from).u64(transfer.nonce).hash(transfer.to);
  return writer.u128(transfer.amount).u128(transfer.fee).bytes(transfer.data);
}

/** Appends the canonical encoding of a transaction. */
export function writeTransaction(writer: Writer, transaction: Transaction): void {
  switch (transaction.kind) {
    case "transfer":
      writeTransferFields(writer.u8(TRANSFER), transaction).fixed(transaction.signature);
      return;
    case "claim":
      writer.u8(CLAIM).u32(transaction.chainId).u64(transaction.iteration).u32(transaction.delegate);
      writer.fixed(transaction.proof);
      return;
    case "evidence":
      writer.u8(EVIDENCE).u32(transaction.culprit).bytes(transaction.evidence);
      return;
    case "rejoin":
      writer.u8(REJOIN).u32(transaction.chainId).u32(transaction.delegate).u32(transaction.nonce);
      writer.u32(transaction.salt).fixed(transaction.signature);
      return;
    case "checkpoint":
      writeCertifiedCheckpoint(writer.u8(CHECKPOINT), transaction.certified);
      return;
    case "utxo":
      writer.u8(UTXO).fixed(transaction.encoded);
      return;
    default:
      writeSubchainTransaction(writer, transaction);
  }
}

function readTransfer(reader: Reader): Transfer {
  const fields = {
    chainId: reader.u32(),
    from: reader.fixed(KEY_BYTES),
    nonce: reader.u64(),
    to: reader.hash(),
    amount: reader.u128(),
    fee: reader.u128(),
    data: reader.bytes(MAX_DATA_BYTES),
  };
  return new Transfer(fields, reader.fixed(SIGNATURE_BYTES));
}

function readClaim(reader: Reader): SortitionClaim {
  const chainId = reader.u32();
  const iteration = reader.u64();
  const delegate = reader.u32() as DelegateId;
  return new SortitionClaim({ chainId, iteration, delegate, proof: reader.fixed(VRF_PROOF_BYTES) });
}

function readRejoin(reader: Reader): Rejoin {
  const [chainId, delegate, nonce, salt] = [reader.u32(), reader.u32() as DelegateId, reader.u32(), reader.u32()];
  const fields = { chainId, delegate, nonce, salt };
  return new Rejoin(fields, reader.fixed(SIGNATURE_BYTES));
}

/** Reads one transaction; the reader is marked failed when the bytes are none. */
export function readTransaction(reader: Reader): Transaction {
  const kind = reader.u8();
  if (kind === TRANSFER) return readTransfer(reader);
  if (kind === CLAIM) return readClaim(reader);
  if (kind === EVIDENCE) return new EvidenceReport(reader.u32() as DelegateId, reader.bytes(MAX_BLOCK_BYTES));
  if (kind === REJOIN) return readRejoin(reader);
  if (kind === CHECKPOINT) return new CheckpointTransaction(readCertifiedCheckpoint(reader));
  if (kind === UTXO) return readUtxoTransaction(reader);
  const transaction = readSubchainTransaction(kind, reader);
  if (transaction !== null) return transaction;
  reader.fail();
  return readClaim(reader);
}

/** Transactions by the very bytes that they are handed out as: whoever is given these need not read them. */
const shared = new WeakMap<Uint8Array, Transaction>();

/** @returns the transaction, or null when the bytes are not the canonical encoding of one; never throws */
export function decodeTransaction(bytes: Uint8Array): Transaction | null {
  const known = shared.get(bytes);
  if (known !== undefined) return known;
  const reader = new Reader(bytes);
  const transaction = readTransaction(reader);
  return reader.complete() ? transaction : null;
}

/** @returns the canonical encoding of one transaction */
export function encodeTransaction(transaction: Transaction): Uint8Array {
  writeTransaction(scratch, transaction);
  return scratch.finish();
}

/** @returns the canonical encoding of a transaction of a block, from which all readers of these very bytes get that object */
export function sharedEncoding(transaction: Transaction): Uint8Array {
  const encoded = encodeTransaction(transaction);
  shared.set(encoded, transaction);
  return encoded;
}

/** @returns the size of the canonical encoding of one transaction, in bytes */
export function transactionBytes(transaction: Transaction): number {
  if (transaction.kind === "transfer") return TRANSFER_BYTES + transaction.data.length;
  if (transaction.kind === "utxo") return 1 + transaction.encoded.length;
  if (transaction instanceof ProvenTransaction) return transaction.encoded.length;
  writeTransaction(scratch, transaction);
  return scratch.measure();
}

function transactionHash(transaction: Transaction): Hash {
  writeTransaction(scratch, transaction);
  return hashTagged("orrery/transaction", scratch.borrow());
}
