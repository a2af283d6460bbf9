import { DEFAULT_STALE_WRITES } from "../host/disk.ts";
import type { Setting } from "./fault-effect.ts";
import { NodeEffect } from "./node-effect.ts";
import type { CrashOperation } from "./operations.ts";
import { Tally } from "./tally.ts";

/**
 * Bites by what it was meant to destroy: torn records when it tears, lost records when it takes the disk or goes back, else
 * writes under way and messages missed.
 */
export class CrashEffect extends NodeEffect {
  private readonly operation: CrashOperation;
  private readonly missed: Tally;
  private readonly writes = { lost: 0, torn: 0 };
  private stops = 0;

  constructor(setting: Setting, operation: CrashOperation) {
    super(setting, operation.nodes);
    const { host } = setting;
    this.operation = operation;
    this.missed = new Tally(host.nodes.missed, operation.nodes);
    if (operation.disk !== "stale") return;
    for (const node of operation.nodes) host.disks.of(node).remember(operation.writes ?? DEFAULT_STALE_WRITES);
  }

  /** Only those that have power, asleep or not, are this fault's to stop and to restart. */
  override begin(): void {
    const { nodes } = this.setting.host;
    for (const node of this.nodes) if (nodes.isPowered(node)) this.ail(node);
    this.missed.begin();
  }

  override heal(): void {
    this.missed.end();
    super.heal();
  }

  get bites(): number {
    const { lost, torn } = this.writes;
    switch (this.operation.disk) {
      case "torn":
        return torn;
      case "lost":
      case "stale":
        return lost;
      case "kept":
        return this.stops === 0 ? 0 : lost + this.missed.count;
    }
  }

  protected strike(node: number): void {
    const { lost, torn } = this.setting.host.crash(node, this.operation.disk);
    this.stops++;
    this.writes.lost += lost;
    this.writes.torn += torn;
  }

  protected cure(node: number): void {
    this.setting.host.start(node);
  }
}
