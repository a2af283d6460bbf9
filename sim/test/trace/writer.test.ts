import { describe, expect, test } from "vitest";
import { compress } from "../../platform/node/compression.ts";
import type { Compress } from "../../trace/ports.ts";
import { MAX_IN_FLIGHT, TraceWriter } from "../../trace/writer.ts";
import { openBytes, record, synthetic } from "./memory.ts";
import { describeBlock, numbers, syntheticMeta, syntheticTrace, writeSynthetic } from "./synthetic.ts";

/** Bytes an event that a trace of all-to-all voting may take, everything counted. */
const MOST_BYTES_PER_EVENT = 4;

test("64 voting nodes with 16 bits of jitter in every delay take at most 4 bytes an event", async ({ annotate }) => {
  const bytes = await synthetic(64, 60);
  const trace = await openBytes(bytes);
  const events = trace.chunks.filter(({ kind }) => kind === "messages" || kind === "events");
  const rows = events.reduce((sum, chunk) => sum + chunk.rows, 0);
  await annotate(`${(bytes.length / rows).toFixed(3)} bytes an event over ${rows} events`);
  expect(rows).toBeGreaterThan(480_000);
  expect(bytes.length / rows).toBeLessThanOrEqual(MOST_BYTES_PER_EVENT);
});

test("the same run gives the same bytes however long compression takes", async () => {
  const next = numbers(11);
  const delayed: Compress = async (bytes, effort) => {
    const turns = next() % 20;
    for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
    return compress(bytes, effort);
  };
  const options = { nodes: 12, blocks: 80 };
  expect(await syntheticTrace(options, delayed)).toEqual(await syntheticTrace(options, compress));
});

test("what compression yields enters no digest", async () => {
  const stronger: Compress = (bytes) => compress(bytes, "small");
  const options = { nodes: 12, blocks: 40 };
  const [plain, strong] = [await syntheticTrace(options, compress), await syntheticTrace(options, stronger)];
  expect(strong).not.toEqual(plain);
  expect((await openBytes(strong)).stateDigest).toBe((await openBytes(plain)).stateDigest);
});

test("the rolling hash of states tells two runs apart", async () => {
  const digests = await Promise.all(
    [1, 2].map(async (view) => {
      const trace = await openBytes(
        await record((writer) => writer.observation(0, 5, { kind: "view", height: 1, view })),
      );
      return trace.stateDigest;
    }),
  );
  expect(digests[0]).toMatch(/^[0-9a-f]{64}$/);
  expect(digests[0]).not.toBe(digests[1]);
});

test("an interrupted run is marked as such", async () => {
  const pieces: Uint8Array[] = [];
  const append = async (bytes: Uint8Array) => {
    pieces.push(bytes);
  };
  await writeSynthetic({ nodes: 4, blocks: 3 }, { compress, append }, { ending: "interrupted" });
  expect((await openBytes(new Uint8Array(Buffer.concat(pieces)))).ending).toBe("interrupted");
});

test("a run cut early has lost no more than the last chunks of each kind", async () => {
  const bytes = await synthetic(64, 60);
  const trace = await openBytes(bytes.subarray(0, bytes.length * 0.9));
  const last = (await trace.eventsBetween(0, Number.MAX_SAFE_INTEGER)).events.at(-1);
  expect(last?.atUs).toBeGreaterThan(25_000_000);
  expect((await trace.blocks()).length).toBeGreaterThan(25);
});

describe("back-pressure", () => {
  test("shows as backlog until the output has caught up", async () => {
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const writer = new TraceWriter({ meta: syntheticMeta(4), describeBlock, compress, append: () => gate });
    for (let i = 0; i < 300_000; i++) writer.message(i, i + 1, 0, 1, 2, 10, 0, i >> 4, -1);
    expect(writer.backlog()).toBeGreaterThan(MAX_IN_FLIGHT);
    open();
    await writer.settled();
    expect(writer.backlog()).toBe(0);
  });
});

describe("a failure", () => {
  const full = new Error("no space left on device");

  test("of the output is thrown at the end, and nothing is written after it", async () => {
    let calls = 0;
    const append = async () => {
      calls += 1;
      if (calls > 3) throw full;
    };
    await expect(writeSynthetic({ nodes: 12, blocks: 80 }, { compress, append })).rejects.toBe(full);
    expect(calls).toBe(4);
  });

  test("of the output is thrown to a driver that waits", async () => {
    const writer = new TraceWriter({
      meta: syntheticMeta(4),
      describeBlock,
      compress,
      append: () => Promise.reject(full),
    });
    await expect(writer.settled()).rejects.toBe(full);
  });

  test("of compression is thrown at the end", async () => {
    const failing: Compress = () => Promise.reject(full);
    const append = async () => undefined;
    await expect(writeSynthetic({ nodes: 4, blocks: 2 }, { compress: failing, append })).rejects.toBe(full);
  });
});

test("a run that may end without a word has most of what it told in its file, whose bytes are a function of the run", async () => {
  const told = 600;
  const cut = async (writesEarly: boolean): Promise<Uint8Array> => {
    const pieces: Uint8Array[] = [];
    const append = async (bytes: Uint8Array) => {
      pieces.push(bytes);
    };
    const writer = new TraceWriter({ meta: syntheticMeta(8), describeBlock, compress, append, writesEarly });
    for (let each = 0; each < told; each++) {
      writer.message(each, each + 5, each % 8, (each + 1) % 8, 2, 100, 0, each, -1);
      if (each % 100 === 0) await writer.settled();
    }
    await writer.settled();
    return new Uint8Array(Buffer.concat(pieces));
  };
  const early = await openBytes(await cut(true));
  expect((await early.messagesBetween(0, 1e9)).count).toBe(512);
  expect((await (await openBytes(await cut(false))).messagesBetween(0, 1e9)).count).toBe(0);
  expect(await cut(true)).toEqual(await cut(true));
});
