import fc from "fast-check";
import { expect, test } from "vitest";
import { InvariantError } from "../../core/assert.ts";
import { Reader, Writer } from "../../core/codec.ts";
import { hash, u32, u64, u128 } from "../arbitraries.ts";

test("every field reads back as it was written, and nothing is left", () => {
  const fields = fc.tuple(fc.nat(255), u32, u64, u128, hash, fc.uint8Array(), fc.array(u32, { maxLength: 9 }));
  fc.assert(
    fc.property(fields, ([byte, word, long, amount, digest, data, list]) => {
      const writer = new Writer().u8(byte).u32(word).u64(long).u128(amount).hash(digest).bytes(data).u32(list.length);
      for (const each of list) writer.u32(each);
      const reader = new Reader(writer.finish());
      const read = [reader.u8(), reader.u32(), reader.u64(), reader.u128(), reader.hash(), reader.bytes(1000)];
      expect([...read, reader.list(9, (from) => from.u32())]).toEqual([byte, word, long, amount, digest, data, list]);
      expect(reader.complete()).toBe(true);
    }),
    { numRuns: 300, seed: 1 },
  );
});

test("a reader that ran out of bytes yields zeros, stays failed and never throws", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
      const reader = new Reader(bytes);
      reader.fixed(13);
      expect([reader.u8(), reader.u32(), reader.u64(), reader.u128(), reader.bytes(9).length]).toEqual([
        0,
        0,
        0,
        0n,
        0,
      ]);
      expect(reader.list(9, (from) => from.u8())).toEqual([]);
      expect([reader.failed, reader.complete()]).toEqual([true, false]);
    }),
    { numRuns: 100, seed: 1 },
  );
});

test("numbers beyond the safe integers are no numbers", () => {
  const reader = new Reader(Uint8Array.of(0, 32, 0, 0, 0, 0, 0, 0));
  expect([reader.u64(), reader.complete()]).toEqual([0, false]);
  const largest = new Reader(new Writer().u64(Number.MAX_SAFE_INTEGER).finish());
  expect([largest.u64(), largest.complete()]).toEqual([Number.MAX_SAFE_INTEGER, true]);
});

test("a string or list longer than its bound fails before it is read", () => {
  const string = new Reader(new Writer().bytes(new Uint8Array(5)).finish());
  expect([string.bytes(4).length, string.failed]).toEqual([0, true]);
  let reads = 0;
  const list = new Reader(new Writer().u32(5).fixed(new Uint8Array(5)).finish());
  expect(list.list(4, () => reads++)).toEqual([]);
  expect([reads, list.failed]).toEqual([0, true]);
});

test("values that fit no field are this project's bugs", () => {
  for (const write of [
    (writer: Writer) => writer.u32(-1),
    (writer: Writer) => writer.u32(4_294_967_296),
    (writer: Writer) => writer.u64(2 ** 53),
    (writer: Writer) => writer.u128(1n << 128n),
    (writer: Writer) => writer.u128(-1n),
  ]) {
    expect(() => write(new Writer())).toThrow(InvariantError);
  }
});
