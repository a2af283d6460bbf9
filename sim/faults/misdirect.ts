import type { Disk } from "../host/disk.ts";
import { absorb } from "../kernel/random.ts";
import type { Setting } from "./fault-effect.ts";
import { NodeEffect } from "./node-effect.ts";
import type { MisdirectOperation } from "./operations.ts";

/** Bites by writes that end up in another record's place; nodes see it when they start again. */
export class MisdirectEffect extends NodeEffect {
  private readonly probability: number;
  private readonly strayedBefore: ReadonlyMap<number, number>;

  constructor(setting: Setting, { nodes, probability }: MisdirectOperation) {
    super(setting, nodes);
    this.probability = probability;
    this.strayedBefore = new Map(nodes.map((node) => [node, this.diskOf(node).misdirected]));
  }

  get bites(): number {
    return this.nodes.reduce(
      (sum, node) => sum + this.diskOf(node).misdirected - (this.strayedBefore.get(node) ?? 0),
      0,
    );
  }

  protected strike(node: number): void {
    this.diskOf(node).misdirect({ key: absorb(this.setting.key, node), probability: this.probability });
  }

  protected cure(node: number): void {
    this.diskOf(node).misdirect(null);
  }

  private diskOf(node: number): Disk {
    return this.setting.host.disks.of(node);
  }
}
