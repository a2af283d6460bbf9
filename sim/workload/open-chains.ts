/** Which chains are there already: clients do nothing on one that is yet to be registered. */
export class OpenChains {
  /** By chain id: from when on clients may begin, µs. */
  readonly #fromUs: Map<number, number>;

  /** @param later ids of the chains that are registered during the run */
  constructor(later: Iterable<number>) {
    this.#fromUs = new Map([...later].map((chainId) => [chainId, Number.POSITIVE_INFINITY]));
  }

  isOpen(chainId: number, nowUs: number): boolean {
    return nowUs >= (this.#fromUs.get(chainId) ?? 0);
  }

  open(chainId: number, fromUs: number): void {
    this.#fromUs.set(chainId, fromUs);
  }
}
