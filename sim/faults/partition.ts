import { Partition } from "../network/partitions.ts";
import type { FaultEffect, Setting } from "./fault-effect.ts";
import type { PartitionOperation } from "./operations.ts";

/** Bites by copies swallowed. */
export class PartitionEffect implements FaultEffect {
  private readonly setting: Setting;
  private readonly partition: Partition;

  constructor(setting: Setting, operation: PartitionOperation) {
    const { groups, mode } = operation;
    const nodes = setting.host.nodes.count;
    this.setting = setting;
    this.partition = mode === "symmetric" ? Partition.ofGroups(nodes, groups) : Partition.oneWay(nodes, groups);
  }

  begin(): void {
    const { network, kernel } = this.setting.host;
    network.partitions.begin(this.partition, kernel.nowUs);
  }

  heal(): void {
    const { network, kernel } = this.setting.host;
    network.partitions.heal(this.partition, kernel.nowUs);
  }

  spare(): void {
    // The network knows who is in the core.
  }

  get bites(): number {
    return this.partition.drops;
  }
}
