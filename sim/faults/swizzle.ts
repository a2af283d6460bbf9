import { absorb, finish } from "../kernel/random.ts";
import { Outcome } from "../network/drop-reasons.ts";
import type { Copy } from "../network/interference.ts";
import type { Setting } from "./fault-effect.ts";
import { NetworkEffect } from "./network-effect.ts";
import type { SwizzleOperation } from "./operations.ts";

/**
 * Nodes are cut off one by one in a random order over the first half of its time, and joined again one by one in another
 * over the second. Bites by copies from and to those that are off.
 */
export class SwizzleEffect extends NetworkEffect {
  /** By node: when it is cut off and joined again; Infinity for others. */
  private readonly cutUs: Float64Array;
  private readonly joinedUs: Float64Array;

  constructor(setting: Setting, { nodes, forUs }: SwizzleOperation) {
    super(setting);
    const { host, atUs, key } = setting;
    this.cutUs = new Float64Array(host.nodes.count).fill(Number.POSITIVE_INFINITY);
    this.joinedUs = new Float64Array(host.nodes.count).fill(Number.POSITIVE_INFINITY);
    const stepUs = forUs / 2 / nodes.length;
    for (const [place, node] of inOrder(nodes, absorb(key, 0)).entries()) {
      this.cutUs[node] = atUs + Math.round(place * stepUs);
    }
    for (const [place, node] of inOrder(nodes, absorb(key, 1)).entries()) {
      this.joinedUs[node] = atUs + Math.round(forUs / 2 + (place + 1) * stepUs);
    }
  }

  meet({ sentUs }: Copy, src: number, dst: number): Outcome {
    if (!this.isOff(src, sentUs) && !this.isOff(dst, sentUs)) return Outcome.delivered;
    this.bites++;
    return Outcome.cutOff;
  }

  private isOff(node: number, atUs: number): boolean {
    return (this.cutUs[node] as number) <= atUs && atUs < (this.joinedUs[node] as number);
  }
}

/** @returns the nodes in an order of the key's */
function inOrder(nodes: readonly number[], key: number): number[] {
  return nodes.toSorted((a, b) => finish(absorb(key, a)) - finish(absorb(key, b)) || a - b);
}
