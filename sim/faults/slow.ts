import type { Host } from "../host/host.ts";
import type { FaultEffect } from "./fault-effect.ts";
import type { SlowOperation } from "./operations.ts";
import { Tally } from "./tally.ts";

/** Bites by steps slowed. */
export class SlowEffect implements FaultEffect {
  private readonly host: Host;
  private readonly operation: SlowOperation;
  private readonly steps: Tally;

  constructor(host: Host, operation: SlowOperation) {
    this.host = host;
    this.operation = operation;
    this.steps = new Tally(host.nodes.steps, operation.nodes);
  }

  begin(): void {
    for (const node of this.operation.nodes) this.host.slowDown(node, this.operation.factor);
    this.steps.begin();
  }

  heal(): void {
    for (const node of this.operation.nodes) this.host.slowDown(node, 1 / this.operation.factor);
    this.steps.end();
  }

  get bites(): number {
    return this.steps.count;
  }
}
