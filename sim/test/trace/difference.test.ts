import { describe, expect, test } from "vitest";
import { divergenceText, firstDivergence } from "../../trace/difference.ts";
import type { TraceWriter } from "../../trace/writer.ts";
import { MemoryRanges, openBytes, record, synthetic } from "./memory.ts";

const MESSAGES = 120_000;

/** Messages one after the other, of which one may fare otherwise, at once or at its arrival. */
function messages(odd: { readonly at: number; readonly late: boolean } | null) {
  return (writer: TraceWriter): void => {
    for (let event = 0; event < MESSAGES; event++) {
      const is = odd?.at === event;
      const [source, target] = [event % 8, (event + 1) % 8];
      writer.message(event * 10, event * 10 + 5000, source, target, 2, 187, is && !odd.late ? 1 : 0, event, -1);
      if (is && odd.late) writer.late(event, target, 6, event * 10 + 5000);
      if (event % 1000 === 0) writer.timer(event * 10, source, 1);
    }
  };
}

describe("the first difference of two traces", () => {
  test("is none between equal ones", async () => {
    const bytes = await synthetic(12, 40);
    expect(await firstDivergence(await openBytes(bytes), await openBytes(bytes.slice()))).toBe(null);
  });

  test.each([
    ["at once", false, "lost"],
    ["at its arrival", true, "receiver down"],
  ])("is the one message that fared otherwise %s, found by few chunks", async (_, late, outcome) => {
    const [plain, odd] = [await record(messages(null)), await record(messages({ at: 100_000, late }))];
    const ranges = new MemoryRanges(odd);
    const parted = await firstDivergence(await openBytes(plain), await openBytes(ranges));
    expect(parted?.atUs).toBe(1_000_000);
    expect(parted?.lines.map((line) => line?.kind === "message" && line.outcome)).toEqual(["delivered", outcome]);
    expect(divergenceText(parted as NonNullable<typeof parted>)).toMatch(
      /^first difference at 1 s\n {2}A .*\n {2}B .*$/u,
    );
    expect(ranges.readBytes).toBeLessThan(odd.length / 2);
  });

  test("is the end of the shorter where the longer goes on", async () => {
    const half = (writer: TraceWriter) => writer.timer(10, 0, 1);
    const more = (writer: TraceWriter) => [10, 20].forEach((atUs) => void writer.timer(atUs, 0, 1));
    const parted = await firstDivergence(await openBytes(await record(half)), await openBytes(await record(more)));
    expect(parted).toMatchObject({ atUs: 20, lines: [null, { kind: "timer", atUs: 20 }] });
  });
});
