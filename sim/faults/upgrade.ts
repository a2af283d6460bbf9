import type { Setting } from "./fault-effect.ts";
import { NodeEffect } from "./node-effect.ts";
import type { UpgradeOperation } from "./operations.ts";

/** Nodes restart one by one with another version of their software, and keep it when it is over. Bites by nodes restarted. */
export class UpgradeEffect extends NodeEffect {
  bites = 0;
  private readonly operation: UpgradeOperation;

  constructor(setting: Setting, operation: UpgradeOperation) {
    super(setting, operation.nodes);
    this.operation = operation;
  }

  override begin(): void {
    const { nodes, everyUs } = this.operation;
    const { host, tickAt } = this.setting;
    for (const [turn, node] of nodes.entries()) {
      this.ailing.add(node);
      tickAt(host.kernel.nowUs + turn * everyUs, node);
    }
  }

  /** Whoever has not had its turn has it now. */
  tick(node: number): void {
    if (!this.frozen) this.relieve(node);
  }

  protected strike(): void {
    // To be of the old version is nothing that ails a node by itself.
  }

  protected cure(node: number): void {
    const { host } = this.setting;
    const { version, isCompatible = false } = this.operation;
    if ((host.nodes.software[node] as number) >= version) return;
    this.bites++;
    host.upgrade(node, { version, isCompatible });
  }
}
