import { expect, test } from "vitest";
import { Power } from "../../../sim/host/trace-sink.ts";
import { openBytes, record } from "../../../sim/test/trace/memory.ts";
import { highestFinal, statusOf, workOf } from "../../model/node-status.ts";
import { final } from "./observations.ts";

test("a node's status and work follow from its observed state", async () => {
  const trace = await openBytes(
    await record((writer) => {
      writer.observation(0, 10, { kind: "mode", mode: "member" });
      writer.observation(1, 10, { kind: "mode", mode: "silent" });
      writer.power(20, 1, Power.down);
      writer.observation(0, 30, { kind: "view", height: 7, view: 2 });
      writer.observation(0, 40, final({ height: 7, view: 2 }));
    }),
  );
  const [before, after] = [await trace.stateAt(30), await trace.stateAt(40)];
  expect([0, 1, 2].map((node) => statusOf(before, node))).toEqual(["member", "down", "idle"]);
  expect(workOf(before, 0)).toEqual({ height: 7, view: 2 });
  expect(workOf(after, 0)).toEqual({ height: 8, view: 0 });
  expect(workOf(after, 2)).toEqual({ height: 1, view: 0 });
  expect([highestFinal(before, [0, 1]), highestFinal(after, [0, 1]), highestFinal(after, [1])]).toEqual([0, 7, 0]);
});
