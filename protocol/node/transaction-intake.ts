import type { ChainState } from "../consensus/chain-state.ts";
import type { TransactionPool } from "../consensus/ledger-rules.ts";
import { reject } from "../consensus/pbft-node.ts";
import type { PeerId } from "../core/ids.ts";
import type { Context, Message } from "../core/machine.ts";
import { idNumbersOf } from "../gossip/id-numbers.ts";
import { Announce, Request } from "../gossip/messages.ts";
import { Relay } from "../gossip/relay.ts";
import type { LedgerTransaction, Transaction } from "../ledger/transaction.ts";

/** How a node comes by pending transactions of its chain's ledger, and passes them on. */
export class TransactionIntake {
  readonly #pool: TransactionPool;
  readonly #relay: Relay;

  /** @param options.timer the number of the gossip timer among the machine's timers */
  constructor(options: { genesis: ChainState; mesh: readonly PeerId[]; timer: number }) {
    const { genesis, mesh, timer } = options;
    this.#pool = genesis.rules.createPool();
    this.#relay = new Relay(mesh, timer, idNumbersOf(genesis));
  }

  /** Pending transactions that a node holds. */
  get size(): number {
    return this.#pool.size;
  }

  /** Takes a transaction in that anyone sent, and announces it to the mesh. */
  add(context: Context, transaction: LedgerTransaction, state: ChainState): void {
    if (!this.#relay.accept(transaction.id)) return;
    const refusal = this.#pool.add(context.crypto, transaction, state);
    if (refusal === null) this.#relay.publish(context, transaction.id);
    else reject(context, refusal);
  }

  /** Announces what gathered: the gossip timer fired. */
  flush(context: Context): void {
    this.#relay.flush(context);
  }

  /** @returns whether the message was one of gossip about transactions */
  onGossip(context: Context, from: PeerId, message: Message): boolean {
    if (message instanceof Announce) this.#relay.onAnnounce(context, from, message);
    else if (message instanceof Request) this.#relay.onRequest(context, from, message, (id) => this.#pool.get(id));
    else return false;
    return true;
  }

  /** Forgets what a final block made stale. @param state the chain after it */
  settle(transactions: readonly Transaction[], state: ChainState): void {
    this.#pool.settle(transactions, state);
  }

  /** @returns what may follow, best first */
  candidates(state: ChainState): LedgerTransaction[] {
    return this.#pool.candidates(state);
  }
}
