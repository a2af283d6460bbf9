import { Outcome } from "../network/drop-reasons.ts";
import type { Copy } from "../network/interference.ts";
import type { Setting } from "./fault-effect.ts";
import { NetworkEffect } from "./network-effect.ts";
import type { RingOperation } from "./operations.ts";

/**
 * Each node hears a majority of its own: itself and those that follow it in a ring. Bites by copies from the others.
 */
export class RingEffect extends NetworkEffect {
  /** By node: its place in the ring; −1 for nodes outside, who hear and are heard by all. */
  private readonly places: Int32Array;
  private readonly size: number;

  constructor(setting: Setting, { nodes }: RingOperation) {
    super(setting);
    this.places = new Int32Array(setting.host.nodes.count).fill(-1);
    for (const [place, node] of nodes.entries()) this.places[node] = place;
    this.size = nodes.length;
  }

  meet(_copy: Copy, src: number, dst: number): Outcome {
    const [from, to] = [this.places[src] as number, this.places[dst] as number];
    if (from < 0 || to < 0) return Outcome.delivered;
    const ahead = (from - to + this.size) % this.size;
    if (ahead <= this.size >> 1) return Outcome.delivered;
    this.bites++;
    return Outcome.cutOff;
  }
}
