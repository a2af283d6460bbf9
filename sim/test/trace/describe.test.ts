import { describe, expect, test } from "vitest";
import type { Hash } from "../../../protocol/core/ids.ts";
import { infoText, type Line, type LineFilter, lineText, traceEvents, traceInfo } from "../../trace/describe.ts";
import type { Trace } from "../../trace/model.ts";
import { openBytes, record, synthetic } from "./memory.ts";

async function lines(trace: Trace, filter: LineFilter = {}): Promise<Line[]> {
  const all: Line[] = [];
  for await (const line of traceEvents(trace, filter)) all.push(line);
  return all;
}

describe("the description of a trace", () => {
  test("counts what is in it", async () => {
    const bytes = await synthetic(12, 40);
    const info = await traceInfo(await openBytes(bytes));
    expect(info).toMatchObject({ scenario: "synthetic", level: "full", ending: "complete", blocks: 40, damage: [] });
    expect(info.nodes).toEqual({ total: 12, byRole: expect.objectContaining({ delegate: 12 }) });
    const messages = info.kinds.find(({ kind }) => kind === "messages");
    expect(messages?.rows).toBe(40 * (11 + 2 * 12 * 11));
    expect(info.bytesPerEvent).toBe(Math.round((100 * bytes.length) / info.events) / 100);
    expect(infoText(info)).toMatch(/^scenario {3}synthetic, seed 1, level full$/m);
  });

  test("names every damage with its place and cost", async () => {
    const bytes = await synthetic(12, 40);
    const chunk = (await openBytes(bytes)).chunks.find(({ kind }) => kind === "messages");
    if (chunk === undefined) throw new Error("there are messages");
    const altered = bytes.slice();
    altered[chunk.offset + chunk.lengthBytes - 3] = (altered[chunk.offset + chunk.lengthBytes - 3] as number) ^ 255;
    const text = infoText(await traceInfo(await openBytes(altered)));
    const { offset, lengthBytes, rows } = chunk;
    expect(text).toContain(
      `byte ${offset}: checksum mismatch in a chunk of messages (${lengthBytes} bytes, ${rows} rows lost)`,
    );
  });
});

describe("the events of a trace", () => {
  test("come all, once, and by time", async () => {
    const trace = await openBytes(await synthetic(12, 120));
    const all = await lines(trace);
    const rows = trace.chunks.filter(({ kind }) => kind === "messages" || kind === "events");
    expect(all.length).toBe(rows.reduce((sum, chunk) => sum + chunk.rows, 0));
    expect(all.every((line, i) => i === 0 || line.atUs >= (all[i - 1] as Line).atUs)).toBe(true);
  });

  test("are filtered by time, node, kind and class", async () => {
    const trace = await openBytes(await synthetic(12, 40));
    const all = await lines(trace);
    const about = (line: Line) =>
      line.kind === "message" ? [line.source, line.destination].includes("delegate-3") : line.node === "delegate-3";
    expect(await lines(trace, { node: 3 })).toEqual(all.filter(about));
    const within = (line: Line) => line.atUs >= 5_050_000 && line.atUs <= 9_400_000;
    expect(await lines(trace, { fromUs: 5_050_000, toUs: 9_400_000 })).toEqual(all.filter(within));
    const decided = await lines(trace, { kinds: ["finalized", "mode"] });
    expect(decided).toEqual(all.filter(({ kind }) => kind === "finalized" || kind === "mode"));
    const proposals = await lines(trace, { kinds: ["message"], classes: ["proposal"] });
    expect(proposals).toEqual(all.filter((line) => line.kind === "message" && line.messageClass === "proposal"));
    expect(proposals.length).toBe(40 * 11);
  });

  test("read as sentences", async () => {
    const blockHash = "0123456789abcdef".repeat(4) as Hash;
    const trace = await openBytes(
      await record((writer) => {
        writer.message(1_000_000, 1_250_000, 0, 1, 2, 187, 0, 0, -1);
        writer.message(1_000_013, 1_000_013, 0, 2, 2, 187, 1, 0, -1);
        writer.timer(1_500_000, 3, 2);
        writer.fault(2_000_000, 0, true);
        writer.observation(4, 2_500_000, { kind: "prepared", height: 7, view: 1, blockHash });
        writer.observation(4, 2_500_001, { kind: "rejected", reason: "too late" });
        const step = { atUs: 2_600_000, node: 5, step: "delivered", number: 3, lockId: blockHash, height: 9 } as const;
        writer.transfer({ ...step, from: "root", to: "home" });
        const done = {
          atUs: 2_700_000,
          node: 5,
          step: "submitted",
          number: 0,
          transactionId: blockHash,
          height: -1,
        } as const;
        writer.operation({ ...done, kind: "nominate", chain: "home" });
      }),
    );
    expect((await lines(trace)).map(lineText)).toEqual([
      "1.000000 delegate-0 → delegate-1 vote 187 B arrives 1.250000",
      "1.000013 delegate-0 → delegate-2 vote 187 B lost",
      "1.500000 delegate-3 timer timer 2",
      "2.000000 fault partition of Tokyo begins",
      "2.500000 delegate-4 prepared height 7 view 1 0123456789ab",
      "2.500001 delegate-4 rejected too late",
      "2.600000 delegate-5 transfer height 9 number 3 0123456789ab delivered root home",
      "2.700000 delegate-5 operation number 0 0123456789ab submitted nominate home",
    ]);
  });
});
