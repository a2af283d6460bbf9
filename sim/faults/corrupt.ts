import { absorb, finish } from "../kernel/random.ts";
import { Outcome } from "../network/drop-reasons.ts";
import type { Copy } from "../network/interference.ts";
import type { Setting } from "./fault-effect.ts";
import { NetworkEffect } from "./network-effect.ts";
import type { CorruptOperation } from "./operations.ts";

/** Bites by copies that arrive with bits flipped or their end cut off. */
export class CorruptEffect extends NetworkEffect {
  private readonly nodes: ReadonlySet<number>;
  private readonly threshold: number;

  constructor(setting: Setting, { nodes, probability }: CorruptOperation) {
    super(setting);
    this.nodes = new Set(nodes);
    this.threshold = probability * 2 ** 32;
  }

  meet(copy: Copy, src: number, dst: number, random: number): Outcome {
    if (random >= this.threshold || (!this.nodes.has(src) && !this.nodes.has(dst))) return Outcome.delivered;
    this.bites++;
    copy.corruption = finish(absorb(random, 0)) || 1;
    return Outcome.delivered;
  }
}
