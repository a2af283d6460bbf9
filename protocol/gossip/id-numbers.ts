import type { Hash } from "../core/ids.ts";

/** Numbers that nobody holds any more are cut off in front once they are so many, and at least half. */
const CUT = 1024;

/**
 * Small numbers for ids, the same for all nodes of a chain that live in one process, so that each of them remembers an id by one
 * bit. An id has a number for as long as any of them remembers it.
 */
export class IdNumbers {
  readonly #numbers = new Map<Hash, number>();
  /** By number above the first: the id, null once nobody remembers it, and how many memories hold it. */
  #ids: (Hash | null)[] = [];
  #holders: number[] = [];
  #first = 0;
  /** Numbers in front that nobody holds. */
  #free = 0;

  /** Ids that somebody remembers. */
  get size(): number {
    return this.#numbers.size;
  }

  /** @returns the number of an id that somebody remembers, or undefined */
  of(id: Hash): number | undefined {
    return this.#numbers.get(id);
  }

  /** @returns the number of an id that one more remembers */
  hold(id: Hash): number {
    let number = this.#numbers.get(id);
    if (number === undefined) {
      number = this.#first + this.#ids.push(id) - 1;
      this.#holders.push(0);
      this.#numbers.set(id, number);
    }
    const place = number - this.#first;
    this.#holders[place] = (this.#holders[place] as number) + 1;
    return number;
  }

  /** One less remembers an id. */
  release(number: number): void {
    const place = number - this.#first;
    const id = this.#ids[place] ?? null;
    if (id === null) return;
    const left = (this.#holders[place] as number) - 1;
    this.#holders[place] = left;
    if (left > 0) return;
    this.#ids[place] = null;
    this.#numbers.delete(id);
    this.#cut();
  }

  #cut(): void {
    while (this.#free < this.#ids.length && this.#ids[this.#free] === null) this.#free++;
    if (this.#free < CUT || 2 * this.#free < this.#ids.length) return;
    this.#ids = this.#ids.slice(this.#free);
    this.#holders = this.#holders.slice(this.#free);
    this.#first += this.#free;
    this.#free = 0;
  }
}

const byChain = new WeakMap<object, IdNumbers>();

/** @returns the numbers that all nodes of a chain share @param genesis the chain's state before block 1 */
export function idNumbersOf(genesis: object): IdNumbers {
  const numbers = byChain.get(genesis) ?? new IdNumbers();
  byChain.set(genesis, numbers);
  return numbers;
}
