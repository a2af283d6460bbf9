import { expect, test } from "vitest";
import type { Hash } from "../../../protocol/core/ids.ts";
import { openBytes, record, synthetic } from "../../../sim/test/trace/memory.ts";
import type { Trace } from "../../../sim/trace/reader.ts";
import { type Chain, chainsOf } from "../../model/chains.ts";
import { heightAt, heightStory } from "../../model/height-story.ts";
import { final } from "./observations.ts";

const [A, B] = ["aa".repeat(32) as Hash, "bb".repeat(32) as Hash];

async function onlyChain(trace: Trace): Promise<Chain> {
  const [chain] = chainsOf(trace.meta.nodes, await trace.blocks());
  if (chain === undefined) throw new Error("a run has a chain");
  return chain;
}

test("a height's story has a seat for each member, in order of priority, with what it did and when", async () => {
  const trace = await openBytes(
    await record((writer) => {
      writer.observation(2, 100, { kind: "view", height: 7, view: 0 });
      writer.observation(2, 300, { kind: "view", height: 7, view: 1 });
      writer.observation(2, 400, { kind: "prepared", height: 7, view: 1, blockHash: A });
      writer.observation(2, 410, { kind: "prepared", height: 8, view: 0, blockHash: B });
      writer.observation(2, 500, final({ view: 1, by: "quorum" }));
      writer.observation(1, 900, final({ view: 1, by: "sync" }));
      writer.observation(5, 950, final({ view: 1, by: "gossip" }));
    }),
  );
  const story = await heightStory(trace, await onlyChain(trace), 7);
  expect(story.seats).toEqual([
    {
      node: 2,
      seat: 0,
      proposed: true,
      views: [
        { view: 0, atUs: 100 },
        { view: 1, atUs: 300 },
      ],
      prepared: [{ view: 1, atUs: 400 }],
      committed: true,
      finalUs: 500,
      finalBy: "quorum",
    },
    { node: 0, seat: 1, proposed: false, views: [], prepared: [], committed: true, finalUs: null, finalBy: "" },
    { node: 1, seat: 2, proposed: false, views: [], prepared: [], committed: false, finalUs: 900, finalBy: "sync" },
  ]);
  expect(story.followers).toBe(1);
});

test("two final blocks of a height are both told", async () => {
  const trace = await openBytes(
    await record((writer) => {
      for (const [node, blockHash] of [
        [0, A],
        [1, B],
      ] as const) {
        writer.observation(node, 500, final({ blockHash }));
      }
    }),
  );
  const story = await heightStory(trace, await onlyChain(trace), 7);
  expect(story.blocks.map((block) => block.hash)).toEqual([A, B]);
});

test("a height that was never decided shows who tried", async () => {
  const trace = await openBytes(
    await record((writer) => {
      writer.observation(4, 100, { kind: "view", height: 1, view: 0 });
      writer.observation(1, 100, { kind: "view", height: 1, view: 0 });
      writer.observation(1, 900, { kind: "view", height: 1, view: 1 });
    }),
  );
  const story = await heightStory(trace, await onlyChain(trace), 1);
  expect(story.seats.map((seat) => [seat.node, seat.seat, seat.views.length])).toEqual([
    [1, -1, 2],
    [4, -1, 1],
  ]);
  expect([story.fromUs, story.toUs]).toEqual([0, trace.untilUs]);
});

test("the height at a moment is one above the last final one", async () => {
  const trace = await openBytes(await synthetic(8, 30));
  const blocks = await trace.blocks();
  expect(heightAt(blocks, 0)).toBe(1);
  for (const block of blocks) {
    expect(heightAt(blocks, block.finalizedUs - 1)).toBe(block.height);
    expect(heightAt(blocks, block.finalizedUs)).toBe(block.height + 1);
  }
  expect(heightAt([], 5)).toBe(1);
});
