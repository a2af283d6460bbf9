import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Reader, Writer } from "../../../protocol/core/codec.ts";
import type { DelegateId, Hash } from "../../../protocol/core/ids.ts";
import type { Observation } from "../../../protocol/core/observation.ts";
import { Power } from "../../host/trace-sink.ts";
import { readColumn, writeColumn } from "../../trace/column.ts";
import { MAX_RAW_BYTES, MAX_TIME_US } from "../../trace/format.ts";
import { MAX_MESSAGE_ROWS } from "../../trace/message-chunk.ts";
import type { BlockFacts, TraceWriter } from "../../trace/writer.ts";
import { openBytes, record } from "./memory.ts";
import { numbers, syntheticMeta } from "./synthetic.ts";

const NODES = 8;
const RELOCKED = { atUs: 49, node: 3, step: "relocked", number: 17, height: 5, from: "one", to: "two" } as const;
const FACTS: BlockFacts = { proposer: 0, timeUs: 0, committee: [0], signers: [0], transactions: 0, sizeBytes: 1 };
const EVER = Number.MAX_SAFE_INTEGER;
const time = fc.oneof(fc.nat(10_000_000), fc.nat(1_000_000_000_000));
const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString("hex") as Hash);

/** [sent, delay, source, destination, class, size, outcome, new emission?, cause] */
const message = fc.tuple(
  time,
  fc.oneof(fc.nat(70_000), fc.nat(100_000_000_000)),
  fc.nat(NODES - 1),
  fc.nat(NODES - 1),
  fc.nat(255),
  fc.nat(4_294_967_295),
  fc.nat(255),
  fc.boolean(),
  fc.integer({ min: -3, max: 500 }),
);

function tellAll(writer: TraceWriter, rows: readonly (readonly [...Parameters<TraceWriter["message"]>])[]): void {
  for (const row of rows) writer.message(...row);
}

describe("a column", () => {
  const value = fc.oneof(fc.integer(), fc.integer({ min: -(2 ** 47), max: 2 ** 52 }), fc.constant(7));
  test("gives back any integers", () => {
    fc.assert(
      fc.property(fc.array(value), (values) => {
        const writer = new Writer();
        writeColumn(writer, Float64Array.from(values), values.length);
        const reader = new Reader(writer.finish());
        expect([...readColumn(reader, values.length)]).toEqual(values.map((each) => each + 0));
        expect(reader.complete()).toBe(true);
      }),
    );
  });

  test("of equal values takes no byte for each", () => {
    const writer = new Writer();
    writeColumn(writer, new Float64Array(1000).fill(123_456), 1000);
    expect(writer.finish().length).toBeLessThan(16);
  });
});

describe("a written trace", () => {
  test("gives back every message in order", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(message, { maxLength: 300 }), async (messages) => {
        let emission = 0;
        const rows = messages.map(([sent, delay, src, dst, kind, size, outcome, fresh, cause], i) => {
          if (fresh || i === 0) emission += 1;
          return [sent, sent + delay, src, dst, kind, size, outcome, emission, Math.min(cause, emission)] as const;
        });
        // What copies of one emission share is the first one's.
        const first = rows.map((row) => rows.find((other) => other[7] === row[7]) ?? row);
        const trace = await openBytes(await record((writer) => tellAll(writer, rows)));
        const table = await trace.messagesBetween(0, EVER);
        expect(table.count).toBe(rows.length);
        expect([...table.sentUs]).toEqual(rows.map((row) => row[0]));
        expect([...table.arrivalUs]).toEqual(rows.map((row) => row[1]));
        expect([...table.source]).toEqual(first.map((row) => row[2]));
        expect([...table.destination]).toEqual(rows.map((row) => row[3]));
        expect([...table.messageClass]).toEqual(first.map((row) => row[4]));
        expect([...table.sizeBytes]).toEqual(first.map((row) => row[5]));
        expect([...table.outcome]).toEqual(rows.map((row) => row[6]));
        expect([...table.emission]).toEqual(rows.map((row) => row[7]));
        expect([...table.cause]).toEqual(first.map((row) => row[8]));
        expect(await trace.verify()).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  test("of worst values over many chunks keeps every row, and every chunk within its size limit", async () => {
    const next = numbers(3);
    const far = () => Math.floor((next() / 2 ** 32) * MAX_TIME_US);
    const rows = Array.from({ length: 2 * MAX_MESSAGE_ROWS }, (_, i) => {
      const [sent, arrival] = [far(), far()].sort((a, b) => a - b) as [number, number];
      return [sent, arrival, next() % 8, next() % 9, next() % 256, next(), next() % 256, i * 1_000_003, i] as const;
    });
    const bytes = await record((writer) => {
      for (const row of rows) {
        writer.message(...row);
        const reason = `${next()}é`.repeat(40);
        if (row[2] === 0) writer.observation(row[2], far(), { kind: "rejected", reason });
      }
    });
    const trace = await openBytes(bytes);
    for (const chunk of trace.chunks) expect(chunk.rawBytes).toBeLessThanOrEqual(MAX_RAW_BYTES);
    const { sentUs, arrivalUs, destination, emission, cause } = await trace.messagesBetween(0, EVER);
    expect([...sentUs]).toEqual(rows.map((row) => row[0]));
    expect([...arrivalUs]).toEqual(rows.map((row) => row[1]));
    expect([...destination]).toEqual(rows.map((row) => row[3]));
    expect([...emission]).toEqual(rows.map((row) => row[7]));
    expect([...cause]).toEqual(rows.map((row) => row[8]));
    expect(await trace.verify()).toEqual([]);
  });

  test("stores a destination that does not exist as the number of nodes", async () => {
    const trace = await openBytes(await record((writer) => writer.message(1, 1, 0, 4_000_000_000, 2, 10, 11, 0, -2)));
    expect([...(await trace.messagesBetween(0, 9)).destination]).toEqual([NODES]);
  });

  test("corrects the outcome of the copy that arrived before the correction, and no other", async () => {
    const trace = await openBytes(
      await record((writer) => {
        for (let to = 1; to < 4; to++) writer.message(100, 200, 0, to, 2, 10, 0, 5, -1);
        writer.message(100, 900, 0, 2, 2, 10, 0, 5, -1);
        writer.message(100, 100, 0, 2, 2, 10, 1, 6, -1);
        writer.late(5, 2, 6, 200);
        writer.late(6, 1, 6, 200);
      }),
    );
    expect([...(await trace.messagesBetween(0, 9999)).outcome]).toEqual([0, 6, 0, 0, 1]);
  });

  test("corrects a lone message", async () => {
    const trace = await openBytes(
      await record((writer) => {
        writer.message(100, 200, 0, 1, 2, 10, 0, 5, -1);
        writer.late(5, 1, 6, 200);
      }),
    );
    expect([...(await trace.messagesBetween(0, 9999)).outcome]).toEqual([6]);
  });

  test("gives back every event and its words", async () => {
    const blockHash = "5a".repeat(32) as Hash;
    const block: BlockFacts = {
      proposer: 3,
      timeUs: 40,
      committee: [3, 1, 2],
      signers: [1, 3],
      transactions: 9,
      sizeBytes: 77,
    };
    const trace = await openBytes(
      await record((writer) => {
        writer.timer(10, 4, 7);
        writer.power(20, 5, Power.down);
        writer.fault(30, 1, true);
        writer.observation(1, 50, {
          kind: "finalized",
          height: 8,
          view: 2,
          blockHash,
          block,
          certificate: {},
          committee: [],
          by: "sync",
        });
        writer.observation(2, 45, { kind: "prepared", height: 8, view: 1, blockHash });
        writer.observation(2, 46, { kind: "evidence", culprit: 6 as DelegateId, evidence: {} });
        writer.observation(2, 47, { kind: "rejected", reason: "größer als erlaubt 🪐" });
        writer.observation(2, 48, { kind: "mode", mode: "silent" });
        writer.transfer({ ...RELOCKED, lockId: blockHash });
        const operation = {
          atUs: 50,
          node: 5,
          step: "done",
          number: 2,
          kind: "register",
          chain: "fair",
          height: 6,
        } as const;
        writer.operation({ ...operation, transactionId: blockHash });
        const cost = { bytes: 5120, signatures: 33 };
        writer.observation(6, 52, { kind: "followed", chainId: 2, height: 9, blockHash, ...cost });
        writer.observation(7, 53, { kind: "relayed", step: "relock", chainId: 1, lockId: blockHash });
      }),
    );
    const none = { node: -1, height: -1, view: -1, subject: -1, blockHash: "", text: "" };
    expect((await trace.eventsBetween(0, EVER)).events).toEqual([
      { ...none, kind: "timer", atUs: 10, node: 4, subject: 7 },
      { ...none, kind: "power", atUs: 20, node: 5, text: "down" },
      { ...none, kind: "fault", atUs: 30, subject: 1, text: "begins" },
      { ...none, kind: "finalized", atUs: 50, node: 1, height: 8, view: 2, blockHash, text: "sync" },
      { ...none, kind: "prepared", atUs: 45, node: 2, height: 8, view: 1, blockHash },
      { ...none, kind: "evidence", atUs: 46, node: 2, subject: 6 },
      { ...none, kind: "rejected", atUs: 47, node: 2, text: "größer als erlaubt 🪐" },
      { ...none, kind: "mode", atUs: 48, node: 2, text: "silent" },
      { ...none, kind: "transfer", atUs: 49, node: 3, height: 5, subject: 17, blockHash, text: "relocked one two" },
      { ...none, kind: "operation", atUs: 50, node: 5, height: 6, subject: 2, blockHash, text: "done register fair" },
      { ...none, kind: "followed", atUs: 52, node: 6, height: 9, subject: 2, blockHash, text: "5120 B 33 signatures" },
      { ...none, kind: "relayed", atUs: 53, node: 7, subject: 1, blockHash, text: "relock" },
    ]);
    expect(await trace.blocks()).toEqual([
      { chain: "root", height: 8, hash: blockHash, view: 2, finalizedUs: 50, finalizedBy: 1, ...block },
    ]);
  });

  test("keeps blocks of one height on two chains, each told once", async () => {
    const meta = syntheticMeta(NODES);
    const nodes = meta.nodes.map((each, node) => ({ ...each, chain: node < 4 ? "root" : "home" }));
    const seenAs = (blockHash: Hash): Observation => {
      const certified = { block: FACTS, certificate: {}, committee: [], by: "quorum" } as const;
      return { kind: "finalized", height: 1, view: 0, blockHash, ...certified };
    };
    const [one, other] = ["11".repeat(32) as Hash, "22".repeat(32) as Hash];
    const bytes = await record(
      (writer) => {
        for (let node = 0; node < NODES; node++) writer.observation(node, node, seenAs(node < 4 ? one : other));
        for (let node = 0; node < NODES; node++) writer.observation(node, 9, seenAs(node < 4 ? one : other));
      },
      { ...meta, nodes },
    );
    const blocks = await (await openBytes(bytes)).blocks();
    expect(blocks.map(({ chain, hash, finalizedBy }) => [chain, hash, finalizedBy])).toEqual([
      ["root", one, 0],
      ["home", other, 4],
    ]);
    expect((await openBytes(bytes)).chunks.find(({ kind }) => kind === "blocks")?.rows).toBe(2);
  });

  test("keeps one row a block, and both of a fork, by height", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), hash), { maxLength: 30 }), async (finals) => {
        const facts: BlockFacts = {
          proposer: 0,
          timeUs: 0,
          committee: [0, 1],
          signers: [1],
          transactions: 0,
          sizeBytes: 1,
        };
        const trace = await openBytes(
          await record((writer) => {
            for (const [height, blockHash] of [...finals, ...finals]) {
              const seen: Observation = {
                kind: "finalized",
                height,
                view: 0,
                blockHash,
                block: facts,
                certificate: {},
                committee: [],
                by: "quorum",
              };
              writer.observation(0, 1, seen);
            }
          }),
        );
        const blocks = await trace.blocks();
        expect(new Set(blocks.map((block) => block.hash))).toEqual(new Set(finals.map(([, blockHash]) => blockHash)));
        expect(blocks.map((block) => block.height)).toEqual(blocks.map((block) => block.height).sort((a, b) => a - b));
      }),
      { numRuns: 20 },
    );
  });

  test("tells what it was told about the run", async () => {
    const meta = syntheticMeta(300, "full");
    const trace = await openBytes(await record(() => undefined, meta));
    expect(trace.meta).toEqual(meta);
    expect([trace.ending, trace.digest, trace.untilUs]).toEqual(["complete", "cd".repeat(32), 1_000_000]);
    expect(await trace.verify()).toEqual([]);
  });

  test("of level protocol holds no transport", async () => {
    const trace = await openBytes(
      await record(
        (writer) => {
          writer.message(1, 2, 0, 1, 2, 10, 0, 0, -1);
          writer.late(0, 1, 6, 2);
          writer.timer(3, 1, 0);
          writer.observation(1, 4, { kind: "view", height: 1, view: 1 });
        },
        syntheticMeta(8, "protocol"),
      ),
    );
    expect((await trace.messagesBetween(0, EVER)).count).toBe(0);
    expect((await trace.eventsBetween(0, EVER)).events.map((event) => event.kind)).toEqual(["view"]);
    expect((await trace.stateAt(4)).get(1, "view")).toBe(1);
  });
});
