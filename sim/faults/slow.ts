import type { Setting } from "./fault-effect.ts";
import { NodeEffect } from "./node-effect.ts";
import type { SlowOperation } from "./operations.ts";
import { Tally } from "./tally.ts";

/** Bites by steps slowed. */
export class SlowEffect extends NodeEffect {
  private readonly factor: number;
  private readonly steps: Tally;

  constructor(setting: Setting, { nodes, factor }: SlowOperation) {
    super(setting, nodes);
    this.factor = factor;
    this.steps = new Tally(setting.host.nodes.steps, nodes);
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
    this.setting.host.slowDown(node, this.factor);
  }

  protected cure(node: number): void {
    this.setting.host.slowDown(node, 1 / this.factor);
  }
}
