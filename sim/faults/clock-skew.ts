import type { Setting } from "./fault-effect.ts";
import { NodeEffect } from "./node-effect.ts";
import type { ClockOperation } from "./operations.ts";
import { Tally } from "./tally.ts";

/** Bites by steps run under a wrong clock. */
export class ClockEffect extends NodeEffect {
  private readonly operation: ClockOperation;
  private readonly steps: Tally;

  constructor(setting: Setting, operation: ClockOperation) {
    super(setting, operation.nodes);
    this.operation = operation;
    this.steps = new Tally(setting.host.nodes.steps, operation.nodes);
  }

  override begin(): void {
    super.begin();
    this.steps.begin();
  }

  override heal(): void {
    super.heal();
    this.steps.end();
  }

  get bites(): number {
    return this.steps.count;
  }

  protected strike(node: number): void {
    const { clocks, kernel } = this.setting.host;
    const { offsetUs, driftPpm, freezes } = this.operation;
    clocks.step(node, offsetUs);
    clocks.setDrift(node, driftPpm, kernel.nowUs);
    if (freezes === true) clocks.freeze(node, kernel.nowUs);
  }

  protected cure(node: number): void {
    this.setting.host.clocks.correct(node);
  }
}
