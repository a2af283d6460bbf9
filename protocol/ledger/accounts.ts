import { Reader, Writer } from "../core/codec.ts";
import type { Hash } from "../core/ids.ts";
import { AuthenticatedMap } from "../crypto/authenticated-map.ts";
import { hashTagged } from "../crypto/hash.ts";
import type { Transfer } from "./transaction.ts";

/** One account of an account ledger. */
export interface Account {
  /** Base units. */
  readonly balance: bigint;
  /** Transfers that left this account. */
  readonly nonce: number;
}

/** First byte of an entry of an account ledger: what it is. */
export const EntryKind = { account: 1, burned: 2 } as const;

const scratch = new Writer();
const EMPTY: Account = { balance: 0n, nonce: 0 };
const BURNED_KEY = hashTagged("orrery/burned");

/** @returns an account's entry */
export function encodeAccount(account: Account): Uint8Array {
  return scratch.u8(EntryKind.account).u128(account.balance).u64(account.nonce).finish();
}

/** @returns the account that an entry holds, or null when it holds none; never throws */
export function decodeAccount(bytes: Uint8Array): Account | null {
  const reader = new Reader(bytes);
  if (reader.u8() !== EntryKind.account) reader.fail();
  const account = { balance: reader.u128(), nonce: reader.u64() };
  return reader.complete() ? account : null;
}

/** Accounts under a Merkle root, an entry for each under its address: persistent, so that states share what they have in common. */
export class Accounts {
  readonly map: AuthenticatedMap;

  constructor(map: AuthenticatedMap = AuthenticatedMap.empty()) {
    this.map = map;
  }

  /** @returns the account, empty if it was never touched */
  get(address: Hash): Account {
    const bytes = this.map.get(address);
    return (bytes === undefined ? null : decodeAccount(bytes)) ?? EMPTY;
  }

  set(address: Hash, account: Account): Accounts {
    return new Accounts(this.map.set(address, encodeAccount(account)));
  }

  /** Adds to a balance; an amount of zero touches nothing. */
  credit(address: Hash, amount: bigint): Accounts {
    if (amount === 0n) return this;
    const account = this.get(address);
    return this.set(address, { balance: account.balance + amount, nonce: account.nonce });
  }

  /** Base units that slashing has burned. */
  get burned(): bigint {
    const bytes = this.map.get(BURNED_KEY);
    return bytes === undefined ? 0n : new Reader(bytes.subarray(1)).u128();
  }

  burn(amount: bigint): Accounts {
    const entry = scratch
      .u8(EntryKind.burned)
      .u128(this.burned + amount)
      .finish();
    return new Accounts(this.map.set(BURNED_KEY, entry));
  }

  /** @returns all accounts in order of address */
  *entries(): Generator<[Hash, Account]> {
    for (const [address, bytes] of this.map.entries()) {
      const account = decodeAccount(bytes);
      if (account !== null) yield [address, account];
    }
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
