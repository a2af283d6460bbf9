import { absorb, finish } from "../kernel/random.ts";
import { Outcome } from "../network/drop-reasons.ts";
import type { Copy } from "../network/interference.ts";
import type { Setting } from "./fault-effect.ts";
import { NetworkEffect } from "./network-effect.ts";
import type { ReplayOperation } from "./operations.ts";

/** Bites by copies that arrive once more, up to a long time later. */
export class ReplayEffect extends NetworkEffect {
  private readonly nodes: ReadonlySet<number>;
  private readonly threshold: number;
  private readonly delayUs: number;

  constructor(setting: Setting, { nodes, probability, delayUs }: ReplayOperation) {
    super(setting);
    this.nodes = new Set(nodes);
    this.threshold = probability * 2 ** 32;
    this.delayUs = delayUs;
  }

  meet(copy: Copy, src: number, dst: number, random: number): Outcome {
    if (random >= this.threshold || (!this.nodes.has(src) && !this.nodes.has(dst))) return Outcome.delivered;
    this.bites++;
    copy.duplicateArrivalUs = copy.arrivalUs + 1 + Math.floor((finish(absorb(random, 0)) * this.delayUs) / 2 ** 32);
    return Outcome.delivered;
  }
}
