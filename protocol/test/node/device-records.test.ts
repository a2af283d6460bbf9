import { expect, test } from "vitest";
import { addressOf } from "../../ledger/address.ts";
import { decodeTransaction, encodeTransaction, Transfer, transactionBytes } from "../../ledger/transaction.ts";
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
    const pending = new PendingRecord(transferOf(dataBytes), 12);
    const bytes = pending.toBytes();
    expect(bytes.length).toBe(pending.sizeBytes);
    expect(decodePending(bytes)).toBe(pending);
    const copied = decodePending(bytes.slice());
    expect([copied?.height, copied?.transfer.id]).toEqual([12, pending.transfer.id]);
  }
});

test("a record that lacks a byte, or names another number than its transaction's, is damaged", () => {
  const bytes = new PendingRecord(transferOf(4), 12).toBytes().slice();
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
