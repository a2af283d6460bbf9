import { expect, test } from "vitest";
import { shareBytes } from "../../core/shared-bytes.ts";

const filled = (length: number, byte: number) => new Uint8Array(length).fill(byte);

test("bytes lie as they were given, whatever is kept after them and however their giver changes", () => {
  const given = Array.from({ length: 1000 }, (_, index) => filled(index % 700, index % 256));
  const places = given.map((bytes) => ({ ...shareBytes(bytes), length: bytes.length }));
  for (const bytes of given) bytes.fill(0xff);
  for (const [index, { room, start, length }] of places.entries()) {
    expect(room.subarray(start, start + length)).toEqual(filled(length, index % 256));
  }
  expect(new Set(places.map(({ room }) => room)).size).toBeLessThan(10);
});

test("a long string has a room to itself, and one that does not fit any more begins the next", () => {
  const { room, start } = shareBytes(filled(9000, 7));
  expect([room.length, start]).toEqual([9000, 0]);
  const rooms = Array.from({ length: 20 }, () => shareBytes(filled(8000, 1)));
  for (const place of rooms) expect(place.start + 8000).toBeLessThanOrEqual(place.room.length);
  expect(new Set(rooms.map((place) => place.room)).size).toBeGreaterThan(1);
});
