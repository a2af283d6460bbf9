import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { decompress } from "../../platform/node/compression.ts";
import { type ChunkHeader, decodeHeader, encodeHeader, HEADER_BYTES } from "../../trace/chunk-header.ts";
import { crc32 } from "../../trace/crc32.ts";
import { FILE_MARK, MARK_BYTES, TRAILER_BYTES } from "../../trace/format.ts";
import type { ChunkInfo, Trace } from "../../trace/model.ts";
import { openTrace } from "../../trace/reader.ts";
import { MemoryRanges, openBytes, synthetic } from "./memory.ts";

const EVER = Number.MAX_SAFE_INTEGER;

let whole: Uint8Array;
let chunks: readonly ChunkInfo[];
beforeAll(async () => {
  whole = await synthetic(12, 120);
  chunks = (await openBytes(whole)).chunks;
});

/** Rows of messages and events that can still be read. */
async function rowsIn(trace: Trace): Promise<number> {
  return (await trace.messagesBetween(0, EVER)).count + (await trace.eventsBetween(0, EVER)).events.length;
}

function rowsOf(some: readonly ChunkInfo[]): number {
  return some.filter(({ kind }) => kind === "messages" || kind === "events").reduce((sum, { rows }) => sum + rows, 0);
}

/** Every kind of query; none of them may throw. */
async function readAll(trace: Trace): Promise<void> {
  await trace.verify();
  await rowsIn(trace);
  await trace.stateAt(30_000_000);
  await trace.overview(100);
  await trace.blocks();
}

describe("a trace cut", () => {
  test("at any chunk's beginning or end is read up to there, and says that it was cut", async () => {
    for (const [i, { offset, lengthBytes }] of chunks.entries()) {
      const trace = await openTrace(new MemoryRanges(whole.subarray(0, offset + lengthBytes)), decompress);
      if ("unreadable" in trace) throw new Error(trace.unreadable);
      expect(trace.ending).toBe("cut");
      expect(trace.chunks).toEqual(chunks.slice(0, i + 1));
      expect(await rowsIn(trace)).toBe(rowsOf(chunks.slice(0, i + 1)));
      expect(trace.damage.map(({ reason }) => reason)).toEqual([expect.stringContaining("no footer")]);
    }
  });

  test("at any byte yields all whole chunks before it, and says which one was lost, where and how much", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: (chunks[1] as ChunkInfo).offset, max: whole.length - 1 }), async (length) => {
        const trace = await openBytes(whole.subarray(0, length));
        const kept = chunks.filter(({ offset, lengthBytes }) => offset + lengthBytes <= length);
        expect(await rowsIn(trace)).toBe(rowsOf(kept));
        const torn = chunks[kept.length];
        if (torn && torn.offset < length) {
          expect(trace.damage[0]).toMatchObject({ offset: torn.offset, lengthBytes: length - torn.offset });
        }
        expect(trace.damage.length).toBeGreaterThan(0);
      }),
      { numRuns: 40 },
    );
  });

  test("before its description says why it cannot be read, and where", async () => {
    expect(await openTrace(new MemoryRanges(new Uint8Array(0)), decompress)).toEqual({
      unreadable: expect.stringContaining("not a trace"),
      offset: 0,
    });
    const { offset, lengthBytes } = chunks[0] as ChunkInfo;
    expect(await openTrace(new MemoryRanges(whole.subarray(0, offset + lengthBytes - 1)), decompress)).toHaveProperty(
      "unreadable",
    );
  });

  test("is counted again for its overview", async () => {
    const counted = await (await openBytes(whole.subarray(0, whole.length - TRAILER_BYTES - 1))).overview(1e9);
    const withoutOverview = chunks.findIndex(({ kind }) => kind === "overview");
    const cut = await openBytes(whole.subarray(0, (chunks[withoutOverview] as ChunkInfo).offset));
    expect(await cut.overview(1e9)).toEqual(counted);
  });
});

describe("a single altered bit", () => {
  test("is found wherever it is, and costs at most the chunk that it is in", async () => {
    const all = rowsOf(chunks);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(7), async (at, bit) => {
        const altered = whole.slice();
        altered[at] = (altered[at] as number) ^ (1 << bit);
        const trace = await openBytes(altered);
        const hit = chunks.find(({ offset, lengthBytes }) => at >= offset && at < offset + lengthBytes);
        const damage = await trace.verify();
        expect(damage.length).toBeGreaterThan(0);
        expect(damage.some(({ offset, lengthBytes }) => at >= offset && at < offset + lengthBytes)).toBe(true);
        expect(await rowsIn(trace)).toBeGreaterThanOrEqual(all - (hit ? rowsOf([hit]) : 0));
        expect(trace.meta.nodes.length).toBe(12);
      }),
      { numRuns: 40 },
    );
  });

  test("that gzip itself does not guard is met when the chunk is read", async () => {
    const target = chunks.find(({ kind }) => kind === "messages") as ChunkInfo;
    const timeStamp = target.offset + HEADER_BYTES + 5;
    const altered = whole.slice();
    altered[timeStamp] = 1;
    const trace = await openBytes(altered);
    expect(trace.damage).toEqual([]);
    expect(await rowsIn(trace)).toBe(rowsOf(chunks) - target.rows);
    const { offset, lengthBytes, rows } = target;
    const reason = "checksum mismatch in a chunk of messages";
    expect(trace.damage).toEqual([{ offset, lengthBytes, rows, reason, chunk: chunks.indexOf(target) }]);
  });

  test("in the footer is repaired by reading the file through", async () => {
    const altered = whole.slice();
    const at = whole.length - TRAILER_BYTES - 10;
    altered[at] = (altered[at] as number) ^ 1;
    const trace = await openBytes(altered);
    expect(trace.chunks).toEqual(chunks);
    expect(trace.ending).toBe("cut");
    expect(trace.digest).toBe("");
  });

  test("in the trailer costs nothing but the notice", async () => {
    const altered = whole.slice();
    altered[whole.length - 1] = 0;
    const trace = await openBytes(altered);
    expect([trace.ending, trace.digest]).toEqual(["complete", "ab".repeat(32)]);
    expect(trace.damage).toMatchObject([{ offset: whole.length - TRAILER_BYTES, reason: "the trailer is damaged" }]);
  });
});

test("an altered mark of the file costs nothing but the notice", async () => {
  for (let at = 0; at < MARK_BYTES; at++) {
    const altered = whole.slice();
    altered[at] = 9;
    const trace = await openBytes(altered);
    expect(trace.chunks).toEqual(chunks);
    expect(trace.damage.map(({ reason }) => reason)).toEqual(["the file's mark is damaged"]);
  }
});

test("a file of another version is named as such", async () => {
  const altered = whole.slice();
  altered[MARK_BYTES - 1] = 9;
  altered[2 * MARK_BYTES - 1] = 9;
  expect(await openTrace(new MemoryRanges(altered), decompress)).toEqual({
    unreadable: "this is a trace of format 9, not 2",
    offset: MARK_BYTES - 1,
  });
});

test("a chunk taken out is missed although all others are sound", async () => {
  const { offset, lengthBytes } = chunks[4] as ChunkInfo;
  const shorter = new Uint8Array(Buffer.concat([whole.subarray(0, offset), whole.subarray(offset + lengthBytes)]));
  const trace = await openBytes(shorter);
  const reasons = (await trace.verify()).map(({ reason }) => reason);
  expect(reasons).toContainEqual(expect.stringContaining("missing"));
});

test("a chunk of state put in place of another, checksums and all, breaks the rolling hash", async () => {
  const file = await synthetic(64, 60);
  const states = (await openBytes(file)).chunks.filter(({ kind }) => kind === "state");
  const [first, second] = states as [ChunkInfo, ChunkInfo];
  const part = ({ offset, lengthBytes }: ChunkInfo) => file.subarray(offset, offset + lengthBytes);
  const headers = [first, second].map((chunk) => decodeHeader(part(chunk)) as ChunkHeader);
  const forged = encodeHeader({ ...(headers[1] as ChunkHeader), sequence: (headers[0] as ChunkHeader).sequence });
  const before = file.subarray(0, first.offset);
  const after = file.subarray(first.offset + first.lengthBytes);
  const bytes = Buffer.concat([before, forged, part(second).subarray(HEADER_BYTES), after]);
  const damage = await (await openBytes(new Uint8Array(bytes))).verify();
  expect(damage.map(({ reason }) => reason)).toContainEqual(expect.stringContaining("rolling hash"));
});

describe("hostile bytes", () => {
  test("at random never make the reader throw", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), fc.boolean(), async (noise, marked) => {
        const bytes = marked ? new Uint8Array([...FILE_MARK, ...noise]) : noise;
        const trace = await openTrace(new MemoryRanges(bytes), decompress);
        if (!("unreadable" in trace)) await readAll(trace);
      }),
    );
  });

  test("inside a chunk with right checksums never make the reader throw", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 }),
        async (pick, edits) => {
          const target = chunks[pick % chunks.length] as ChunkInfo;
          const trace = await openTrace(new MemoryRanges(await forge(target, edits)), decompress);
          if (!("unreadable" in trace)) await readAll(trace);
        },
      ),
      { numRuns: 40 },
    );
  });

  test("in a footer with right checksums never make the reader throw", async () => {
    const offset = (chunks.at(-1) as ChunkInfo).offset + (chunks.at(-1) as ChunkInfo).lengthBytes;
    const header = decodeHeader(whole.subarray(offset, offset + HEADER_BYTES)) as ChunkHeader;
    const stored = whole.subarray(offset + HEADER_BYTES, offset + HEADER_BYTES + header.storedBytes);
    const content = (await decompress(stored, header.rawBytes)) as Uint8Array;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }), async (edits) => {
        const altered = content.slice();
        for (const [at, byte] of edits) altered[at % altered.length] = byte;
        const packed = gzipSync(altered);
        const sizes = { storedBytes: packed.length, checksum: crc32(packed) };
        const footer = [encodeHeader({ ...header, ...sizes }), packed, whole.subarray(whole.length - TRAILER_BYTES)];
        const file = new Uint8Array(Buffer.concat([whole.subarray(0, offset), ...footer]));
        const trace = await openTrace(new MemoryRanges(file), decompress);
        if (!("unreadable" in trace)) await readAll(trace);
      }),
      { numRuns: 40 },
    );
  });

  test("that unpack to more than they declare are refused", async () => {
    const bomb = gzipSync(new Uint8Array(64 * 1024 * 1024));
    const target = chunks.find(({ kind }) => kind === "messages") as ChunkInfo;
    const trace = await openBytes(replace(target, bomb));
    await rowsIn(trace);
    expect(trace.damage.map(({ reason }) => reason)).toContainEqual(expect.stringContaining("malformed gzip data"));
  });

  /** The file, cut before its footer, with a chunk's stored content replaced and its checksum made right. */
  function replace({ offset, lengthBytes }: ChunkInfo, stored: Uint8Array, rawBytes?: number): Uint8Array {
    const header = decodeHeader(whole.subarray(offset, offset + HEADER_BYTES));
    if (header === null) throw new Error("the header is sound");
    const sizes = { rawBytes: rawBytes ?? header.rawBytes, storedBytes: stored.length, checksum: crc32(stored) };
    const last = chunks.at(-1) as ChunkInfo;
    const after = whole.subarray(offset + lengthBytes, last.offset + last.lengthBytes);
    return new Uint8Array(
      Buffer.concat([whole.subarray(0, offset), encodeHeader({ ...header, ...sizes }), stored, after]),
    );
  }

  /** The file with some bytes of a chunk's content, before compression, replaced. */
  async function forge(target: ChunkInfo, edits: readonly (readonly [number, number])[]): Promise<Uint8Array> {
    const stored = whole.subarray(target.offset + HEADER_BYTES, target.offset + target.lengthBytes);
    const content = (await decompress(stored, target.rawBytes))?.slice() ?? new Uint8Array(0);
    // Lengths and widths stand in front: half of the edits go there.
    for (const [at, byte] of edits) content[at % 2 ? at % content.length : at % Math.min(64, content.length)] = byte;
    return replace(target, gzipSync(content), content.length);
  }
});
