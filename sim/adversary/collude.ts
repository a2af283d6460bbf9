import { readLock } from "../../protocol/bridge/relock.ts";
import type { PeerId } from "../../protocol/core/ids.ts";
import type { Context, Message } from "../../protocol/core/machine.ts";
import { Transactions } from "../../protocol/gossip/messages.ts";
import type { Transaction } from "../../protocol/ledger/transaction.ts";
import type { Misconduct } from "./byzantine-node.ts";

/** A relayer in the pay of a subchain's operators: it carries what they send away, nothing for others, and no evidence. */
export class Collude implements Misconduct {
  bites = 0;
  readonly #chainId: number;

  /** @param chainId of the subchain */
  constructor(chainId: number) {
    this.#chainId = chainId;
  }

  intercept(context: Context, to: readonly PeerId[], message: Message): boolean {
    if (!(message instanceof Transactions)) return false;
    const carried = message.transactions.filter((each) => this.#serves(each));
    this.bites += message.transactions.length - carried.length;
    if (carried.length === message.transactions.length) return false;
    if (carried.length > 0) context.broadcast(to, new Transactions(carried));
    return true;
  }

  #serves(transaction: Transaction): boolean {
    if (transaction.kind !== "utxo") return false;
    const { payload } = transaction;
    switch (payload?.kind) {
      case "relock":
        return readLock(payload.lock)?.transfer.sourceChain === this.#chainId;
      case "anchor":
        return payload.chainId === this.#chainId;
      default:
        return false;
    }
  }
}
