import { Outcome } from "../network/drop-reasons.ts";
import type { Copy } from "../network/interference.ts";
import type { Setting } from "./fault-effect.ts";
import { NetworkEffect } from "./network-effect.ts";
import type { SlowPairOperation } from "./operations.ts";

/** Bites by copies from one node to the other, all of which take the same time longer. */
export class SlowPairEffect extends NetworkEffect {
  private readonly operation: SlowPairOperation;

  constructor(setting: Setting, operation: SlowPairOperation) {
    super(setting);
    this.operation = operation;
  }

  meet(copy: Copy, src: number, dst: number): Outcome {
    const { from, to, delayUs } = this.operation;
    if (src !== from || dst !== to) return Outcome.delivered;
    this.bites++;
    copy.arrivalUs += delayUs;
    if (copy.duplicateArrivalUs >= 0) copy.duplicateArrivalUs += delayUs;
    return Outcome.delivered;
  }
}
