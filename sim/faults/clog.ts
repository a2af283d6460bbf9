import { Outcome } from "../network/drop-reasons.ts";
import type { Copy } from "../network/interference.ts";
import type { Setting } from "./fault-effect.ts";
import { NetworkEffect } from "./network-effect.ts";
import type { ClogOperation } from "./operations.ts";

/** Bites by copies held back; none of them is lost. */
export class ClogEffect extends NetworkEffect {
  private readonly nodes: ReadonlySet<number>;
  private readonly maxDelayUs: number;

  constructor(setting: Setting, { nodes, delayUs }: ClogOperation) {
    super(setting);
    this.nodes = new Set(nodes);
    this.maxDelayUs = delayUs ?? Number.POSITIVE_INFINITY;
  }

  meet(copy: Copy, src: number, dst: number): Outcome {
    if (!this.nodes.has(src) && !this.nodes.has(dst)) return Outcome.delivered;
    const untilUs = Math.min(this.setting.endUs, copy.sentUs + this.maxDelayUs);
    if (untilUs <= copy.arrivalUs) return Outcome.delivered;
    this.bites++;
    if (copy.duplicateArrivalUs >= 0) copy.duplicateArrivalUs += untilUs - copy.arrivalUs;
    copy.arrivalUs = untilUs;
    return Outcome.delivered;
  }
}
