import { describe, expect, test } from "vitest";
import { Power } from "../../../sim/host/trace-sink.ts";
import { openBytes, record } from "../../../sim/test/trace/memory.ts";
import { batteryWords, energyText } from "../../model/battery.ts";
import { binsOf } from "../../model/density.ts";
import { withMotion } from "../../model/motion.ts";
import { type NodeStatus, statusOf } from "../../model/node-status.ts";

const NOTE = { listen: 900_000, receive: 0, transmit: 90_000, compute: 10_000, sleep: 7, charge: 9_500 };

describe("a device in a trace", () => {
  test("is asleep, not down, and its battery is told of as it was at the moment", async () => {
    const trace = await openBytes(
      await record((writer) => {
        writer.power(10, 1, Power.asleep);
        writer.battery(20, 1, NOTE);
        writer.radioLoss(25, 1);
        writer.radioLoss(26, 1);
        writer.power(30, 1, Power.empty);
      }),
    );
    const [early, later, last] = [await trace.stateAt(15), await trace.stateAt(28), await trace.stateAt(40)];
    expect([early, later, last].map((state) => statusOf(state, 1))).toEqual(["asleep", "asleep", "empty"]);
    expect(batteryWords(early, 1)).toEqual([]);
    expect(batteryWords(later, 1)).toEqual([
      ["Battery", "95.00 % left"],
      ["Energy so far", "1.00 J"],
      ["Of it", "listening 90.0 %, transmitting 9.0 %, computing 1.0 %"],
      ["Lost on its radio", "2 messages"],
    ]);
    expect(batteryWords(last, 1)[0]).toEqual(["Battery", "0.00 % left"]);
    expect(batteryWords(last, 0)).toEqual([]);
  });

  test("has energies in units that fit", () => {
    expect([12, 12_340, 12_340_000].map(energyText)).toEqual(["12 µJ", "12.3 mJ", "12.3 J"]);
  });
});

test("devices that move are where they are, in the region of their chain", async () => {
  const trace = await openBytes(
    await record((writer) => {
      writer.place(20, 1, -1, 0);
      writer.place(30, 1, 0, 1);
    }),
  );
  const places = {
    x: Float32Array.of(7, 8),
    y: Float32Array.of(7, 8),
    nodeRadius: 3,
    regions: [{ name: "town", chain: 0, x: 100, y: 200, radius: 50, orbits: [] }],
  };
  const node = { name: "", role: "device", chain: "town", region: "", position: null };
  const at = async (timeUs: number) => withMotion(places, await trace.stateAt(timeUs), [node, node], () => 0);
  expect(await at(10)).toBe(places);
  expect([...(await at(25)).x].map(Math.round)).toEqual([7, 54]);
  expect([...(await at(35)).y].map(Math.round)).toEqual([7, 154]);
});

test("nodes too close together are counted by cells, in the look of most of them", () => {
  const x = Float32Array.of(1, 3, 5, 21, 22, 100);
  const y = Float32Array.of(1, 1, 4, 1, 2, 100);
  const of: NodeStatus[] = ["asleep", "asleep", "empty", "idle", "down", "idle"];
  const bins = binsOf([0, 1, 2, 3, 4, 5], { x, y }, 10, (node) => of[node] ?? "idle");
  expect(bins.map(({ count, status, failed }) => [count, status, failed])).toEqual([
    [3, "asleep", 1],
    [2, "idle", 1],
    [1, "idle", 0],
  ]);
  expect(bins[0]).toMatchObject({ x: 3, y: 2 });
  expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(6);
});
