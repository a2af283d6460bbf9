import { expect, test } from "vitest";
import { openBytes, record } from "../../../sim/test/trace/memory.ts";
import { affectedNodes } from "../../model/affected.ts";

const OUTCOMES = ["delivered", "lost", "", "", "", "partitioned", "receiver down"];
const SPAN = [{ fault: 0, name: "split", fromUs: 100, toUs: 900 }];

/** [sent, source, destination, outcome] */
async function tableOf(rows: readonly (readonly [number, number, number, number])[]) {
  const trace = await openBytes(
    await record((writer) => {
      rows.forEach(([atUs, from, to, outcome], i) => {
        writer.message(atUs, atUs, from, to, 2, 10, outcome, i, -1);
      });
    }),
  );
  return trace.messagesBetween(0, 1000);
}

test("the smaller sides of a partition are found from the messages lost between them, in any order", async () => {
  const sides = [[0, 1, 2, 6], [3, 4], [5]];
  const rows: [number, number, number, number][] = [];
  for (const side of sides) {
    for (const other of sides) {
      if (side === other) continue;
      for (const from of side) for (const to of other) rows.push([200 + rows.length, from, to, 5]);
    }
  }
  for (const order of [rows, rows.toReversed()]) {
    const affected = affectedNodes(await tableOf(order), SPAN, { outcomes: OUTCOMES, timeUs: 300 });
    expect([...affected.cutOff].sort()).toEqual([3, 4, 5]);
    expect(affected.bitten.size).toBe(0);
  }
});

test("a message to a crashed node marks the crashed one only, any other loss both ends", async () => {
  const table = await tableOf([
    [150, 0, 1, 6],
    [160, 2, 3, 1],
    [170, 4, 5, 0],
    [800, 6, 7, 1],
  ]);
  const { bitten } = affectedNodes(table, SPAN, { outcomes: OUTCOMES, timeUs: 500 });
  expect([...bitten].sort()).toEqual([1, 2, 3]);
});

test("without a fault at work nobody is marked", async () => {
  const table = await tableOf([[150, 0, 1, 6]]);
  for (const timeUs of [99, 900]) {
    expect(affectedNodes(table, SPAN, { outcomes: OUTCOMES, timeUs }).bitten.size).toBe(0);
  }
});
