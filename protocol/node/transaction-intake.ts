import type { ChainState } from "../consensus/chain-state.ts";
import type { Committee } from "../consensus/committee.ts";
import type { TransactionPool } from "../consensus/ledger-rules.ts";
import { reject } from "../consensus/pbft-node.ts";
import type { DelegateId, PeerId } from "../core/ids.ts";
import type { Context, Message } from "../core/machine.ts";
import { idNumbersOf } from "../gossip/id-numbers.ts";
import { Announce, Request, Transactions } from "../gossip/messages.ts";
import { Relay } from "../gossip/relay.ts";
import type { LedgerTransaction, Transaction } from "../ledger/transaction.ts";

/**
 * Whether a transaction rests on proofs alone: whoever carries it sends it again until it is recorded, so that it need not be
 * everywhere, but only where blocks are made.
 */
function restsOnProofs(transaction: LedgerTransaction): boolean {
  switch (transaction.kind) {
    case "reorg":
    case "sub-refund":
    case "root-update":
      return true;
    case "utxo":
      return transaction.inputs.length === 0;
    default:
      return false;
  }
}

/** Members that a node without a seat hands such a transaction to: one may be down. */
const FOLLOWER_TELLS = 2;

/**
 * Whether all who may ever propose sit in the committee, as in most subchains: then a transaction goes straight to them, in one
 * message for each, where gossip would take three and find nobody else who needs it.
 */
function everyoneSits({ rotation: { committee, delegates } }: ChainState): boolean {
  return committee.members.length === delegates.length;
}

/** How a node comes by pending transactions of its chain's ledger, and passes them on. */
export class TransactionIntake {
  readonly #pool: TransactionPool;
  readonly #relay: Relay;
  readonly #self: DelegateId | null;
  #membersOf: Committee | null = null;
  #members: readonly PeerId[] = [];

  /** @param options.timer the number of the gossip timer among the machine's timers */
  constructor(options: { genesis: ChainState; mesh: readonly PeerId[]; timer: number; self: DelegateId | null }) {
    const { genesis, mesh, timer, self } = options;
    this.#self = self;
    this.#pool = genesis.rules.createPool();
    this.#relay = new Relay(mesh, timer, idNumbersOf(genesis));
  }

  /** Pending transactions that a node holds. */
  get size(): number {
    return this.#pool.size;
  }

  /**
   * Takes a transaction in that anyone sent, and announces it to the mesh, or hands it to who makes the blocks.
   *
   * @param message the one that brought it: it goes on as it is where it holds nothing else
   */
  add(context: Context, from: PeerId, transaction: LedgerTransaction, message: Transactions, state: ChainState): void {
    if (!this.#relay.accept(transaction.id)) return;
    const refusal = this.#pool.add(context.crypto, transaction, state);
    if (refusal !== null) reject(context, refusal);
    else if (!restsOnProofs(transaction) && !everyoneSits(state)) this.#relay.publish(context, transaction.id);
    else if (state.rotation.registry.delegateAt(from) === undefined) {
      const handedOn = message.transactions.length === 1 ? message : new Transactions([transaction]);
      context.broadcast(this.#carriersIn(context, state), handedOn);
    }
  }

  /** @returns to whom a transaction from outside goes: a candidate tells the whole committee, a follower some who will */
  #carriersIn(context: Context, state: ChainState): readonly PeerId[] {
    const members = this.#membersIn(state);
    if (this.#self !== null || members.length <= FOLLOWER_TELLS) return members;
    const first = context.entropy() % members.length;
    return Array.from({ length: FOLLOWER_TELLS }, (_, at) => members[(first + at) % members.length] as PeerId);
  }

  /** @returns addresses of the sitting committee, but for this node's own; looked up once for each committee */
  #membersIn({ rotation: { committee, registry } }: ChainState): readonly PeerId[] {
    if (this.#membersOf !== committee) {
      this.#membersOf = committee;
      this.#members = committee.members.filter((id) => id !== this.#self).map((id) => registry.peerOf(id));
    }
    return this.#members;
  }

  /** Asks again for transactions whose senders did not answer. */
  repeat(context: Context): void {
    this.#relay.repeat(context);
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
