import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { drawMesh, placeNodes } from "../../runner/topology.ts";
import { excerpt } from "../campaign/run.ts";

function scenarioWith(seed: string, degree: number, share: readonly number[]) {
  const base = excerpt(seed, 1);
  const regions = { names: share.map((_, index) => `r${index}`), share, latencyUs: [], positions: null };
  return { ...base, network: { backbone: { ...base.network.backbone, regions }, gossip: { degree } } };
}

/** @returns how many nodes a walk from node 0 reaches */
function reached(mesh: readonly (readonly number[])[]): number {
  const seen = new Set([0]);
  for (const node of seen) for (const next of mesh[node] ?? []) seen.add(next);
  return seen.size;
}

describe("the gossip mesh", () => {
  test("is connected, mutual, without loops, and of bounded degree", () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 5 }),
        fc.integer({ min: 2, max: 80 }),
        fc.integer({ min: 2, max: 10 }),
        (seed, nodes, degree) => {
          const mesh = drawMesh(scenarioWith(seed, degree, [1]), nodes);
          expect(reached(mesh)).toBe(nodes);
          mesh.forEach((neighbours, node) => {
            expect(neighbours).not.toContain(node);
            expect(neighbours.length).toBeLessThanOrEqual(2 * Math.ceil(degree / 2));
            for (const other of neighbours) expect(mesh[other]).toContain(node);
          });
        },
      ),
      { numRuns: 40 },
    );
  });

  test("is another one for another seed", () => {
    expect(drawMesh(scenarioWith("1", 4, [1]), 30)).not.toEqual(drawMesh(scenarioWith("2", 4, [1]), 30));
  });
});

test("regions get their shares, largest remainders first", () => {
  const places = placeNodes(scenarioWith("1", 4, [0.5, 0.25, 0.25]), 10);
  const counts = [0, 1, 2].map((region) => places.filter((place) => place === region).length);
  expect(counts).toEqual([5, 3, 2]);
});
