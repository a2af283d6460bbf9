import { assert } from "../../protocol/core/assert.ts";
import type { Hash } from "../../protocol/core/ids.ts";
import type { KeyPair } from "../../protocol/crypto/signed-object.ts";
import { addressOf } from "../../protocol/ledger/address.ts";
import { payToKey } from "../../protocol/rootchain/script/standard.ts";
import type { Outpoint } from "../../protocol/rootchain/transaction.ts";

/** An output on the rootchain that its holder may spend. */
export interface Coin {
  readonly outpoint: Outpoint;
  /** Base units. */
  readonly amount: bigint;
  /** Nodes may not know it before. */
  readonly fromUs: number;
}

/** What a client believes of its account on one chain. */
interface ClientAccount {
  /** Of the next transaction. */
  nonce: number;
  /** By token: what it can count on, as it has set aside all that it has sent. */
  readonly balances: Map<number, bigint>;
}

/** A client of a load: one key, under which it has an account on every subchain and coins on the rootchain. */
export class Holder {
  readonly keyPair: KeyPair;
  readonly address: Hash;
  /** Pays it on the rootchain. */
  readonly script: Uint8Array;
  readonly #accounts = new Map<number, ClientAccount>();
  /** Oldest first. */
  readonly #coins: Coin[] = [];

  constructor(keyPair: KeyPair) {
    this.keyPair = keyPair;
    this.address = addressOf(keyPair.publicKey);
    this.script = payToKey(keyPair.publicKey);
  }

  #account(chain: number): ClientAccount {
    const known = this.#accounts.get(chain);
    if (known !== undefined) return known;
    const account = { nonce: 0, balances: new Map<number, bigint>() };
    this.#accounts.set(chain, account);
    return account;
  }

  credit(chain: number, token: number, amount: bigint): void {
    const { balances } = this.#account(chain);
    balances.set(token, (balances.get(token) ?? 0n) + amount);
  }

  /** @returns what it can count on, base units */
  balance(chain: number, token: number): bigint {
    return this.#account(chain).balances.get(token) ?? 0n;
  }

  canPay(chain: number, token: number, amount: bigint): boolean {
    return this.balance(chain, token) >= amount;
  }

  /** Sets an amount aside that a transaction takes. */
  debit(chain: number, token: number, amount: bigint): void {
    assert(this.canPay(chain, token, amount), "a client spends what it has");
    this.credit(chain, token, -amount);
  }

  /** @returns the nonce of the account's next transaction, which is used up */
  nextNonce(chain: number): number {
    return this.#account(chain).nonce++;
  }

  addCoin(coin: Coin): void {
    this.#coins.push(coin);
  }

  /** Takes the oldest coin that is large enough and known to the nodes. @returns null without one */
  takeCoin(amount: bigint, nowUs: number): Coin | null {
    const place = this.#coins.findIndex((coin) => coin.amount >= amount && coin.fromUs <= nowUs);
    return place < 0 ? null : (this.#coins.splice(place, 1)[0] ?? null);
  }
}
