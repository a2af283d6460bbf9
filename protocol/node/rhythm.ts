import type { Context } from "../core/machine.ts";

/** A waking that is about to end. */
export interface Waking {
  /** When it began, by the device's own clock, µs. */
  readonly wokeUs: number;
  /** Which one it is of the device's life. */
  readonly number: number;
}

/** When a device wakes. It keeps nothing from one waking to the next: asleep a device has no memory. */
export interface Rhythm {
  /**
   * Draws the next waking as a device goes to sleep.
   *
   * @returns when it is due by the device's own clock, µs; what is past by then begins at once
   */
  nextUs(waking: Waking, context: Pick<Context, "nowUs" | "entropy">): number;
}

/** One period after the other, each of them counted from the last waking and missed by up to a part of itself. */
export class LooseBeat implements Rhythm {
  readonly #periodUs: number;
  readonly #jitter: number;

  /** @param jitter part of the period by which a device wakes earlier or later, 0 … 1 */
  constructor(periodUs: number, jitter: number) {
    this.#periodUs = periodUs;
    this.#jitter = jitter;
  }

  nextUs({ wokeUs }: Waking, context: Pick<Context, "entropy">): number {
    const strayUs = Math.floor((2 * (context.entropy() / 2 ** 32) - 1) * this.#jitter * this.#periodUs);
    return wokeUs + this.#periodUs + strayUs;
  }
}
