import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TraceNode } from "../../../sim/trace/reader.ts";
import { arrange } from "../../model/arrange.ts";
import { between, zoomed } from "../../model/move-places.ts";
import { manyNodes } from "./many-chains.ts";

const REGIONS = ["us-east", "eu-west", "nowhere", "sa-east", "ap-southeast"];

function nodes(count: number, regions: number): TraceNode[] {
  return Array.from({ length: count }, (_, i) => ({
    name: `n${i}`,
    role: i % 3 === 0 ? "delegate" : "full-node",
    chain: "root",
    region: REGIONS[i % regions] as string,
    position: null,
  }));
}

describe.each(["map", "ring", "chains"] as const)("arranged as a %s", (arrangement) => {
  test("every node has a place of its own, inside the picture", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 600 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 420, max: 1800 }),
        fc.integer({ min: 420, max: 1100 }),
        (count, regions, width, height) => {
          const { x, y } = arrange(nodes(count, regions), arrangement, { width, height });
          const places = new Set(Array.from(x, (value, i) => `${value.toFixed(2)}/${y[i]?.toFixed(2)}`));
          expect(places.size).toBe(count);
          for (let i = 0; i < count; i++) {
            expect(x[i]).toBeGreaterThan(0);
            expect(x[i]).toBeLessThan(width);
            expect(y[i]).toBeGreaterThan(0);
            expect(y[i]).toBeLessThan(height);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

test("regions do not overlap on a screen of usual size", () => {
  const { regions } = arrange(nodes(300, 5), "map", { width: 1000, height: 600 });
  for (const a of regions) {
    for (const b of regions) {
      if (a.name < b.name) expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThan(a.radius + b.radius);
    }
  }
});

test("nodes travel from one arrangement to the other, and a zoom leaves their order", () => {
  const extent = { width: 800, height: 600 };
  const [map, ring] = (["map", "ring"] as const).map((kind) => arrange(nodes(20, 3), kind, extent));
  if (map === undefined || ring === undefined) throw new Error("two arrangements were made");
  expect(between(map, ring, 0).x).toEqual(map.x);
  expect(between(map, ring, 1).x).toEqual(ring.x);
  const near = zoomed(map, { scale: 4, x: -100, y: 30 });
  expect([...near.x]).toEqual(Array.from(map.x, (value) => Math.fround(value * 4 - 100)));
  expect(near.nodeRadius).toBe(map.nodeRadius * 2);
});

test("chains stand apart around the rootchain, up to 32 of them, and each holds its own nodes", () => {
  for (const [subchains, extent] of [
    [3, { width: 380, height: 420 }],
    [2, { width: 1000, height: 340 }],
    [31, { width: 1000, height: 340 }],
    [31, { width: 900, height: 480 }],
    [31, { width: 1000, height: 600 }],
  ] as const) {
    const all = manyNodes(subchains);
    const { x, y, regions } = arrange(all, "chains", extent);
    expect(regions.map(({ name }) => name)).toEqual([...new Set(all.map(({ chain }) => chain))].filter((name) => name));
    for (const a of regions) {
      for (const b of regions) {
        if (a.name < b.name) expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThan(a.radius + b.radius);
      }
    }
    for (const [node, { chain, role }] of all.entries()) {
      const inside = regions.filter(
        (at) => Math.hypot(at.x - (x[node] ?? 0), at.y - (y[node] ?? 0)) <= at.radius + 0.5,
      );
      const watches = role === "relayer" || role === "light-client";
      expect(inside.map(({ name }) => name)).toEqual(watches ? [] : [chain]);
    }
  }
});

test("devices are around the nodes of the chain that they live on, however many there are", () => {
  for (const count of [1, 10, 400]) {
    const devices = Array.from({ length: count }, (_, at): TraceNode => {
      return { name: `sensor-${at}`, role: "device", chain: "home-1", region: "us-east", position: null };
    });
    const all = [...manyNodes(2), ...devices];
    const { x, y, regions } = arrange(all, "chains", { width: 1000, height: 600 });
    const home = regions.find(({ name }) => name === "home-1");
    if (home === undefined) throw new Error("the chain has a place");
    const distance = (node: number) => Math.hypot(home.x - (x[node] ?? 0), home.y - (y[node] ?? 0));
    const of = (role: string) =>
      [...all.keys()].filter((node) => all[node]?.chain === "home-1" && all[node]?.role === role);
    for (const device of of("device")) expect(distance(device)).toBeLessThanOrEqual(home.radius + 0.5);
    const nearest = Math.min(...of("device").map(distance));
    expect(nearest).toBeGreaterThanOrEqual(Math.max(...of("operator").map(distance)) - 0.5);
  }
});
