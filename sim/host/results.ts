import { assert } from "../../protocol/core/assert.ts";

/** Computes one remembered result in `every` again, and compares. */
export interface Recheck {
  readonly every: number;
  /** @returns whether two results are the same; may throw to say how they differ */
  readonly same: (remembered: unknown, fresh: unknown) => boolean;
}

/** Results of pure functions of two immutable objects, kept as long as both of them live. */
export class Results {
  readonly #byState = new WeakMap<object, WeakMap<object, unknown>>();
  readonly #recheck: Recheck | null;
  #hits = 0;

  constructor(recheck: Recheck | null) {
    this.#recheck = recheck;
  }

  /** @returns what `compute` gives, remembered by the identity of its inputs */
  of<T>(state: object, input: object, compute: () => T): T {
    const known = this.#byState.get(state)?.get(input) as T | undefined;
    if (known === undefined) return this.#remember(state, input, compute());
    const recheck = this.#recheck;
    if (recheck !== null && ++this.#hits % recheck.every === 0) {
      assert(recheck.same(known, compute()), "a remembered result is what computing it again gives");
    }
    return known;
  }

  #remember<T>(state: object, input: object, result: T): T {
    const byInput = this.#byState.get(state) ?? new WeakMap<object, unknown>();
    this.#byState.set(state, byInput);
    byInput.set(input, result);
    return result;
  }
}
