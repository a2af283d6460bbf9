import type { SpaceClass } from "../bridge/space-class.ts";
import type { Hash } from "../core/ids.ts";
import type { UtxoTransaction } from "./transaction.ts";

interface PendingFields {
  readonly transaction: UtxoTransaction;
  readonly sizeBytes: number;
  readonly fee: bigint;
  readonly spaceClass: SpaceClass;
  readonly subject: Hash | null;
  readonly addedHeight: number;
  readonly parents: readonly Pending[];
}

const NO_PARENTS: ReadonlySet<Pending> = new Set();

/** A transaction in a pool, among those that it rests on and that rest on it. */
export class Pending {
  readonly transaction: UtxoTransaction;
  readonly sizeBytes: number;
  /** Base units. */
  readonly fee: bigint;
  /** Base units per byte; close enough to order by. */
  readonly rate: number;
  readonly spaceClass: SpaceClass;
  /** What only one transaction can be about; null where any number may. */
  readonly subject: Hash | null;
  readonly addedHeight: number;
  /** Pending transactions whose outputs it spends. */
  readonly parents: Set<Pending>;
  readonly children = new Set<Pending>();
  /** Itself and all that rest on it: number, bytes, fees. */
  descendants = 1;
  #descendantBytes: number;
  #descendantFee: bigint;

  constructor(fields: PendingFields) {
    this.transaction = fields.transaction;
    this.sizeBytes = fields.sizeBytes;
    this.fee = fields.fee;
    this.rate = Number(fields.fee) / fields.sizeBytes;
    this.spaceClass = fields.spaceClass;
    this.subject = fields.subject;
    this.addedHeight = fields.addedHeight;
    this.parents = new Set(fields.parents);
    this.#descendantBytes = fields.sizeBytes;
    this.#descendantFee = fields.fee;
  }

  /** What keeps it from eviction: its own rate, or that of all that would go with it, if they pay better. */
  get score(): number {
    if (this.descendants === 1) return this.rate;
    return Math.max(this.rate, Number(this.#descendantFee) / this.#descendantBytes);
  }

  /** Counts one more that rests on it. */
  carry({ sizeBytes, fee }: Pending): void {
    this.descendants++;
    this.#descendantBytes += sizeBytes;
    this.#descendantFee += fee;
  }

  /** Counts one less. */
  drop({ sizeBytes, fee }: Pending): void {
    this.descendants--;
    this.#descendantBytes -= sizeBytes;
    this.#descendantFee -= fee;
  }
}

/** @returns all that the given ones rest on, themselves included */
export function ancestorsOf(parents: Iterable<Pending>): ReadonlySet<Pending> {
  const [...waiting] = parents;
  if (waiting.length === 0) return NO_PARENTS;
  const found = new Set<Pending>();
  for (let each = waiting.pop(); each !== undefined; each = waiting.pop()) {
    if (found.has(each)) continue;
    found.add(each);
    waiting.push(...each.parents);
  }
  return found;
}

/** @returns the given ones and all that rest on them */
export function descendantsOf(rivals: Iterable<Pending>): ReadonlySet<Pending> {
  const [...waiting] = rivals;
  const found = new Set<Pending>();
  for (let each = waiting.pop(); each !== undefined; each = waiting.pop()) {
    if (found.has(each)) continue;
    found.add(each);
    waiting.push(...each.children);
  }
  return found;
}

/** @returns the sum of fees, base units */
export function totalFee(all: Iterable<Pending>): bigint {
  let sum = 0n;
  for (const { fee } of all) sum += fee;
  return sum;
}

/** Orders by what is paid per byte, best first; ids make the order total. */
export function byRate(one: Pending, other: Pending): number {
  return other.rate - one.rate || (one.transaction.id < other.transaction.id ? -1 : 1);
}

/** Takes pending transactions in order, those that they rest on first, until they fill `roomBytes`. */
export function inOrder(ordered: readonly Pending[], taken: Set<Pending>, roomBytes: number): void {
  let usedBytes = 0;
  for (const pending of ordered) {
    if (usedBytes > roomBytes) return;
    usedBytes += take(pending, taken);
  }
}

function take(pending: Pending, taken: Set<Pending>): number {
  if (taken.has(pending)) return 0;
  let usedBytes = pending.sizeBytes;
  for (const parent of pending.parents) usedBytes += take(parent, taken);
  taken.add(pending);
  return usedBytes;
}
