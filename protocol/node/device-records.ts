import { dataHashOf } from "../bridge/cross-transfer.ts";
import { Reader, Writer } from "../core/codec.ts";
import { ZERO_HASH } from "../core/ids.ts";
import { MAX_DATA_BYTES } from "../core/limits.ts";
import type { DeferredRecord } from "../core/machine.ts";
import { decodeTransaction, transactionBytes, writeTransaction } from "../ledger/transaction.ts";
import { crossingOf, type DeviceTransaction, NOTHING_BESIDE, type Payment } from "./device-payment.ts";

const WALLET_BYTES = 16;
/** Number and height, and the length of the transaction. */
const PENDING_HEAD_BYTES = 20;
/** In front of what travels beside a lock. */
const LENGTH_BYTES = 4;

const scratch = new Writer();
/** The record made into bytes last, and those: what is read back at once need not be decoded. */
const latest: { bytes: Uint8Array | null; record: PendingRecord | null } = { bytes: null, record: null };

/** How far a device's wallet is. */
export class WalletRecord implements DeferredRecord {
  readonly sizeBytes = WALLET_BYTES;
  /** Number of the next transaction. */
  readonly nonce: number;
  /** Wakings so far. */
  readonly wakes: number;

  constructor(nonce: number, wakes: number) {
    this.nonce = nonce;
    this.wakes = wakes;
  }

  toBytes(): Uint8Array {
    return scratch.u64(this.nonce).u64(this.wakes).finish();
  }
}

/** A transaction that waits for its confirmation, with what travels beside it. */
export class PendingRecord implements DeferredRecord, Payment {
  readonly transaction: DeviceTransaction;
  readonly beside: Uint8Array;
  /** The device trusted this height when it signed: its block comes later. */
  readonly height: number;

  constructor({ transaction, beside }: Payment, height: number) {
    this.transaction = transaction;
    this.beside = beside;
    this.height = height;
  }

  get sizeBytes(): number {
    const { transaction, beside } = this;
    const besideBytes = transaction.kind === "action" ? LENGTH_BYTES + beside.length : 0;
    return PENDING_HEAD_BYTES + transactionBytes(transaction) + besideBytes;
  }

  toBytes(): Uint8Array {
    const { transaction, beside, height } = this;
    scratch.u64(transaction.nonce).u64(height).u32(transactionBytes(transaction));
    writeTransaction(scratch, transaction);
    if (transaction.kind === "action") scratch.bytes(beside);
    const bytes = scratch.finish();
    latest.bytes = bytes;
    latest.record = this;
    return bytes;
  }
}

/** @returns null when the bytes are damaged; never throws */
export function decodePending(bytes: Uint8Array): PendingRecord | null {
  if (bytes === latest.bytes) return latest.record;
  const reader = new Reader(bytes);
  const [nonce, height, encoded] = [reader.u64(), reader.u64(), reader.bytes(2 * MAX_DATA_BYTES)];
  const transaction = decodeTransaction(encoded);
  if (transaction?.kind !== "transfer" && transaction?.kind !== "action") return null;
  const beside = transaction.kind === "action" ? reader.bytes(MAX_DATA_BYTES) : NOTHING_BESIDE;
  if (!reader.complete() || transaction.nonce !== nonce) return null;
  return isWhole({ transaction, beside }) ? new PendingRecord({ transaction, beside }, height) : null;
}

/** Whether what travels beside a lock is what the lock says. */
function isWhole({ transaction, beside }: Payment): boolean {
  if (transaction.kind === "transfer") return true;
  const crossing = crossingOf(transaction);
  return crossing !== null && crossing.dataHash === (beside.length === 0 ? ZERO_HASH : dataHashOf(beside));
}

/** @returns null when the bytes are damaged */
export function decodeWallet(bytes: Uint8Array): WalletRecord | null {
  const reader = new Reader(bytes);
  const record = new WalletRecord(reader.u64(), reader.u64());
  return reader.complete() ? record : null;
}
