import type { Host } from "../host/host.ts";
import { Partition } from "../network/partitions.ts";
import type { FaultEffect } from "./fault-effect.ts";
import type { PartitionOperation } from "./operations.ts";

/** Bites by copies swallowed. */
export class PartitionEffect implements FaultEffect {
  private readonly host: Host;
  private readonly partition: Partition;

  constructor(host: Host, operation: PartitionOperation) {
    const { groups, mode } = operation;
    const nodes = host.nodes.count;
    this.host = host;
    this.partition = mode === "symmetric" ? Partition.ofGroups(nodes, groups) : Partition.oneWay(nodes, groups);
  }

  begin(): void {
    this.host.network.partitions.begin(this.partition, this.host.kernel.nowUs);
  }

  heal(): void {
    this.host.network.partitions.heal(this.partition, this.host.kernel.nowUs);
  }

  get bites(): number {
    return this.partition.drops;
  }
}
