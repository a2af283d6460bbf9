import { absorb, finish } from "../kernel/random.ts";
import { Outcome } from "../network/drop-reasons.ts";
import type { Copy } from "../network/interference.ts";
import type { Setting } from "./fault-effect.ts";
import { NetworkEffect } from "./network-effect.ts";
import type { FlapOperation } from "./operations.ts";

/** The lines of nodes fail for a share of every period, each with a phase of its own. Bites by copies that meet a dead line. */
export class FlapEffect extends NetworkEffect {
  private readonly nodes: ReadonlySet<number>;
  private readonly periodUs: number;
  private readonly downUs: number;

  constructor(setting: Setting, { nodes, periodUs, share }: FlapOperation) {
    super(setting);
    this.nodes = new Set(nodes);
    this.periodUs = periodUs;
    this.downUs = Math.round(periodUs * share);
  }

  meet({ sentUs }: Copy, src: number, dst: number): Outcome {
    if (!this.isDead(src, sentUs) && !this.isDead(dst, sentUs)) return Outcome.delivered;
    this.bites++;
    return Outcome.cutOff;
  }

  private isDead(node: number, atUs: number): boolean {
    if (!this.nodes.has(node)) return false;
    const phaseUs = finish(absorb(this.key, node)) % this.periodUs;
    return (atUs + phaseUs) % this.periodUs < this.downUs;
  }
}
