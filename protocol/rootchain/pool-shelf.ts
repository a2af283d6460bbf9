import type { Refusal } from "../consensus/ledger-rules.ts";
import { MAX_MEMPOOL_TRANSACTIONS } from "../core/limits.ts";
import { MAX_POOL_BYTES, MAX_REPLACED, MAX_RESERVED_BYTES, MAX_RESERVED_TRANSACTIONS } from "./limits.ts";
import { byRate, type Pending, totalFee } from "./pending.ts";

/** Pending transactions that compete for the same room of a pool. */
export class PoolShelf {
  readonly #all = new Set<Pending>();
  readonly #maxCount: number;
  readonly #maxBytes: number;
  #sizeBytes = 0;

  constructor(maxCount: number, maxBytes: number) {
    this.#maxCount = maxCount;
    this.#maxBytes = maxBytes;
  }

  /** @returns room for what pays its way */
  static normal(): PoolShelf {
    return new PoolShelf(MAX_MEMPOOL_TRANSACTIONS, MAX_POOL_BYTES);
  }

  /** @returns room for what blocks reserve space for */
  static reserved(): PoolShelf {
    return new PoolShelf(MAX_RESERVED_TRANSACTIONS, MAX_RESERVED_BYTES);
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  put(pending: Pending): void {
    this.#all.add(pending);
    this.#sizeBytes += pending.sizeBytes;
  }

  take(pending: Pending): void {
    this.#all.delete(pending);
    this.#sizeBytes -= pending.sizeBytes;
  }

  /** @returns what has to go first, null when all is within bounds; cost: linear when it is not */
  surplus(): Pending | null {
    if (this.#all.size <= this.#maxCount && this.#sizeBytes <= this.#maxBytes) return null;
    let worst: Pending | null = null;
    for (const each of this.#all) if (worst === null || isWorse(each, worst)) worst = each;
    return worst;
  }

  /** @returns all, best-paying first */
  byRate(): Pending[] {
    return [...this.#all].sort(byRate);
  }
}

function isWorse(one: Pending, other: Pending): boolean {
  if (one.score !== other.score) return one.score < other.score;
  return one.transaction.id > other.transaction.id;
}

/**
 * Judges whether a transaction may take the place of others that it cannot stand beside.
 *
 * Source: BIP 125, rules 3 to 5, and a higher rate than each rival's own; signalling is not asked for, as no rule can enforce
 * that a proposer honours it.
 *
 * @param options.rivals what it contradicts
 * @param options.evicted the rivals, and all that rest on them
 */
export function replacementRefusal(
  pending: Pending,
  options: { rivals: ReadonlySet<Pending>; evicted: ReadonlySet<Pending>; minFeePerByte: bigint },
): Refusal | null {
  const { rivals, evicted, minFeePerByte } = options;
  if (rivals.size === 0) return null;
  if (evicted.size > MAX_REPLACED) return "replacement of too many";
  for (const rival of rivals) if (!paysBetter(pending, rival)) return "replacement that pays no more per byte";
  const surcharge = pending.fee - totalFee(evicted);
  return surcharge < minFeePerByte * BigInt(pending.sizeBytes) ? "replacement that pays too little more" : null;
}

function paysBetter(one: Pending, other: Pending): boolean {
  return one.fee * BigInt(other.sizeBytes) > other.fee * BigInt(one.sizeBytes);
}
