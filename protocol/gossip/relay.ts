import type { Hash, PeerId } from "../core/ids.ts";
import { MAX_IDS, SEEN_GENERATION } from "../core/limits.ts";
import type { Context } from "../core/machine.ts";
import { MILLISECOND_US } from "../core/units.ts";
import type { Transaction } from "../ledger/transaction.ts";
import { IdNumbers } from "./id-numbers.ts";
import { Announce, Request, Transactions } from "./messages.ts";
import { SeenSet } from "./seen-set.ts";

/** Ids gather this long before they are announced together. */
const BATCH_US = 300 * MILLISECOND_US;
/** A request that was not answered for this long may go to another peer. */
const REQUEST_TIMEOUT_US = 1000 * MILLISECOND_US;
/** Requests remembered at once; beyond that the oldest is forgotten, so that made-up ids cannot lock out real ones. */
const MAX_REQUESTS = 1024;

/**
 * Spreads transactions over the mesh by announcement and request: ids go to every neighbour in batches, a transaction crosses
 * to a node once.
 */
export class Relay {
  readonly #mesh: readonly PeerId[];
  readonly #timer: number;
  readonly #seen: SeenSet;
  readonly #requested = new Map<Hash, number>();
  #batch: Hash[] = [];

  /**
   * @param timer the number of the batch timer among the machine's timers
   * @param numbers of ids, shared by the chain's nodes
   */
  constructor(mesh: readonly PeerId[], timer: number, numbers: IdNumbers = new IdNumbers()) {
    this.#seen = new SeenSet(SEEN_GENERATION, numbers);
    this.#mesh = mesh;
    this.#timer = timer;
  }

  /** @returns whether the transaction is new to this node; it is not afterwards */
  accept(id: Hash): boolean {
    this.#requested.delete(id);
    if (this.#seen.has(id)) return false;
    this.#seen.add(id);
    return true;
  }

  /** Announces a transaction that this node keeps, with the next batch. */
  publish(context: Context, id: Hash): void {
    if (this.#batch.length === 0) context.setTimer(this.#timer, BATCH_US);
    this.#batch.push(id);
    if (this.#batch.length >= MAX_IDS) this.flush(context);
  }

  /** Sends the batch: its timer fired, or it is full. */
  flush(context: Context): void {
    if (this.#batch.length > 0) context.broadcast(this.#mesh, new Announce(this.#batch));
    this.#batch = [];
    context.cancelTimer(this.#timer);
  }

  onAnnounce(context: Context, from: PeerId, announce: Announce): void {
    const wanted = announce.ids.filter((id) => !this.#seen.has(id) && this.#mayRequest(context, id));
    for (const id of wanted) this.#remember(id, context.nowUs);
    if (wanted.length > 0) context.send(from, new Request(wanted));
  }

  #mayRequest(context: Context, id: Hash): boolean {
    const requestedUs = this.#requested.get(id);
    return requestedUs === undefined || context.nowUs - requestedUs > REQUEST_TIMEOUT_US;
  }

  #remember(id: Hash, nowUs: number): void {
    const [oldest] = this.#requested.keys();
    if (oldest !== undefined && this.#requested.size >= MAX_REQUESTS) this.#requested.delete(oldest);
    this.#requested.set(id, nowUs);
  }

  /** @param find looks a transaction up by id */
  onRequest(context: Context, from: PeerId, request: Request, find: (id: Hash) => Transaction | undefined): void {
    // Each id once: a request must not be answered with many times its own size.
    const found = [...new Set(request.ids)].map(find).filter((each) => each !== undefined);
    if (found.length > 0) context.send(from, new Transactions(found));
  }
}
