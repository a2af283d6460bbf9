import type { Reader, Writer } from "../core/codec.ts";
import type { Hash } from "../core/ids.ts";
import { MAX_IDS } from "../core/limits.ts";
import type { Message } from "../core/machine.ts";
import { WireKind } from "../core/wire-kind.ts";
import { readTransaction, type Transaction, writeTransaction } from "../ledger/transaction.ts";

/** "I have these transactions." */
export class Announce implements Message {
  readonly kind = WireKind.announce;
  wire: Uint8Array | null = null;
  readonly ids: readonly Hash[];

  constructor(ids: readonly Hash[]) {
    this.ids = ids;
  }
}

/** "Send me these transactions." */
export class Request implements Message {
  readonly kind = WireKind.request;
  wire: Uint8Array | null = null;
  readonly ids: readonly Hash[];

  constructor(ids: readonly Hash[]) {
    this.ids = ids;
  }
}

/** Transactions on request, from a client, or on their way to the committee. */
export class Transactions implements Message {
  readonly kind = WireKind.transactions;
  wire: Uint8Array | null = null;
  readonly transactions: readonly Transaction[];

  constructor(transactions: readonly Transaction[]) {
    this.transactions = transactions;
  }
}

/** Appends a counted list of ids. */
export function writeIds(writer: Writer, ids: readonly Hash[]): void {
  writer.u32(ids.length);
  for (const id of ids) writer.hash(id);
}

/** Reads a counted list of ids. */
export function readIds(reader: Reader): Hash[] {
  return reader.list(MAX_IDS, (from) => from.hash());
}

/** Appends the canonical encoding of a batch of transactions. */
export function writeTransactions(writer: Writer, message: Transactions): void {
  writer.u32(message.transactions.length);
  for (const transaction of message.transactions) writeTransaction(writer, transaction);
}

/** Reads a batch of transactions. */
export function readTransactions(reader: Reader): Transactions {
  return new Transactions(reader.list(MAX_IDS, readTransaction));
}
