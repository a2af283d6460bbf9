/** A spell of further loss and latency on the links from some nodes to some nodes. */
export class Burst {
  /** Copies that it lost, and copies that it delayed. */
  losses = 0;
  delays = 0;
  readonly lossThreshold: number;
  readonly extraDelayUs: number;
  private readonly sources: ReadonlySet<number>;
  private readonly destinations: ReadonlySet<number>;

  /** @param lossProbability 0 … 1 */
  constructor(options: {
    readonly from: readonly number[];
    readonly to: readonly number[];
    readonly lossProbability: number;
    readonly extraDelayUs: number;
  }) {
    this.sources = new Set(options.from);
    this.destinations = new Set(options.to);
    this.lossThreshold = Math.floor(options.lossProbability * 2 ** 32);
    this.extraDelayUs = options.extraDelayUs;
  }

  covers(src: number, dst: number): boolean {
    return this.sources.has(src) && this.destinations.has(dst);
  }
}
