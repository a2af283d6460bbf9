import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type RotationSummary,
  readRotationSummary,
  rotationRootOf,
  rotationSummaryBytes,
  writeRotationSummary,
} from "../../consensus/rotation-root.ts";
import { Reader, Writer } from "../../core/codec.ts";
import { hash, u64 } from "../arbitraries.ts";

const summary: fc.Arbitrary<RotationSummary> = fc.record({
  committeeHash: hash,
  iteration: u64,
  standingsHash: hash,
  delegatesHash: hash,
  nextDelegatesHash: hash,
  claimsHash: hash,
  checkpointHash: hash,
  marks: fc.array(fc.boolean(), { maxLength: 12 }),
});

function decode(bytes: Uint8Array): RotationSummary | null {
  const reader = new Reader(bytes);
  const read = readRotationSummary(reader);
  return reader.complete() ? read : null;
}

test("a summary's encoding is canonical, says its size, and any byte of it alters the root", () => {
  fc.assert(
    fc.property(summary, fc.nat(), fc.integer({ min: 1, max: 255 }), (each, at, flip) => {
      const bytes = writeRotationSummary(new Writer(), each).finish();
      expect(bytes.length).toBe(rotationSummaryBytes(each));
      expect(decode(bytes)).toEqual(each);
      bytes[at % bytes.length] = (bytes[at % bytes.length] as number) ^ flip;
      const altered = decode(bytes);
      if (altered !== null) expect(rotationRootOf(altered)).not.toBe(rotationRootOf(each));
    }),
    { numRuns: 300 },
  );
});

test("no bytes make the decoder throw, and only canonical ones pass", () => {
  let passed = 0;
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 200, maxLength: 200 }), fc.uint8Array({ maxLength: 4 }), (head, marks) => {
      head.fill(0, 32, 34);
      const bytes = Uint8Array.of(...head, 0, 0, 0, marks.length, ...marks.map((mark) => mark & 3));
      const read = decode(bytes);
      if (read === null) return;
      passed++;
      expect(writeRotationSummary(new Writer(), read).finish()).toEqual(bytes);
    }),
    { numRuns: 500, seed: 2 },
  );
  expect(passed).toBeGreaterThan(50);
});
