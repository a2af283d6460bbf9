import type { LedgerView, Refusal, TransactionPool } from "../consensus/ledger-rules.ts";
import type { Hash } from "../core/ids.ts";
import { MAX_MEMPOOL_PER_SENDER, MAX_MEMPOOL_TRANSACTIONS } from "../core/limits.ts";
import type { NodeCrypto } from "../crypto/node-crypto.ts";
import { Accounts } from "./accounts.ts";
import type { LedgerTransaction, Transaction, Transfer } from "./transaction.ts";

/** A replacement must pay at least this much more, in per cent, so that replacing is not free of cost. */
const REPLACEMENT_PERCENT = 110n;

/** Orders by fee, highest first; ids make the order total. */
function byFee(a: Transfer, b: Transfer): number {
  if (a.fee !== b.fee) return a.fee > b.fee ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}

/** Pending transfers of one node: bounded, one for each sender and nonce. */
export class Mempool implements TransactionPool {
  readonly #byId = new Map<Hash, Transfer>();
  readonly #bySender = new Map<Hash, Map<number, Transfer>>();

  get size(): number {
    return this.#byId.size;
  }

  get(id: Hash): Transfer | undefined {
    return this.#byId.get(id);
  }

  add(crypto: NodeCrypto, transfer: LedgerTransaction, { ledger, rotation }: LedgerView): Refusal | null {
    if (transfer.kind !== "transfer") return "transaction of another kind of chain";
    if (transfer.chainId !== rotation.parameters.chainId) return "transfer of another chain";
    if (!crypto.verify(transfer, transfer.from)) return "transfer with a bad signature";
    const account = new Accounts(ledger.entries).get(transfer.sender);
    if (transfer.nonce < account.nonce) return "transfer already spent";
    // What cannot be paid for costs its sender nothing, so it must not take room from what can.
    if (account.balance < transfer.amount + transfer.fee) return "transfer beyond its sender's balance";
    const queue = this.#bySender.get(transfer.sender) ?? new Map<number, Transfer>();
    const rival = queue.get(transfer.nonce);
    if (rival !== undefined && transfer.fee * 100n < rival.fee * REPLACEMENT_PERCENT) return "transfer underpriced";
    if (rival === undefined && queue.size >= MAX_MEMPOOL_PER_SENDER) return "too many transfers of one sender";
    if (rival === undefined && !this.#makeRoom(transfer)) return "mempool full";
    if (rival !== undefined) this.#byId.delete(rival.id);
    queue.set(transfer.nonce, transfer);
    this.#bySender.set(transfer.sender, queue);
    this.#byId.set(transfer.id, transfer);
    return null;
  }

  /** Evicts the worst-paying transfer of a full pool for a better one. */
  #makeRoom(transfer: Transfer): boolean {
    if (this.#byId.size < MAX_MEMPOOL_TRANSACTIONS) return true;
    let worst = transfer;
    for (const each of this.#byId.values()) if (byFee(each, worst) > 0) worst = each;
    if (worst === transfer) return false;
    this.#remove(worst);
    return true;
  }

  #remove(transfer: Transfer): void {
    this.#byId.delete(transfer.id);
    const queue = this.#bySender.get(transfer.sender);
    queue?.delete(transfer.nonce);
    if (queue?.size === 0) this.#bySender.delete(transfer.sender);
  }

  /** Forgets what a final block made stale: all nonces of its senders up to the ones it spent. */
  settle(transactions: readonly Transaction[]): void {
    for (const transaction of transactions) {
      if (transaction.kind !== "transfer") continue;
      const queue = this.#bySender.get(transaction.sender);
      for (const each of queue?.values() ?? []) if (each.nonce <= transaction.nonce) this.#remove(each);
    }
  }

  /** @returns what may follow, best fee first, each sender's transfers in order of nonce without gaps */
  candidates({ ledger }: LedgerView): Transfer[] {
    const accounts = new Accounts(ledger.entries);
    const next = new Map<Hash, number>();
    const result: Transfer[] = [];
    for (const transfer of [...this.#byId.values()].sort(byFee)) {
      const { sender } = transfer;
      if (!next.has(sender)) next.set(sender, accounts.get(sender).nonce);
      this.#takeInOrder(sender, transfer.nonce, next, result);
    }
    return result;
  }

  /** A transfer that pays well carries its predecessors: takes them first, or nothing when one is missing. */
  #takeInOrder(sender: Hash, upTo: number, next: Map<Hash, number>, result: Transfer[]): void {
    const queue = this.#bySender.get(sender);
    for (let nonce = next.get(sender) ?? 0; nonce <= upTo; nonce++) {
      const transfer = queue?.get(nonce);
      if (transfer === undefined) return;
      result.push(transfer);
      next.set(sender, nonce + 1);
    }
  }
}
