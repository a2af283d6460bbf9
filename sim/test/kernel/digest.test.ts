import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { RunDigest } from "../../kernel/digest.ts";

function nodeDigest(): RunDigest {
  const hash = createHash("sha256");
  return new RunDigest({ update: (bytes) => hash.update(bytes), digest: () => hash.digest() });
}

function fill(digest: RunDigest, records: number): string {
  for (let index = 0; index < records; index++) {
    digest.event(index, index * 2 ** 30, 0);
    if (index % 7 === 0) digest.data(new Uint8Array(index % 300).fill(index));
    if (index % 11 === 0) digest.text("prepared");
  }
  digest.data(new Uint8Array(300_000).fill(7));
  return digest.finish();
}

describe("run digest", () => {
  it("is the same by either hasher, over many chunks", () => {
    expect(fill(new RunDigest(), 40_000)).toBe(fill(nodeDigest(), 40_000));
  });

  it("is SHA-256 over the records", () => {
    const digest = new RunDigest();
    digest.event(1, 2, 3);
    expect(digest.finish()).toBe(
      createHash("sha256")
        .update(new Uint8Array(Float64Array.of(1, 2, 3).buffer))
        .digest("hex"),
    );
  });

  it("tells apart bytes that differ only in length or padding", () => {
    const digests = [[], [0], [0, 0], [1]].map((bytes) => {
      const digest = new RunDigest();
      digest.data(Uint8Array.from(bytes));
      return digest.finish();
    });
    expect(new Set(digests).size).toBe(4);
  });
});
