import { assert } from "../../protocol/core/assert.ts";
import { absorb, finish, mix } from "./random.ts";

/** The longest delay a perturbation adds to a message. */
export const MAX_PERTURBATION_DELAY_US = 20;

/** Sources of events that a key can tell apart. */
export const MAX_SOURCES = 1 << 20;

const HALF_BITS = 10;
const HALF_MASK = (1 << HALF_BITS) - 1;
const ROUNDS = 4;

/**
 * Another schedule of the same run: shuffles which source goes first at equal times, and adds a few µs to messages.
 * Number 0 changes nothing.
 */
export class Perturbation {
  readonly number: number;

  constructor(number: number) {
    assert(
      Number.isInteger(number) && number >= 0 && number < 2 ** 32,
      "perturbation number is an unsigned 32-bit integer",
    );
    this.number = number;
  }

  /** @returns the source's rank among events of equal time and kind: a keyed permutation (a Feistel network) of 20 bits */
  rank(source: number): number {
    assert(source >= 0 && source < MAX_SOURCES, "source fits the event key");
    if (this.number === 0) return source;
    let left = source >>> HALF_BITS;
    let right = source & HALF_MASK;
    for (let round = 0; round < ROUNDS; round++) {
      const next = left ^ (mix(this.number, round, right, 0, 0) & HALF_MASK);
      left = right;
      right = next;
    }
    return (left << HALF_BITS) | right;
  }

  /** @returns 0 … MAX_PERTURBATION_DELAY_US for the message copy whose fate is `fate` */
  delayUs(fate: number): number {
    return this.number === 0 ? 0 : finish(absorb(this.number, fate)) % (MAX_PERTURBATION_DELAY_US + 1);
  }
}
