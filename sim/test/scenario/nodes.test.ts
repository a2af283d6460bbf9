import fc from "fast-check";
import { expect, test } from "vitest";
import { drawNodes } from "../../scenario/draw-nodes.ts";
import type { NodeGroup } from "../../scenario/index.ts";
import { complaints, loadText } from "./from-text.ts";

const POPULATION = "rootchain: {delegates: 10, committee: 7, standby: 2, fullNodes: 5}\n";

function victims(selector: string, count = ""): NodeGroup | undefined {
  const fault = loadText(`${POPULATION}faults: [{at: 1 s, slow: {of: ${selector}, factor: 2${count}}}]`).faults[0];
  return fault?.kind === "slow" ? fault.nodes : undefined;
}

test.each([
  ["delegates", { first: 0, last: 9, count: 10 }],
  ["standby", { first: 10, last: 11, count: 2 }],
  ["full-nodes", { first: 12, last: 16, count: 5 }],
  ["all", { first: 0, last: 16, count: 17 }],
  ["delegates 3", { first: 3, last: 3, count: 1 }],
  ["delegates 3..5", { first: 3, last: 5, count: 3 }],
  ["'delegates[3..5]'", { first: 3, last: 5, count: 3 }],
  ["full-nodes 0..1", { first: 12, last: 13, count: 2 }],
  ["2 of delegates", { first: 0, last: 9, count: 2 }],
  ["40 % of delegates", { first: 0, last: 9, count: 4 }],
  ["50 % of full-nodes", { first: 12, last: 16, count: 3 }],
  ["1 of delegates 3..5", { first: 3, last: 5, count: 1 }],
])("%s selects as it says", (selector, selection) => {
  expect(victims(selector)).toEqual([selection]);
});

test("count takes a part of the selected, in nodes or per cent", () => {
  expect(victims("delegates", ", count: 3")).toEqual([{ first: 0, last: 9, count: 3 }]);
  expect(victims("delegates", ", count: 20 %")).toEqual([{ first: 0, last: 9, count: 2 }]);
});

test("a partition has every node once, the bridge besides", () => {
  const partition = (body: string) => loadText(`${POPULATION}faults: [{at: 1 s, partition: {${body}}}]`).faults[0];
  expect(partition("groups: [delegates 0..3, rest]")).toMatchObject({ mode: "symmetric", bridge: [] });
  expect(partition("groups: [delegates 0..3, rest], symmetric: false")).toMatchObject({ mode: "one-way" });
  expect(partition("groups: [[delegates 0..3], [rest]], bridge: delegates 4..5")).toMatchObject({
    mode: "overlapping",
    bridge: [{ first: 4, last: 5, count: 2 }],
  });
  expect(complaints(`${POPULATION}faults: [{at: 1 s, partition: {groups: [rest, rest]}}]`)).toEqual([
    expect.stringContaining("two groups take the rest"),
  ]);
  expect(complaints(`${POPULATION}faults: [{at: 1 s, partition: {groups: [all, rest]}}]`)).toEqual([
    expect.stringContaining("no node is left for the rest"),
  ]);
});

test("nodes are drawn once, from their ranges, as many as wanted, and the rest is what is left", () => {
  const seeded = (seed: number) => {
    let state = seed;
    return (below: number) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
  };
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }), (seed, some, others) => {
      const groups: NodeGroup[] = [
        [{ first: 0, last: 11, count: "rest" }],
        [{ first: 0, last: 9, count: some }],
        [
          { first: 0, last: 9, count: others },
          { first: 10, last: 10, count: 1 },
        ],
      ];
      const drawn = drawNodes(groups, seeded(seed));
      expect(drawn.map((nodes) => nodes.length)).toEqual([12 - some - others - 1, some, others + 1]);
      expect(drawn.flat().toSorted((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, node) => node));
      expect(drawn[2]).toContain(10);
      expect(drawn).toEqual(drawNodes(groups, seeded(seed)));
    }),
  );
});

test("drawing everything draws nothing from the stream", () => {
  const never = () => {
    throw new Error("drew");
  };
  expect(drawNodes([[{ first: 2, last: 4, count: 3 }]], never)).toEqual([[2, 3, 4]]);
});
