import { describe, expect, it } from "vitest";
import { Partition, Partitions } from "../../network/partitions.ts";

/** @returns every pair that cannot be heard, as "src>dst" */
function cutPairs(partitions: Partitions, nodes: number, departureUs: number): string[] {
  const cut: string[] = [];
  for (let src = 0; src < nodes; src++) {
    for (let dst = 0; dst < nodes; dst++) {
      if (departureUs < partitions.cutUntilUs && partitions.cuts(src, dst, departureUs)) cut.push(`${src}>${dst}`);
    }
  }
  return cut;
}

function begun(...all: readonly Partition[]): Partitions {
  const partitions = new Partitions();
  for (const partition of all) partitions.begin(partition, 10);
  return partitions;
}

describe("partitions", () => {
  it("cut groups off from each other and leave all else alone", () => {
    const partitions = begun(Partition.ofGroups(4, [[0], [1, 2]]));
    expect(cutPairs(partitions, 4, 10)).toEqual(["0>1", "0>2", "1>0", "2>0"]);
  });

  it("let overlapping groups meet in their common members", () => {
    const partitions = begun(
      Partition.ofGroups(3, [
        [0, 1],
        [1, 2],
      ]),
    );
    expect(cutPairs(partitions, 3, 10)).toEqual(["0>2", "2>0"]);
  });

  it("cut one way from earlier to later groups", () => {
    const partitions = begun(Partition.oneWay(4, [[0], [1], [2]]));
    expect(cutPairs(partitions, 4, 10)).toEqual(["0>1", "0>2", "1>2"]);
  });

  it("add up when several are at work, each counting its own", () => {
    const [one, other] = [Partition.oneWay(3, [[0], [1]]), Partition.ofGroups(3, [[0], [1, 2]])];
    expect(cutPairs(begun(one, other), 3, 10)).toEqual(["0>1", "0>2", "1>0", "2>0"]);
    expect([one.drops, other.drops]).toEqual([1, 4]);
  });

  it("hold for what left while they lasted, whenever it arrives", () => {
    const partition = Partition.ofGroups(2, [[0], [1]]);
    const partitions = begun(partition);
    partitions.heal(partition, 20);
    const cutAt = [9, 10, 19, 20].filter((departureUs) => cutPairs(partitions, 2, departureUs).length > 0);
    expect(cutAt).toEqual([10, 19]);
  });
});
