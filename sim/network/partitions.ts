import { assert } from "../../protocol/core/assert.ts";

/** Groups that one partition may have. */
export const MAX_PARTITION_GROUPS = 31;

const ALL = 0x7fffffff;

/** Who can hear whom while it lasts: a copy passes iff its source's and destination's masks share a bit. */
export class Partition {
  /** Copies that it swallowed. */
  drops = 0;
  fromUs = 0;
  untilUs = Infinity;
  private readonly speaks: Int32Array;
  private readonly hears: Int32Array;

  private constructor(nodes: number) {
    this.speaks = new Int32Array(nodes).fill(ALL);
    this.hears = new Int32Array(nodes).fill(ALL);
  }

  /** Cuts between nodes that share no group; groups may overlap, and nodes in none are untouched. */
  static ofGroups(nodes: number, groups: readonly (readonly number[])[]): Partition {
    assert(groups.length <= MAX_PARTITION_GROUPS, "partition groups within their bound");
    const partition = new Partition(nodes);
    for (const node of groups.flat()) partition.speaks[node] = 0;
    for (const [index, group] of groups.entries()) {
      for (const node of group) partition.speaks[node] = (partition.speaks[node] as number) | (1 << index);
    }
    partition.hears.set(partition.speaks);
    return partition;
  }

  /** Cuts one way: a group hears nothing of the groups before it, all else passes. */
  static oneWay(nodes: number, groups: readonly (readonly number[])[]): Partition {
    assert(groups.length <= MAX_PARTITION_GROUPS, "partition groups within their bound");
    const partition = new Partition(nodes);
    for (const [index, group] of groups.entries()) {
      for (const node of group) {
        partition.speaks[node] = 1 << index;
        partition.hears[node] = ALL & (ALL << index);
      }
    }
    return partition;
  }

  /** @returns whether it swallows a copy that left at `departureUs` */
  cuts(src: number, dst: number, departureUs: number): boolean {
    if (((this.speaks[src] as number) & (this.hears[dst] as number)) !== 0) return false;
    return departureUs >= this.fromUs && departureUs < this.untilUs;
  }
}

/** The partitions of a run. One that is healed is kept for the copies that left before the heal and are still on their way. */
export class Partitions {
  /** Copies that left at this time or later pass. */
  cutUntilUs = 0;
  /** By node: 1 for those that no partition comes between any more; null where there are none. */
  spared: Uint8Array | null = null;
  private readonly partitions: Partition[] = [];

  begin(partition: Partition, nowUs: number): void {
    partition.fromUs = nowUs;
    partition.untilUs = Infinity;
    this.partitions.push(partition);
    this.cutUntilUs = Infinity;
  }

  heal(partition: Partition, nowUs: number): void {
    assert(partition.untilUs === Infinity, "a partition heals once");
    partition.untilUs = nowUs;
    this.cutUntilUs = this.partitions.reduce((latest, other) => Math.max(latest, other.untilUs), 0);
  }

  /** Counts the copy with every partition that swallows it. @returns whether any does */
  cuts(src: number, dst: number, departureUs: number): boolean {
    const { spared } = this;
    if (spared !== null && spared[src] === 1 && spared[dst] === 1) return false;
    let cut = false;
    for (const partition of this.partitions) {
      if (!partition.cuts(src, dst, departureUs)) continue;
      partition.drops++;
      cut = true;
    }
    return cut;
  }
}
