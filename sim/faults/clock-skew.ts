import type { Host } from "../host/host.ts";
import type { FaultEffect } from "./fault-effect.ts";
import type { ClockOperation } from "./operations.ts";
import { Tally } from "./tally.ts";

/** Bites by steps run under a wrong clock. */
export class ClockEffect implements FaultEffect {
  private readonly host: Host;
  private readonly operation: ClockOperation;
  private readonly steps: Tally;

  constructor(host: Host, operation: ClockOperation) {
    this.host = host;
    this.operation = operation;
    this.steps = new Tally(host.nodes.steps, operation.nodes);
  }

  begin(): void {
    const { clocks, kernel } = this.host;
    const { nodes, offsetUs, driftPpm } = this.operation;
    for (const node of nodes) {
      clocks.step(node, offsetUs);
      clocks.setDrift(node, driftPpm, kernel.nowUs);
    }
    this.steps.begin();
  }

  heal(): void {
    for (const node of this.operation.nodes) this.host.clocks.correct(node);
    this.steps.end();
  }

  get bites(): number {
    return this.steps.count;
  }
}
