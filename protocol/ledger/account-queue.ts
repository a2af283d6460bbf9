import type { Hash } from "../core/ids.ts";
import { MAX_MEMPOOL_PER_SENDER, MAX_MEMPOOL_TRANSACTIONS } from "../core/limits.ts";

/** A replacement must pay at least this much more, in per cent, so that replacing is not free of cost. */
const REPLACEMENT_PERCENT = 110n;

/** A transaction of an account: one of a sequence, of which each nonce takes effect once. */
export interface Queued {
  readonly id: Hash;
  readonly sender: Hash;
  readonly nonce: number;
  /** Base units. */
  readonly fee: bigint;
}

/** Orders by fee, highest first; ids make the order total. */
function byFee(a: Queued, b: Queued): number {
  if (a.fee !== b.fee) return a.fee > b.fee ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}

/** Pending transactions of accounts: bounded, one for each sender and nonce. */
export class AccountQueue<T extends Queued> {
  readonly #byId = new Map<Hash, T>();
  /** Most senders have one transaction pending, and none has many. */
  readonly #bySender = new Map<Hash, readonly T[]>();

  get size(): number {
    return this.#byId.size;
  }

  get(id: Hash): T | undefined {
    return this.#byId.get(id);
  }

  /** @param transaction signed and paid for, as its sender's account stands @returns why it is not kept, or null when it is */
  add(transaction: T): string | null {
    const { id, sender, nonce } = transaction;
    const queue = this.#bySender.get(sender) ?? [];
    const rival = queue.find((each) => each.nonce === nonce);
    if (rival !== undefined && transaction.fee * 100n < rival.fee * REPLACEMENT_PERCENT) return "transfer underpriced";
    if (rival === undefined && queue.length >= MAX_MEMPOOL_PER_SENDER) return "too many transfers of one sender";
    if (rival === undefined && !this.#makeRoom(transaction)) return "mempool full";
    if (rival !== undefined) this.#remove(rival);
    this.#bySender.set(sender, [...(this.#bySender.get(sender) ?? []), transaction]);
    this.#byId.set(id, transaction);
    return null;
  }

  /** Evicts the worst-paying transaction of a full queue for a better one. */
  #makeRoom(transaction: T): boolean {
    if (this.#byId.size < MAX_MEMPOOL_TRANSACTIONS) return true;
    let worst = transaction;
    for (const each of this.#byId.values()) if (byFee(each, worst) > 0) worst = each;
    if (worst === transaction) return false;
    this.#remove(worst);
    return true;
  }

  #remove(transaction: T): void {
    this.#byId.delete(transaction.id);
    this.#keep(
      transaction.sender,
      this.#bySender.get(transaction.sender)?.filter((each) => each !== transaction) ?? [],
    );
  }

  #keep(sender: Hash, queue: readonly T[]): void {
    if (queue.length > 0) this.#bySender.set(sender, queue);
    else this.#bySender.delete(sender);
  }

  /** Forgets a sender's transactions up to a nonce that it has spent. */
  spent(sender: Hash, nonce: number): void {
    const queue = this.#bySender.get(sender);
    if (queue === undefined) return;
    for (const each of queue) if (each.nonce <= nonce) this.#byId.delete(each.id);
    this.#keep(
      sender,
      queue.filter((each) => each.nonce > nonce),
    );
  }

  /**
   * @param nonceOf what each sender has to use next
   * @returns what may follow, best fee first, each sender's in order of nonce without gaps
   */
  candidates(nonceOf: (sender: Hash) => number): T[] {
    const next = new Map<Hash, number>();
    const result: T[] = [];
    for (const { sender, nonce } of [...this.#byId.values()].sort(byFee)) {
      if (!next.has(sender)) next.set(sender, nonceOf(sender));
      this.#takeInOrder({ sender, nonce }, next, result);
    }
    return result;
  }

  /** What pays well carries its predecessors: takes them first, or nothing when one is missing. */
  #takeInOrder(upTo: Pick<T, "sender" | "nonce">, next: Map<Hash, number>, result: T[]): void {
    const queue = this.#bySender.get(upTo.sender);
    for (let nonce = next.get(upTo.sender) ?? 0; nonce <= upTo.nonce; nonce++) {
      const transaction = queue?.find((each) => each.nonce === nonce);
      if (transaction === undefined) return;
      result.push(transaction);
      next.set(upTo.sender, nonce + 1);
    }
  }
}
