import { assert } from "../../protocol/core/assert.ts";
import type { Host } from "../host/host.ts";
import { Burst } from "../network/bursts.ts";
import type { FaultEffect } from "./fault-effect.ts";
import type { DegradeOperation } from "./operations.ts";

/** Bites by copies lost or delayed. */
export class DegradeEffect implements FaultEffect {
  private readonly host: Host;
  private readonly burst: Burst;

  constructor(host: Host, operation: DegradeOperation) {
    this.host = host;
    this.burst = new Burst(operation.nodes, operation.lossProbability, operation.latencyUs);
  }

  begin(): void {
    this.host.network.bursts.push(this.burst);
  }

  heal(): void {
    const { bursts } = this.host.network;
    const at = bursts.indexOf(this.burst);
    assert(at >= 0, "a burst heals once");
    bursts.splice(at, 1);
  }

  get bites(): number {
    return this.burst.losses + this.burst.delays;
  }
}
