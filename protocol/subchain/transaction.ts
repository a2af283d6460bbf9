import { type CrossTransfer, readCrossTransfer, writeCrossTransfer } from "../bridge/cross-transfer.ts";
import { type Reader, Writer } from "../core/codec.ts";
import type { Hash } from "../core/ids.ts";
import { MAX_BLOCK_BYTES, MAX_DATA_BYTES } from "../core/limits.ts";
import { hashTagged } from "../crypto/hash.ts";
import { SIGNATURE_BYTES, SignedObject } from "../crypto/signed-object.ts";
import { addressOf } from "../ledger/address.ts";
import { type HeaderPath, readHeaderPath, writeHeaderPath } from "../light/header-path.ts";
import { readStateProof, type StateProof, writeStateProof } from "../light/state-proof.ts";
import { ProvenTransaction } from "./proven-transaction.ts";

const KEY_BYTES = 32;
/** Largest entry of the rootchain's ledger that a proof may carry, in bytes. */
const MAX_RECORD_BYTES = 65_536;
const scratch = new Writer();

/** What an account asks its subchain to do besides paying another account. */
export type Action =
  /** Burns the amount here, for another chain to create it (B1). */
  | { readonly kind: "lock"; readonly transfer: CrossTransfer }
  /** The administrator of a private chain admits an address, or shuts it out (S5). */
  | { readonly kind: "permit"; readonly address: Hash; readonly mayRead: boolean; readonly mayWrite: boolean }
  /** Pays another account here in a token that is not the chain's native one: that one moves by transfers. */
  | { readonly kind: "pay"; readonly token: number; readonly to: Hash; readonly amount: bigint }
  /** Reserved for kinds of transactions that a chain's own execution understands: contracts and extensions (S7). */
  | { readonly kind: "call"; readonly code: number; readonly input: Uint8Array };

interface ActionFields {
  readonly chainId: number;
  readonly from: Uint8Array;
  /** Transfers and actions that left this account before. */
  readonly nonce: number;
  /** Base units of the chain's token. */
  readonly fee: bigint;
  readonly action: Action;
}

/** A signed request of an account. */
export class AccountAction extends SignedObject implements ActionFields {
  readonly kind = "action";
  readonly chainId: number;
  readonly from: Uint8Array;
  readonly nonce: number;
  readonly fee: bigint;
  readonly action: Action;
  /** The account's address. */
  readonly sender: Hash;
  /** How a pool judged it last; what a pool makes of it is its own. */
  judgement: unknown = null;
  #id: Hash | null = null;

  constructor(fields: ActionFields, signature: Uint8Array = new Uint8Array(SIGNATURE_BYTES)) {
    super(signature);
    this.chainId = fields.chainId;
    this.from = fields.from;
    this.nonce = fields.nonce;
    this.fee = fields.fee;
    this.action = fields.action;
    this.sender = addressOf(fields.from);
  }

  preimage(): Uint8Array {
    writeActionFields(scratch.ascii("orrery/action"), this);
    return scratch.finish();
  }

  get id(): Hash {
    if (this.#id !== null) return this.#id;
    writeSubchainTransaction(scratch, this);
    this.#id = hashTagged("orrery/transaction", scratch.finish());
    return this.#id;
  }
}

/**
 * Takes the chain's view of the rootchain further (S4), and with it, where `record` is given, what the rootchain knows of
 * this chain: its operators, and who of them was slashed.
 */
export class RootUpdate extends ProvenTransaction {
  readonly kind = "root-update";
  readonly path: HeaderPath;
  /** This chain's record on the rootchain, encoded as there, and the proof of it; null to move the anchor alone. */
  readonly record: { readonly encoded: Uint8Array; readonly proof: StateProof } | null;

  constructor(path: HeaderPath, record: RootUpdate["record"]) {
    super();
    this.path = path;
    this.record = record;
  }

  protected write(writer: Writer): void {
    writeHeaderPath(writer.u8(ROOT_UPDATE), this.path);
    writer.u8(this.record === null ? 0 : 1);
    if (this.record !== null) writeStateProof(writer.bytes(this.record.encoded), this.record.proof);
  }
}

interface ReorgFields {
  readonly lockId: Hash;
  readonly path: HeaderPath;
  /** The encoded entry by which the rootchain notes that the transfer is on its way here. */
  readonly leg: Uint8Array;
  /** Of the leg, at the header that the path leads to. */
  readonly proof: StateProof;
  /** What travelled beside the transfer. */
  readonly data: Uint8Array;
  /** Account that earns the delivery fee. */
  readonly payee: Hash;
}

/**
 * ReOrg: creates on its destination what the rootchain holds for it, and delivers the attached data (B1). It shows the leg that a
 * relock, a lock or an exit has left in the rootchain's ledger, and not that transaction (decision 0028).
 */
export class Reorg extends ProvenTransaction implements ReorgFields {
  readonly kind = "reorg";
  readonly lockId: Hash;
  readonly path: HeaderPath;
  readonly leg: Uint8Array;
  readonly proof: StateProof;
  readonly data: Uint8Array;
  readonly payee: Hash;

  constructor(fields: ReorgFields) {
    super();
    this.lockId = fields.lockId;
    this.path = fields.path;
    this.leg = fields.leg;
    this.proof = fields.proof;
    this.data = fields.data;
    this.payee = fields.payee;
  }

  protected write(writer: Writer): void {
    writeHeaderPath(writer.u8(REORG).hash(this.lockId), this.path);
    writeStateProof(writer.bytes(this.leg), this.proof);
    writer.bytes(this.data).hash(this.payee);
  }
}

interface SubRefundFields {
  readonly lockId: Hash;
  readonly path: HeaderPath;
  /** Of absence from the rootchain's consumed locks; or, with `credit`, of the refund that the rootchain recorded there. */
  readonly proof: StateProof;
  readonly credit: Uint8Array | null;
}

/** Gives back what was locked here and never arrived (B5). */
export class SubRefund extends ProvenTransaction implements SubRefundFields {
  readonly kind = "sub-refund";
  readonly lockId: Hash;
  readonly path: HeaderPath;
  readonly proof: StateProof;
  readonly credit: Uint8Array | null;

  constructor(fields: SubRefundFields) {
    super();
    this.lockId = fields.lockId;
    this.path = fields.path;
    this.proof = fields.proof;
    this.credit = fields.credit;
  }

  protected write(writer: Writer): void {
    writeHeaderPath(writer.u8(SUB_REFUND).hash(this.lockId), this.path);
    writeStateProof(writer, this.proof);
    writer.u8(this.credit === null ? 0 : 1);
    if (this.credit !== null) writer.bytes(this.credit);
  }
}

/** Transactions that only subchains know. */
export type SubchainTransaction = AccountAction | RootUpdate | Reorg | SubRefund;

const ACTION = 7;
const ROOT_UPDATE = 8;
const REORG = 9;
const SUB_REFUND = 10;
const LOCK = 0;
const PERMIT = 1;
const CALL = 2;
const PAY = 3;

function writeActionFields(writer: Writer, { chainId, from, nonce, fee, action }: ActionFields): void {
  writer.u32(chainId).fixed(from).u64(nonce).u128(fee);
  switch (action.kind) {
    case "lock":
      return writeCrossTransfer(writer.u8(LOCK), action.transfer);
    case "permit":
      writer.u8(PERMIT).hash(action.address);
      return void writer.u8(action.mayRead ? 1 : 0).u8(action.mayWrite ? 1 : 0);
    case "pay":
      return void writer.u8(PAY).u32(action.token).hash(action.to).u128(action.amount);
    case "call":
      return void writer.u8(CALL).u32(action.code).bytes(action.input);
  }
}

function readFlag(reader: Reader): boolean {
  const flag = reader.u8();
  if (flag > 1) reader.fail();
  return flag === 1;
}

function readAction(reader: Reader): Action {
  const kind = reader.u8();
  if (kind === LOCK) return { kind: "lock", transfer: readCrossTransfer(reader) };
  if (kind === PERMIT) {
    return { kind: "permit", address: reader.hash(), mayRead: readFlag(reader), mayWrite: readFlag(reader) };
  }
  if (kind === PAY) return { kind: "pay", token: reader.u32(), to: reader.hash(), amount: reader.u128() };
  if (kind !== CALL) reader.fail();
  return { kind: "call", code: reader.u32(), input: reader.bytes(MAX_BLOCK_BYTES) };
}

/** Appends the canonical encoding, its kind in front. */
export function writeSubchainTransaction(writer: Writer, transaction: SubchainTransaction): void {
  if (transaction instanceof ProvenTransaction) writer.fixed(transaction.encoded);
  else {
    writeActionFields(writer.u8(ACTION), transaction);
    writer.fixed(transaction.signature);
  }
}

function readAccountAction(reader: Reader): AccountAction {
  const fields = {
    chainId: reader.u32(),
    from: reader.fixed(KEY_BYTES),
    nonce: reader.u64(),
    fee: reader.u128(),
    action: readAction(reader),
  };
  return new AccountAction(fields, reader.fixed(SIGNATURE_BYTES));
}

function readRootUpdate(reader: Reader): RootUpdate {
  const path = readHeaderPath(reader);
  if (!readFlag(reader)) return new RootUpdate(path, null);
  return new RootUpdate(path, { encoded: reader.bytes(MAX_RECORD_BYTES), proof: readStateProof(reader) });
}

function readReorg(reader: Reader): Reorg {
  const [lockId, path] = [reader.hash(), readHeaderPath(reader)];
  const [leg, proof] = [reader.bytes(MAX_RECORD_BYTES), readStateProof(reader)];
  return new Reorg({ lockId, path, leg, proof, data: reader.bytes(MAX_DATA_BYTES), payee: reader.hash() });
}

function readSubRefund(reader: Reader): SubRefund {
  const [lockId, path, proof] = [reader.hash(), readHeaderPath(reader), readStateProof(reader)];
  return new SubRefund({ lockId, path, proof, credit: readFlag(reader) ? reader.bytes(MAX_RECORD_BYTES) : null });
}

/** Reads a transaction of this kind. @returns null for a kind that is none of these */
export function readSubchainTransaction(kind: number, reader: Reader): SubchainTransaction | null {
  switch (kind) {
    case ACTION:
      return readAccountAction(reader);
    case ROOT_UPDATE:
      return readRootUpdate(reader);
    case REORG:
      return readReorg(reader);
    case SUB_REFUND:
      return readSubRefund(reader);
    default:
      return null;
  }
}
