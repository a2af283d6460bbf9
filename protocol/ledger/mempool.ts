import type { LedgerView, Refusal, TransactionPool } from "../consensus/ledger-rules.ts";
import type { Hash } from "../core/ids.ts";
import type { NodeCrypto } from "../crypto/node-crypto.ts";
import { AccountQueue } from "./account-queue.ts";
import { Accounts } from "./accounts.ts";
import type { LedgerTransaction, Transaction, Transfer } from "./transaction.ts";

/** Pending transfers of one node: bounded, one for each sender and nonce. */
export class Mempool implements TransactionPool {
  readonly #queue = new AccountQueue<Transfer>();

  get size(): number {
    return this.#queue.size;
  }

  get(id: Hash): Transfer | undefined {
    return this.#queue.get(id);
  }

  add(crypto: NodeCrypto, transfer: LedgerTransaction, { ledger, rotation }: LedgerView): Refusal | null {
    if (transfer.kind !== "transfer") return "transaction of another kind of chain";
    if (transfer.chainId !== rotation.parameters.chainId) return "transfer of another chain";
    if (!crypto.verify(transfer, transfer.from)) return "transfer with a bad signature";
    const account = new Accounts(ledger.entries).get(transfer.sender);
    if (transfer.nonce < account.nonce) return "transfer already spent";
    // What cannot be paid for costs its sender nothing, so it must not take room from what can.
    if (account.balance < transfer.amount + transfer.fee) return "transfer beyond its sender's balance";
    return this.#queue.add(transfer);
  }

  /** Forgets what a final block made stale: all nonces of its senders up to the ones it spent. */
  settle(transactions: readonly Transaction[]): void {
    for (const transaction of transactions) {
      if (transaction.kind === "transfer") this.#queue.spent(transaction.sender, transaction.nonce);
    }
  }

  /** @returns what may follow, best fee first, each sender's transfers in order of nonce without gaps */
  candidates({ ledger }: LedgerView): Transfer[] {
    const accounts = new Accounts(ledger.entries);
    return this.#queue.candidates((sender) => accounts.get(sender).nonce);
  }
}
