import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { Power } from "../../host/trace-sink.ts";
import { decompress } from "../../platform/node/compression.ts";
import { decodeHeader, HEADER_BYTES } from "../../trace/chunk-header.ts";
import type { ChunkInfo, Trace } from "../../trace/model.ts";
import { applyChanges, decodeState, GROUP_NODES, initialState } from "../../trace/state-chunk.ts";
import { FIELD_COUNT, STATE_FIELDS, type StateTable } from "../../trace/state-fields.ts";
import { MemoryRanges, openBytes, record, synthetic } from "./memory.ts";
import { numbers, syntheticMeta } from "./synthetic.ts";

const NODES = 300;
const BLOCKS = 60;
let bytes: Uint8Array;
let trace: Trace;
beforeAll(async () => {
  bytes = await manyStates();
  trace = await openBytes(bytes);
});

/** A run without transport, with nodes that run ahead of each other by up to 50 ms. */
function manyStates(): Promise<Uint8Array> {
  const next = numbers(7);
  return record(
    (writer) => {
      for (let height = 1; height <= BLOCKS; height++) {
        for (let node = 0; node < NODES; node++) {
          const atUs = height * 1_000_000 + (next() % 50_000);
          const view = next() % 3;
          const blockHash = `${next().toString(16).padStart(8, "0")}`.repeat(8) as never;
          writer.observation(node, atUs, { kind: "view", height, view });
          writer.observation(node, atUs + 10, { kind: "prepared", height, view, blockHash });
          if (next() % 50 === 0) writer.power(atUs + 20, node, next() % 2 === 0 ? Power.up : Power.asleep);
          if (next() % 9 === 0) writer.observation(node, atUs + 30, { kind: "rejected", reason: "old" });
        }
      }
    },
    syntheticMeta(NODES, "protocol"),
  );
}

/** State at a moment by every change since the beginning, keyframes unused. */
async function replayed(timeUs: number): Promise<Float64Array> {
  const state = initialState(NODES);
  for (const { kind, offset, lengthBytes, rawBytes, rows } of trace.chunks) {
    if (kind !== "state") continue;
    const first = decodeHeader(bytes.subarray(offset, offset + HEADER_BYTES))?.firstKey as number;
    const content = await decompress(bytes.slice(offset + HEADER_BYTES, offset + lengthBytes), rawBytes);
    const nodes = Math.min(GROUP_NODES, NODES - first);
    const chunk = decodeState(content as Uint8Array, rows, nodes);
    const part = state.subarray(first * FIELD_COUNT, (first + nodes) * FIELD_COUNT);
    if (chunk !== null) applyChanges(part, chunk, timeUs);
  }
  return state;
}

function flat(table: StateTable): number[] {
  return Array.from({ length: table.nodes }, (_, node) => STATE_FIELDS.map((field) => table.get(node, field))).flat();
}

describe("observed state at a moment", () => {
  test("by the nearest keyframe is what all changes from the beginning give", async () => {
    const states = trace.chunks.filter(({ kind }) => kind === "state");
    expect(states.length).toBeGreaterThan(6);
    // Around the borders of chunks, where they overlap, and anywhere.
    const borders = fc.constantFrom(...states.flatMap(({ fromUs, toUs }) => [fromUs, toUs]));
    const nearBorder = fc
      .tuple(borders, fc.integer({ min: -40_000, max: 40_000 }))
      .map(([at, by]) => Math.max(0, at + by));
    const end = BLOCKS * 1_000_000 + 100_000;
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.nat(end), nearBorder), async (timeUs) => {
        expect(flat(await trace.stateAt(timeUs))).toEqual([...(await replayed(timeUs))]);
      }),
      { numRuns: 60 },
    );
  });

  test("of one node is its row of the state of all", async () => {
    for (const node of [0, 255, 256, 299]) {
      const timeUs = 31_020_000 + node;
      const [one, all] = [await trace.stateAt(timeUs, node), await trace.stateAt(timeUs)];
      for (const field of STATE_FIELDS) expect(one.get(node, field)).toBe(all.get(node, field));
    }
  });

  test("before the first event is the initial one, and of no node empty", async () => {
    const table = await trace.stateAt(0);
    expect([table.get(5, "up"), table.get(5, "height")]).toEqual([1, 0]);
    expect((await trace.stateAt(0, NODES)).nodes).toBe(0);
  });
});

describe("random access", () => {
  test("opens by footer, index and nodes, and seeks by few chunks", async () => {
    const file = await synthetic(64, 60);
    const source = new MemoryRanges(file);
    const opened = await openBytes(source);
    expect(source.readBytes).toBeLessThan(8192);
    source.readBytes = 0;
    await opened.stateAt(30_000_000, 5);
    expect(source.readBytes).toBeLessThan(file.length / 50);
    source.readBytes = 0;
    await opened.messagesBetween(30_000_000, 30_100_000);
    expect(source.readBytes).toBeLessThan(file.length / 8);
  });

  test("finds in an interval what a scan of everything finds", async () => {
    const opened = await openBytes(await synthetic(16, 120));
    const all = await opened.messagesBetween(0, Number.MAX_SAFE_INTEGER);
    const { events } = await opened.eventsBetween(0, Number.MAX_SAFE_INTEGER);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(121_000_000),
        fc.nat(400_000),
        fc.option(fc.nat(15), { nil: undefined }),
        async (from, length, node) => {
          const to = from + length;
          const about = (other: number) => node === undefined || other === node;
          const rows = Array.from({ length: all.count }, (_, row) => row).filter((row) => {
            const underWay = (all.sentUs[row] as number) <= to && (all.arrivalUs[row] as number) >= from;
            return underWay && (about(all.source[row] as number) || about(all.destination[row] as number));
          });
          const options = node === undefined ? {} : { node };
          const found = await opened.messagesBetween(from, to, options);
          expect([...found.emission]).toEqual(rows.map((row) => all.emission[row]));
          expect([...found.destination]).toEqual(rows.map((row) => all.destination[row]));
          const expected = events.filter(({ atUs, node: at }) => atUs >= from && atUs <= to && about(at));
          expect((await opened.eventsBetween(from, to, options)).events).toEqual(expected);
        },
      ),
      { numRuns: 40 },
    );
  });

  test("of more rows than wanted says that it was cut short", async () => {
    const opened = await openBytes(await synthetic(16, 120));
    const some = await opened.messagesBetween(0, 5_000_000, { limit: 100 });
    expect([some.count, some.cut]).toEqual([100, true]);
    const events = await opened.eventsBetween(0, 5_000_000, { limit: 10 });
    expect([events.events.length, events.cut]).toEqual([10, true]);
    expect((await opened.messagesBetween(0, 5_000_000, { limit: 10_000_000 })).cut).toBe(false);
  });

  test("gives overviews that agree at every level of the pyramid", async () => {
    const opened = await openBytes(await synthetic(16, 120));
    const messages = opened.chunks.filter(({ kind }) => kind === "messages") as ChunkInfo[];
    const sent = messages.reduce((sum, { rows }) => sum + rows, 0);
    let finer = Number.POSITIVE_INFINITY;
    for (const most of [4096, 500, 60, 7, 1]) {
      const { counts, buckets, bucketUs } = await opened.overview(most);
      expect(buckets).toBeLessThanOrEqual(Math.min(most, finer));
      expect(counts.sent.reduce((sum, count) => sum + count, 0)).toBe(sent);
      expect(bucketUs * buckets).toBeGreaterThan(120_000_000);
      finer = buckets;
    }
  });
});
