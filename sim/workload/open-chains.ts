/** Which chains are there already: clients do nothing on one that is yet to be registered. */
export class OpenChains {
  readonly #closed: Set<number>;

  /** @param closed ids of the chains that are registered during the run */
  constructor(closed: Iterable<number>) {
    this.#closed = new Set(closed);
  }

  isOpen(chainId: number): boolean {
    return !this.#closed.has(chainId);
  }

  open(chainId: number): void {
    this.#closed.delete(chainId);
  }
}
