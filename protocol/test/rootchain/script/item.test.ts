import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeNumber, encodeNumber } from "../../../rootchain/script/index.ts";
import { areEqual, isTrue } from "../../../rootchain/script/item.ts";

const MAX_BYTES = 6;
const range = { min: -(2 ** 47) + 1, max: 2 ** 47 - 1 };

describe("numbers of scripts", () => {
  test("a number reads back from its bytes, and they are the only minimal ones", () => {
    fc.assert(
      fc.property(fc.oneof(fc.integer({ min: -300, max: 300 }), fc.maxSafeInteger().filter(isInRange)), (value) => {
        const bytes = encodeNumber(value);
        expect(decodeNumber(bytes, MAX_BYTES, true)).toBe(value);
        const padded = bytes.length === 0 ? Uint8Array.of(0) : pad(bytes);
        expect(decodeNumber(padded, MAX_BYTES + 1, true)).toBeNull();
        expect(decodeNumber(padded, MAX_BYTES + 1, false)).toBe(value);
      }),
      { seed: 1 },
    );
  });

  test("bytes that read minimally are written again as they were", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5 }), (bytes) => {
        const value = decodeNumber(bytes, 5, true);
        const loose = decodeNumber(bytes, 5, false) as number;
        expect(areEqual(encodeNumber(loose), bytes)).toBe(value !== null);
        expect(isTrue(bytes)).toBe(loose !== 0);
      }),
      { numRuns: 2_000, seed: 1 },
    );
  });

  test("an item longer than allowed is no number", () => {
    expect(decodeNumber(encodeNumber(2 ** 31), 4, false)).toBeNull();
    expect(decodeNumber(encodeNumber(2 ** 31 - 1), 4, true)).toBe(2 ** 31 - 1);
    expect(decodeNumber(encodeNumber(2 ** 39 - 1), 5, true)).toBe(2 ** 39 - 1);
  });

  test("the sign takes the top bit, or a byte of its own", () => {
    expect([...encodeNumber(-1)]).toEqual([0x81]);
    expect([...encodeNumber(127)]).toEqual([0x7f]);
    expect([...encodeNumber(128)]).toEqual([0x80, 0x00]);
    expect([...encodeNumber(-255)]).toEqual([0xff, 0x80]);
    expect([...encodeNumber(0)]).toEqual([]);
  });

  test("a negative zero is false and reads as zero", () => {
    expect(isTrue(Uint8Array.of(0, 0x80))).toBe(false);
    expect(isTrue(Uint8Array.of(0x80, 0))).toBe(true);
    expect(Object.is(decodeNumber(Uint8Array.of(0x80), 4, false), 0)).toBe(true);
  });
});

function isInRange(value: number): boolean {
  return value >= range.min && value <= range.max;
}

/** The same number with a byte too many: the sign moves to it. */
function pad(bytes: Uint8Array): Uint8Array {
  const top = bytes.at(-1) as number;
  return Uint8Array.of(...bytes.subarray(0, -1), top & 0x7f, top & 0x80);
}
