import { expect, test } from "vitest";
import { dataHashOf } from "../../bridge/cross-transfer.ts";
import { ZERO_HASH } from "../../core/ids.ts";
import { addressOf } from "../../ledger/address.ts";
import { decodeTransaction, encodeTransaction, Transfer, transactionBytes } from "../../ledger/transaction.ts";
import {
  type CrossingOptions,
  crossingOf,
  NOTHING_BESIDE,
  nextPayment,
  type Payment,
} from "../../node/device-payment.ts";
import { decodePending, decodeWallet, PendingRecord, WalletRecord } from "../../node/device-records.ts";
import { holder } from "../people.ts";

function transferOf(dataBytes: number): Transfer {
  const { publicKey: from } = holder(0);
  const to = addressOf(holder(1).publicKey);
  const fields = { chainId: 2, from, nonce: 7, to, amount: 5n, fee: 1000n, data: new Uint8Array(dataBytes) };
  return new Transfer(fields, new Uint8Array(64).fill(3), addressOf(from));
}

test("a device's records have the size that they say, and read back as they were", () => {
  const wallet = new WalletRecord(9, 40);
  expect(wallet.toBytes().length).toBe(wallet.sizeBytes);
  expect(decodeWallet(wallet.toBytes())).toEqual(wallet);
  for (const dataBytes of [0, 1, 300]) {
    const pending = new PendingRecord({ transaction: transferOf(dataBytes), beside: NOTHING_BESIDE }, 12);
    const bytes = pending.toBytes();
    expect(bytes.length).toBe(pending.sizeBytes);
    expect(decodePending(bytes)).toBe(pending);
    const copied = decodePending(bytes.slice());
    expect([copied?.height, copied?.transaction.id]).toEqual([12, pending.transaction.id]);
  }
});

const CROSSING: CrossingOptions = {
  destinationChain: 3,
  token: 1,
  relockFee: 7n,
  deliveryFee: 8n,
  rootExpiryUs: 60,
  destinationExpiryUs: 120,
  relayers: [],
};

function lockOf(dataBytes: number, nonce = 7): Payment {
  const wallet = { keyPair: holder(0), address: addressOf(holder(0).publicKey), script: new Uint8Array(25).fill(9) };
  const payment = { to: addressOf(holder(1).publicKey), amount: 5n, fee: 1000n, data: new Uint8Array(dataBytes) };
  return nextPayment({ ...payment, crossing: CROSSING }, wallet, { chainId: 2, nonce, nowUs: 1_000 });
}

test("a lock for another chain is kept with the data that travels beside it, and says what it is", () => {
  for (const dataBytes of [0, 3, 64]) {
    const payment = lockOf(dataBytes);
    const pending = new PendingRecord(payment, 12);
    const bytes = pending.toBytes().slice();
    expect(bytes.length).toBe(pending.sizeBytes);
    const read = decodePending(bytes);
    expect(read?.transaction.id).toBe(payment.transaction.id);
    expect(read?.beside).toEqual(payment.beside);
    expect(crossingOf(payment.transaction)).toMatchObject({
      sourceChain: 2,
      destinationChain: 3,
      amount: 20n,
      rootExpiryUs: 1_060,
      destinationExpiryUs: 1_180,
      dataHash: dataBytes === 0 ? ZERO_HASH : dataHashOf(payment.beside),
    });
  }
  expect(lockOf(64).beside).not.toEqual(lockOf(64, 8).beside);
});

test("a lock with other data than it says, or without it, is damaged", () => {
  const bytes = new PendingRecord(lockOf(16), 12).toBytes().slice();
  expect(decodePending(bytes.subarray(0, -1))).toBeNull();
  bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1;
  expect(decodePending(bytes)).toBeNull();
});

test("a record that lacks a byte, or names another number than its transaction's, is damaged", () => {
  const bytes = new PendingRecord({ transaction: transferOf(4), beside: NOTHING_BESIDE }, 12).toBytes().slice();
  expect(decodePending(bytes.subarray(0, -1))).toBeNull();
  bytes[7] = 8;
  expect(decodePending(bytes)).toBeNull();
  expect(decodeWallet(new Uint8Array(15))).toBeNull();
});

test("the size of a transfer is that of its encoding, and its sender is the one that its key gives", () => {
  for (const dataBytes of [0, 1, 300]) {
    const transfer = transferOf(dataBytes);
    const encoded = encodeTransaction(transfer);
    expect(transactionBytes(transfer)).toBe(encoded.length);
    const decoded = decodeTransaction(encoded) as Transfer;
    expect([decoded.sender, decoded.id]).toEqual([transfer.sender, transfer.id]);
  }
});
