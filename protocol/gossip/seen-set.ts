import type { Hash } from "../core/ids.ts";
import { IdNumbers } from "./id-numbers.ts";

/** Ids of one word have numbers that differ in these bits only. */
const WORD_BITS = 5;
const BIT_MASK = 31;

/** Remembers ids in two generations: at least the last `generation` of them, at most twice as many. */
export class SeenSet {
  readonly #generation: number;
  readonly #numbers: IdNumbers;
  /** Bits by the upper part of their numbers: new ids have numbers close to each other. */
  #young = new Map<number, number>();
  #youngSize = 0;
  #old = new Map<number, number>();

  /** @param numbers shared by all who remember much the same ids */
  constructor(generation: number, numbers: IdNumbers = new IdNumbers()) {
    this.#generation = generation;
    this.#numbers = numbers;
  }

  has(id: Hash): boolean {
    const number = this.#numbers.of(id);
    return number !== undefined && this.#holds(number);
  }

  #holds(number: number): boolean {
    const word = number >> WORD_BITS;
    const bits = (this.#young.get(word) ?? 0) | (this.#old.get(word) ?? 0);
    return (bits & (1 << (number & BIT_MASK))) !== 0;
  }

  /** As `has` and then `add` where it is not there, in one search. @returns whether the id is new; it is not afterwards */
  addNew(id: Hash): boolean {
    const number = this.#numbers.hold(id);
    if (this.#holds(number)) {
      this.#numbers.release(number);
      return false;
    }
    if (this.#youngSize >= this.#generation) this.#age();
    const word = number >> WORD_BITS;
    this.#young.set(word, (this.#young.get(word) ?? 0) | (1 << (number & BIT_MASK)));
    this.#youngSize++;
    return true;
  }

  add(id: Hash): void {
    if (this.#youngSize >= this.#generation) this.#age();
    const number = this.#numbers.hold(id);
    const word = number >> WORD_BITS;
    const before = this.#young.get(word) ?? 0;
    const after = before | (1 << (number & BIT_MASK));
    if (after === before) return this.#numbers.release(number);
    this.#young.set(word, after);
    this.#youngSize++;
  }

  /** Forgets the older generation. */
  #age(): void {
    for (const [word, bits] of this.#old) {
      for (let bit = 0; bit <= BIT_MASK; bit++) {
        if ((bits & (1 << bit)) !== 0) this.#numbers.release((word << WORD_BITS) | bit);
      }
    }
    this.#old = this.#young;
    this.#young = new Map();
    this.#youngSize = 0;
  }
}
