import { createHash } from "node:crypto";
import fc from "fast-check";
import sodium from "libsodium-wrappers-sumo";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  bytesToHash,
  digestJoined,
  digestTagged,
  hashTagged,
  hashToBytes,
  sha256,
  sha256Prefixed,
  useSha256,
} from "../../crypto/hash.ts";
import { sodiumSha256 } from "../../crypto/sha256-sodium.ts";
import { toHex } from "./vectors.ts";

const reference = (...chunks: Uint8Array[]): Uint8Array => {
  const hash = createHash("sha256");
  for (const chunk of chunks) hash.update(chunk);
  return Uint8Array.from(hash.digest());
};

const lengthOf = (bytes: Uint8Array): Uint8Array => {
  const prefix = Buffer.alloc(4);
  prefix.writeUInt32BE(bytes.length);
  return prefix;
};

await sodium.ready;

describe.each([
  ["the reference", undefined],
  ["libsodium", sodiumSha256(sodium)],
])("hash by %s", (_name, engine) => {
  beforeAll(() => useSha256(engine));
  afterAll(() => useSha256());

  it("is SHA-256", () => {
    // FIPS 180-4 example "abc".
    expect(toHex(sha256(Buffer.from("abc")))).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(sha256(bytes)).toEqual(reference(bytes));
      }),
    );
  });

  it("puts the tag's digest twice and each part's length in front", () => {
    const tags = ["a", "orrery/test"];
    fc.assert(
      fc.property(
        fc.constantFrom(...tags),
        fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 4 }),
        (tag, parts) => {
          const tagDigest = reference(Buffer.from(tag));
          const chunks = parts.flatMap((part) => [lengthOf(part), part]);
          expect(digestTagged(tag, ...parts)).toEqual(reference(tagDigest, tagDigest, ...chunks));
          expect(hashTagged(tag, ...parts)).toBe(toHex(digestTagged(tag, ...parts)));
        },
      ),
    );
  });

  it("takes inputs longer than any buffer, in one part or many", () => {
    const long = Uint8Array.from({ length: 100_003 }, (_, at) => at * 7919);
    const tagDigest = reference(Buffer.from("orrery/test"));
    for (const length of [63, 64, 65, 511, 512, 513, 16_383, 16_384, 16_385, 100_003]) {
      const bytes = long.subarray(0, length);
      expect(sha256(bytes)).toEqual(reference(bytes));
      expect(sha256Prefixed(Uint8Array.of(1), bytes)).toEqual(reference(Uint8Array.of(1), bytes));
      const parts = [bytes, Uint8Array.of(5), bytes];
      expect(digestJoined("orrery/test", ...parts)).toEqual(reference(tagDigest, tagDigest, ...parts));
      const chunks = parts.flatMap((part) => [lengthOf(part), part]);
      expect(digestTagged("orrery/test", ...parts)).toEqual(reference(tagDigest, tagDigest, ...chunks));
    }
  });

  it("tells apart tags, boundaries of parts and numbers of parts", () => {
    const [a, b, both] = [Uint8Array.of(1), Uint8Array.of(2), Uint8Array.of(1, 2)];
    const empty = new Uint8Array();
    const hashes = [
      hashTagged("a", both),
      hashTagged("b", both),
      hashTagged("a", a, b),
      hashTagged("a", both, empty),
      hashTagged("a", empty, both),
      hashTagged("a"),
      hashTagged("a", empty),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it("survives the way to hex and back", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        expect(bytesToHash(bytes)).toBe(toHex(bytes));
        expect(hashToBytes(bytesToHash(bytes))).toEqual(bytes);
      }),
    );
  });

  it("is refused as a bug when it has not 32 bytes", () => {
    expect(() => bytesToHash(new Uint8Array(31))).toThrow("32 bytes");
    expect(() => hashTagged("")).toThrow("tags");
  });
});
