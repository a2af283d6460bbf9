import { Reader, Writer } from "../../protocol/core/codec.ts";
import type { DelegateId, Hash } from "../../protocol/core/ids.ts";
import { AuthenticatedMap } from "../../protocol/crypto/authenticated-map.ts";
import { hashTagged } from "../../protocol/crypto/hash.ts";
import type { Block } from "../../protocol/ledger/block.ts";
import type { Transfer } from "../../protocol/ledger/transaction.ts";
import type { World } from "./checker.ts";

interface Entry {
  balance: bigint;
  nonce: number;
}

const ACCOUNT_ENTRY = 1;
const BURNED_ENTRY = 2;
const BURNED_KEY = hashTagged("orrery/burned");

/** @returns the accounts among a ledger's entries */
export function accountsIn(map: AuthenticatedMap): [Hash, Entry][] {
  return [...map.entries()].flatMap(([address, bytes]): [Hash, Entry][] => {
    const reader = new Reader(bytes);
    return reader.u8() === ACCOUNT_ENTRY ? [[address, { balance: reader.u128(), nonce: reader.u64() }]] : [];
  });
}

/** @returns what an account ledger's entries say was burned */
export function burnedIn(map: AuthenticatedMap): bigint {
  const bytes = map.get(BURNED_KEY);
  return bytes === undefined ? 0n : new Reader(bytes.subarray(1)).u128();
}

function encodedBurned(burned: bigint): Uint8Array {
  return new Writer().u8(BURNED_ENTRY).u128(burned).finish();
}

/** The accounts of the final chain, kept in plain entries and executed in an order of the book's own (R1, S1). */
export class AccountBook {
  readonly #world: World;
  readonly #entries = new Map<Hash, Entry>();
  #map = AuthenticatedMap.empty();
  #burned = 0n;

  constructor(world: World) {
    this.#world = world;
    const accounts = [...accountsIn(world.genesis.ledger.entries)].reverse();
    for (const [address, { balance, nonce }] of accounts) this.#entries.set(address, { balance, nonce });
    this.#map = this.rebuilt();
  }

  /** The Merkle root over all accounts, kept up to date a block at a time. */
  get root(): Hash {
    return this.#map.root;
  }

  /** @returns all accounts under a map made from nothing, last entry first */
  rebuilt(): AuthenticatedMap {
    let map = AuthenticatedMap.empty();
    if (this.#burned > 0n) map = map.set(BURNED_KEY, encodedBurned(this.#burned));
    for (const [address, entry] of [...this.#entries].reverse()) map = map.set(address, encoded(entry));
    return map;
  }

  /** Takes over what slashing has burned so far. */
  burn(total: bigint): void {
    if (total === this.#burned) return;
    this.#burned = total;
    this.#map = this.#map.set(BURNED_KEY, encodedBurned(total));
  }

  /** @returns the sum of what there is to spend; a debt is not a negative asset but value made from nothing */
  total(): bigint {
    let sum = 0n;
    for (const { balance } of this.#entries.values()) if (balance > 0n) sum += balance;
    return sum;
  }

  /**
   * Executes a final block: senders last to first, each one's transfers by nonce.
   *
   * @returns what in it the rules do not allow
   */
  apply(block: Block): string[] {
    const transfers = block.transactions.filter((each): each is Transfer => each.kind === "transfer");
    const faults = [...this.#overdrafts(transfers), ...this.#nonceFaults(transfers)];
    const touched = new Set<Hash>();
    for (const transfer of [...transfers].reverse()) this.#move(transfer, touched);
    this.#collect(block.header.proposer, transfers, touched);
    for (const address of [...touched].sort().reverse())
      this.#map = this.#map.set(address, encoded(this.#entry(address)));
    return faults;
  }

  #entry(address: Hash): Entry {
    return this.#entries.get(address) ?? { balance: 0n, nonce: 0 };
  }

  #move(transfer: Transfer, touched: Set<Hash>): void {
    const sender = this.#entry(transfer.sender);
    const spent = transfer.amount + transfer.fee;
    this.#entries.set(transfer.sender, { balance: sender.balance - spent, nonce: sender.nonce + 1 });
    touched.add(transfer.sender);
    this.#credit(transfer.to, transfer.amount, touched);
  }

  #credit(address: Hash, amount: bigint, touched: Set<Hash>): void {
    if (amount === 0n) return;
    const { balance, nonce } = this.#entry(address);
    this.#entries.set(address, { balance: balance + amount, nonce });
    touched.add(address);
  }

  #collect(proposer: DelegateId, transfers: readonly Transfer[], touched: Set<Hash>): void {
    const fees = transfers.reduce((sum, { fee }) => sum + fee, 0n);
    const key = this.#world.registry.get(proposer)?.publicKey;
    if (key !== undefined) this.#credit(hashTagged("orrery/address", key), fees, touched);
  }

  /** What a sender may spend grows with what earlier transfers of the block brought it. */
  #overdrafts(transfers: readonly Transfer[]): string[] {
    const balances = new Map<Hash, bigint>();
    const balanceOf = (address: Hash) => balances.get(address) ?? this.#entry(address).balance;
    const faults: string[] = [];
    for (const { sender, to, amount, fee } of transfers) {
      const left = balanceOf(sender) - amount - fee;
      if (left < 0n) faults.push(`account ${sender.slice(0, 8)} spends ${-left} more than it has`);
      balances.set(sender, left);
      balances.set(to, balanceOf(to) + amount);
    }
    return faults;
  }

  /** Every transfer takes effect once: a sender's nonces go on where they stopped, without gap or repetition. */
  #nonceFaults(transfers: readonly Transfer[]): string[] {
    const next = new Map<Hash, number>();
    const faults: string[] = [];
    for (const { sender, nonce, chainId } of transfers) {
      const expected = next.get(sender) ?? this.#entry(sender).nonce;
      if (nonce !== expected) faults.push(`account ${sender.slice(0, 8)} uses nonce ${nonce} instead of ${expected}`);
      if (chainId !== this.#world.parameters.chainId) faults.push(`a transfer of chain ${chainId}`);
      next.set(sender, expected + 1);
    }
    return faults;
  }
}

function encoded({ balance, nonce }: Entry): Uint8Array {
  // A broken chain may spend what is not there: such a balance has no encoding, and its root need not match anything.
  return new Writer()
    .u8(ACCOUNT_ENTRY)
    .u128(balance < 0n ? 0n : balance)
    .u64(nonce)
    .finish();
}
