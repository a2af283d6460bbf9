import { Outcome } from "./drop-reasons.ts";
import type { Copy, Interference } from "./interference.ts";

/** A spell of further loss and latency on all links from and to some nodes. */
export class Burst implements Interference {
  /** Copies that it lost, and copies that it delayed. */
  losses = 0;
  delays = 0;
  readonly key: number;
  private readonly lossThreshold: number;
  private readonly extraDelayUs: number;
  private readonly nodes: ReadonlySet<number>;

  /** @param key of its draws @param lossProbability 0 … 1 */
  constructor(key: number, nodes: readonly number[], lossProbability: number, extraDelayUs: number) {
    this.key = key;
    this.nodes = new Set(nodes);
    this.lossThreshold = Math.floor(lossProbability * 2 ** 32);
    this.extraDelayUs = extraDelayUs;
  }

  meet(copy: Copy, src: number, dst: number, random: number): Outcome {
    if (!this.nodes.has(src) && !this.nodes.has(dst)) return Outcome.delivered;
    if (random < this.lossThreshold) {
      this.losses++;
      return Outcome.lostInBurst;
    }
    if (this.extraDelayUs === 0) return Outcome.delivered;
    this.delays++;
    copy.arrivalUs += this.extraDelayUs;
    if (copy.duplicateArrivalUs >= 0) copy.duplicateArrivalUs += this.extraDelayUs;
    return Outcome.delivered;
  }
}
