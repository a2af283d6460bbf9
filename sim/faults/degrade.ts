import { Burst } from "../network/bursts.ts";
import type { Outcome } from "../network/drop-reasons.ts";
import type { Copy } from "../network/interference.ts";
import type { Setting } from "./fault-effect.ts";
import { NetworkEffect } from "./network-effect.ts";
import type { DegradeOperation } from "./operations.ts";

/** Bites by copies lost or delayed. */
export class DegradeEffect extends NetworkEffect {
  private readonly burst: Burst;

  constructor(setting: Setting, operation: DegradeOperation) {
    super(setting);
    this.burst = new Burst(setting.key, operation.nodes, operation.lossProbability, operation.latencyUs);
  }

  meet(copy: Copy, src: number, dst: number, random: number): Outcome {
    const outcome = this.burst.meet(copy, src, dst, random);
    this.bites = this.burst.losses + this.burst.delays;
    return outcome;
  }
}
