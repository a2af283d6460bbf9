import type { Hash, PeerId } from "../core/ids.ts";
import { MAX_IDS, SEEN_GENERATION } from "../core/limits.ts";
import type { Context } from "../core/machine.ts";
import { MILLISECOND_US } from "../core/units.ts";
import type { Transaction } from "../ledger/transaction.ts";
import { IdNumbers } from "./id-numbers.ts";
import { Announce, Request, Transactions } from "./messages.ts";
import { SeenSet } from "./seen-set.ts";

/**
 * Ids gather this long on average before they are announced together, at each node for another time: of two neighbours the
 * later one has heard of most ids from the earlier, and need not tell it.
 */
const BATCH_US = 300 * MILLISECOND_US;
/** A request that was not answered for this long may go to another peer. */
const REQUEST_TIMEOUT_US = 1000 * MILLISECOND_US;
/** Requests remembered at once; beyond that the oldest is forgotten, so that made-up ids cannot lock out real ones. */
const MAX_REQUESTS = 1024;

/** An id that was asked for. */
interface Asked {
  atUs: number;
  /** Who announced it. */
  readonly known: PeerId[];
  /** How many of them were asked again, in the order of their announcements. */
  again: number;
}

const NOBODY: readonly PeerId[] = [];

/** Messages with one transaction only: most requests are for one, and its neighbours all ask for the same. */
const single = new WeakMap<Transaction, Transactions>();

function messageOf(found: readonly Transaction[]): Transactions {
  const [only] = found;
  if (only === undefined || found.length > 1) return new Transactions(found);
  const message = single.get(only) ?? new Transactions(found);
  single.set(only, message);
  return message;
}

/**
 * Spreads transactions over the mesh by announcement and request: ids go to every neighbour in batches, a transaction crosses
 * to a node once.
 */
export class Relay {
  readonly #mesh: readonly PeerId[];
  readonly #timer: number;
  readonly #seen: SeenSet;
  readonly #requested = new Map<Hash, Asked>();
  /** Ids to announce, and who is known to have each. */
  readonly #batch = new Map<Hash, readonly PeerId[]>();
  /** Who announced the id that was accepted last. */
  #announcers = NOBODY;

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
    this.#announcers = NOBODY;
    if (this.#requested.size > 0) {
      this.#announcers = this.#requested.get(id)?.known ?? NOBODY;
      this.#requested.delete(id);
    }
    return this.#seen.addNew(id);
  }

  /** Announces the transaction that was just accepted, with the next batch: this node keeps it. */
  publish(context: Context, id: Hash): void {
    if (this.#batch.size === 0) context.setTimer(this.#timer, BATCH_US / 2 + (context.entropy() % BATCH_US));
    this.#batch.set(id, this.#announcers);
    if (this.#batch.size >= MAX_IDS) this.flush(context);
  }

  /** Sends the batch to whom it is news: its timer fired, or it is full. */
  flush(context: Context): void {
    if (this.#batch.size > 0) this.#announce(context);
    this.#batch.clear();
    context.cancelTimer(this.#timer);
  }

  #announce(context: Context): void {
    const all: PeerId[] = [];
    for (const peer of this.#mesh) {
      const news: Hash[] = [];
      for (const [id, known] of this.#batch) if (!known.includes(peer)) news.push(id);
      if (news.length === this.#batch.size) all.push(peer);
      else if (news.length > 0) context.send(peer, new Announce(news));
    }
    if (all.length > 0) context.broadcast(all, new Announce([...this.#batch.keys()]));
  }

  onAnnounce(context: Context, from: PeerId, announce: Announce): void {
    const wanted: Hash[] = [];
    for (const id of announce.ids) {
      const waiting = this.#batch.get(id);
      if (waiting !== undefined) this.#noteKnown(id, waiting, from);
      else if (!this.#seen.has(id) && this.#wants(context, id, from)) wanted.push(id);
    }
    if (wanted.length > 0) context.send(from, new Request(wanted));
  }

  #noteKnown(id: Hash, known: readonly PeerId[], from: PeerId): void {
    if (known.length < this.#mesh.length && !known.includes(from)) this.#batch.set(id, [...known, from]);
  }

  /** @returns whether to ask an announcer for an unknown id: nobody else was asked lately */
  #wants(context: Context, id: Hash, from: PeerId): boolean {
    const asked = this.#requested.get(id);
    if (asked === undefined) {
      const [oldest] = this.#requested.keys();
      if (oldest !== undefined && this.#requested.size >= MAX_REQUESTS) this.#requested.delete(oldest);
      this.#requested.set(id, { atUs: context.nowUs, known: [from], again: 0 });
      return true;
    }
    // At most the mesh announces to this node, but anybody may send: only neighbours are worth remembering.
    if (asked.known.length < this.#mesh.length && !asked.known.includes(from)) asked.known.push(from);
    if (context.nowUs - asked.atUs <= REQUEST_TIMEOUT_US) return false;
    asked.atUs = context.nowUs;
    return true;
  }

  /** Asks for what was not answered: another announcer each time, until all were asked. Called now and then. */
  repeat(context: Context): void {
    const overdue = new Map<PeerId, Hash[]>();
    for (const [id, asked] of this.#requested) {
      if (context.nowUs - asked.atUs <= REQUEST_TIMEOUT_US) continue;
      asked.again++;
      asked.atUs = context.nowUs;
      const peer = asked.known[asked.again % asked.known.length];
      if (peer === undefined || asked.again > asked.known.length) this.#requested.delete(id);
      else overdue.set(peer, [...(overdue.get(peer) ?? []), id]);
    }
    for (const [peer, ids] of overdue) context.send(peer, new Request(ids.slice(0, MAX_IDS)));
  }

  /** @param find looks a transaction up by id */
  onRequest(context: Context, from: PeerId, request: Request, find: (id: Hash) => Transaction | undefined): void {
    // Each id once: a request must not be answered with many times its own size.
    const found = [...new Set(request.ids)].map(find).filter((each) => each !== undefined);
    if (found.length > 0) context.send(from, messageOf(found));
  }
}
