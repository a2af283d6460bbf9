import { describe, expect, it } from "vitest";
import { Disk } from "../../host/disk.ts";
import { seal, tear, unseal } from "../../host/sealed-record.ts";

const MS = 1_000_000;
const bytes = (...values: number[]) => Uint8Array.from(values);

/** A disk with `a` durable at 2 ms, and a newer `a`, a `b` and a deletion of `c` under way at 10.5 ms. */
function busyDisk(): Disk {
  const disk = new Disk({ latencyNs: MS, nsPerByte: 0 });
  expect(disk.write("a", bytes(1), 0)).toBe(MS);
  expect(disk.write("c", bytes(3), 0)).toBe(2 * MS);
  disk.write("a", bytes(7, 7, 7, 7, 7, 7), 9.5 * MS);
  disk.write("b", bytes(2), 9.5 * MS);
  disk.write("c", null, 9.5 * MS);
  return disk;
}

describe("a disk", () => {
  it("keeps at a crash what was durable by then, in order", () => {
    const disk = busyDisk();
    expect(disk.crash(11.5 * MS, "kept")).toEqual({ lost: 1, torn: 0 });
    expect([...disk.contents()]).toEqual([
      ["a", bytes(7, 7, 7, 7, 7, 7)],
      ["c", bytes(3)],
      ["b", bytes(2)],
    ]);
  });

  it("reads a torn record as never written", () => {
    const disk = busyDisk();
    expect(disk.crash(10 * MS, "torn")).toEqual({ lost: 3, torn: 1 });
    expect([...disk.contents()]).toEqual([
      ["a", bytes(1)],
      ["c", bytes(3)],
    ]);
  });

  it("is empty when it is lost", () => {
    const disk = busyDisk();
    expect(disk.crash(10 * MS, "lost")).toEqual({ lost: 5, torn: 0 });
    expect(disk.contents().size).toBe(0);
  });

  it("holds what it was provisioned with until that is overwritten or lost", () => {
    const disk = new Disk({ latencyNs: MS, nsPerByte: 0 }, new Map([["key", bytes(9)]]));
    disk.write("other", bytes(1), 0);
    disk.crash(0, "kept");
    expect([...disk.contents()]).toEqual([["key", bytes(9)]]);
    disk.crash(0, "lost");
    expect(disk.contents().size).toBe(0);
  });

  it("shows a machine the same records for its whole life, and makes bytes of those that it reads", () => {
    let made = 0;
    const deferred = { sizeBytes: 1, toBytes: () => bytes(++made) };
    const disk = new Disk({ latencyNs: MS, nsPerByte: 0 });
    disk.write("a", deferred, 0);
    disk.flush();
    const shown = disk.contents();
    expect([shown.size, shown.has("a"), [...shown.keys()], made]).toEqual([1, true, ["a"], 0]);
    disk.write("a", bytes(8), 0);
    disk.write("b", bytes(9), 10 * MS);
    expect([shown.get("a"), shown.get("b")]).toEqual([bytes(1), undefined]);
    disk.write("c", bytes(9), 20 * MS);
    expect([...shown]).toEqual([["a", bytes(2)]]);
    disk.flush();
    expect([...disk.contents().values()]).toEqual([bytes(8), bytes(9), bytes(9)]);
    disk.contents().forEach((value, key) => {
      if (key === "b") expect(value).toEqual(bytes(9));
    });
  });

  it("takes longer when it is slow", () => {
    const disk = new Disk({ latencyNs: MS, nsPerByte: 10 });
    disk.slowDown(3);
    expect(disk.write("a", new Uint8Array(100), 0)).toBe(3 * MS + 3000);
  });
});

describe("a sealed record", () => {
  it("opens to its value only when it is whole", () => {
    for (const length of [1, 2, 5, 100]) {
      const value = new Uint8Array(length).fill(5);
      expect(unseal(seal(value))).toEqual(value);
      expect(unseal(tear(seal(value)))).toBeNull();
    }
  });
});
