import { Reader, Writer } from "../core/codec.ts";
import { MAX_DATA_BYTES } from "../core/limits.ts";
import type { DeferredRecord } from "../core/machine.ts";
import { decodeTransaction, type Transfer, transactionBytes, writeTransaction } from "../ledger/transaction.ts";

const WALLET_BYTES = 16;
/** Number and height, and the length of the transaction. */
const PENDING_HEAD_BYTES = 20;

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

/** A transaction that waits for its confirmation. */
export class PendingRecord implements DeferredRecord {
  readonly transfer: Transfer;
  /** The device trusted this height when it signed: its block comes later. */
  readonly height: number;

  constructor(transfer: Transfer, height: number) {
    this.transfer = transfer;
    this.height = height;
  }

  get sizeBytes(): number {
    return PENDING_HEAD_BYTES + transactionBytes(this.transfer);
  }

  toBytes(): Uint8Array {
    const { transfer, height } = this;
    scratch.u64(transfer.nonce).u64(height).u32(transactionBytes(transfer));
    writeTransaction(scratch, transfer);
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
  const transfer = reader.complete() ? decodeTransaction(encoded) : null;
  return transfer?.kind === "transfer" && transfer.nonce === nonce ? new PendingRecord(transfer, height) : null;
}

/** @returns null when the bytes are damaged */
export function decodeWallet(bytes: Uint8Array): WalletRecord | null {
  const reader = new Reader(bytes);
  const record = new WalletRecord(reader.u64(), reader.u64());
  return reader.complete() ? record : null;
}
