import type { Hash } from "../core/ids.ts";

/** Remembers ids in two generations: at least the last `generation` of them, at most twice as many. */
export class SeenSet {
  readonly #generation: number;
  #young = new Set<Hash>();
  #old = new Set<Hash>();

  constructor(generation: number) {
    this.#generation = generation;
  }

  has(id: Hash): boolean {
    return this.#young.has(id) || this.#old.has(id);
  }

  add(id: Hash): void {
    if (this.#young.size >= this.#generation) {
      this.#old = this.#young;
      this.#young = new Set();
    }
    this.#young.add(id);
  }
}
