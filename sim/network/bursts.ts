/** A spell of further loss and latency on all links from and to some nodes. */
export class Burst {
  /** Copies that it lost, and copies that it delayed. */
  losses = 0;
  delays = 0;
  readonly lossThreshold: number;
  readonly extraDelayUs: number;
  private readonly nodes: ReadonlySet<number>;

  /** @param lossProbability 0 … 1 */
  constructor(nodes: readonly number[], lossProbability: number, extraDelayUs: number) {
    this.nodes = new Set(nodes);
    this.lossThreshold = Math.floor(lossProbability * 2 ** 32);
    this.extraDelayUs = extraDelayUs;
  }

  covers(src: number, dst: number): boolean {
    return this.nodes.has(src) || this.nodes.has(dst);
  }
}
