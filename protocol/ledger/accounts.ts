import { Reader, Writer } from "../core/codec.ts";
import type { Hash } from "../core/ids.ts";
import { AuthenticatedMap } from "../crypto/authenticated-map.ts";
import type { Transfer } from "./transaction.ts";

/** One account of the plain ledger. */
export interface Account {
  /** Base units. */
  readonly balance: bigint;
  /** Transfers that left this account. */
  readonly nonce: number;
}

const scratch = new Writer();
const EMPTY: Account = { balance: 0n, nonce: 0 };

function encodeAccount(account: Account): Uint8Array {
  return scratch.u128(account.balance).u64(account.nonce).finish();
}

function decodeAccount(bytes: Uint8Array): Account {
  const reader = new Reader(bytes);
  return { balance: reader.u128(), nonce: reader.u64() };
}

/** Accounts under a Merkle root: persistent, so that states share what they have in common. */
export class Accounts {
  readonly #map: AuthenticatedMap;

  constructor(map: AuthenticatedMap = AuthenticatedMap.empty()) {
    this.#map = map;
  }

  get root(): Hash {
    return this.#map.root;
  }

  /** @returns the account, empty if it was never touched */
  get(address: Hash): Account {
    const bytes = this.#map.get(address);
    return bytes === undefined ? EMPTY : decodeAccount(bytes);
  }

  set(address: Hash, account: Account): Accounts {
    return new Accounts(this.#map.set(address, encodeAccount(account)));
  }

  /** Adds to a balance; an amount of zero touches nothing. */
  credit(address: Hash, amount: bigint): Accounts {
    if (amount === 0n) return this;
    const account = this.get(address);
    return this.set(address, { balance: account.balance + amount, nonce: account.nonce });
  }

  /** @returns all accounts in order of address */
  *entries(): Generator<[Hash, Account]> {
    for (const [address, bytes] of this.#map.entries()) yield [address, decodeAccount(bytes)];
  }
}

/** Why a transfer cannot take effect now. */
export type TransferFault = "stale nonce" | "nonce gap" | "insufficient balance";

/** @returns why the transfer cannot take effect on these accounts, or null if it can */
export function transferFault(accounts: Accounts, transfer: Transfer): TransferFault | null {
  const sender = accounts.get(transfer.sender);
  if (transfer.nonce < sender.nonce) return "stale nonce";
  if (transfer.nonce > sender.nonce) return "nonce gap";
  return sender.balance < transfer.amount + transfer.fee ? "insufficient balance" : null;
}

/**
 * Carries a transfer out; the fee is taken and left to the caller to pay on.
 *
 * @param transfer one that `transferFault` finds nothing against
 */
export function applyTransfer(accounts: Accounts, transfer: Transfer): Accounts {
  const sender = accounts.get(transfer.sender);
  const balance = sender.balance - transfer.amount - transfer.fee;
  return accounts.set(transfer.sender, { balance, nonce: sender.nonce + 1 }).credit(transfer.to, transfer.amount);
}
