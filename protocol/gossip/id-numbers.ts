import type { Hash } from "../core/ids.ts";

interface Numbered {
  readonly number: number;
  /** How many memories hold it. */
  holders: number;
}

/**
 * Small numbers for ids, the same for all nodes of a chain that live in one process, so that each of them remembers an id by one
 * bit. An id has a number for as long as any of them remembers it.
 */
export class IdNumbers {
  readonly #byId = new Map<Hash, Numbered>();
  readonly #byNumber = new Map<number, Hash>();
  #next = 0;

  /** Ids that somebody remembers. */
  get size(): number {
    return this.#byId.size;
  }

  /** @returns the number of an id that somebody remembers, or undefined */
  of(id: Hash): number | undefined {
    return this.#byId.get(id)?.number;
  }

  /** @returns the number of an id that one more remembers */
  hold(id: Hash): number {
    let numbered = this.#byId.get(id);
    if (numbered === undefined) {
      numbered = { number: this.#next++, holders: 0 };
      this.#byId.set(id, numbered);
      this.#byNumber.set(numbered.number, id);
    }
    numbered.holders++;
    return numbered.number;
  }

  /** One less remembers an id. */
  release(number: number): void {
    const id = this.#byNumber.get(number);
    const numbered = id === undefined ? undefined : this.#byId.get(id);
    if (id === undefined || numbered === undefined || --numbered.holders > 0) return;
    this.#byId.delete(id);
    this.#byNumber.delete(number);
  }
}

const byChain = new WeakMap<object, IdNumbers>();

/** @returns the numbers that all nodes of a chain share @param genesis the chain's state before block 1 */
export function idNumbersOf(genesis: object): IdNumbers {
  const numbers = byChain.get(genesis) ?? new IdNumbers();
  byChain.set(genesis, numbers);
  return numbers;
}
