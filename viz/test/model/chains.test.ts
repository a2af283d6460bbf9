import { expect, test } from "vitest";
import { openBytes, synthetic } from "../../../sim/test/trace/memory.ts";
import { blockNear } from "../../marks/chain-row.ts";
import { blocksFinalAt, chainsOf, transactionDensity } from "../../model/chains.ts";
import { heightStory } from "../../model/height-story.ts";
import { manyChains, manyNodes, openMany } from "./many-chains.ts";

test("every chain has its own nodes and blocks, the rootchain first", async () => {
  const trace = await openBytes(await manyChains(3));
  const chains = chainsOf(trace.meta.nodes, await trace.blocks());
  expect(chains.map(({ name, blocks }) => [name, blocks.length])).toEqual([
    ["root", 30],
    ["home-1", 25],
    ["home-2", 30],
    ["home-3", 30],
  ]);
  for (const chain of chains) {
    expect(chain.blocks.every((block) => block.chain === chain.name)).toBe(true);
    expect(chain.nodes.every((node) => trace.meta.nodes[node]?.chain === chain.name)).toBe(true);
    expect(chain.intervalUs).toBe(1_000_000);
  }
});

test("a run of one chain has one, and so has one whose nodes name none", async () => {
  const trace = await openBytes(await synthetic(8, 30));
  expect(chainsOf(trace.meta.nodes, await trace.blocks()).map(({ name }) => name)).toEqual(["root"]);
  const nameless = trace.meta.nodes.map((node) => ({ ...node, chain: "" }));
  expect(chainsOf(nameless, []).map(({ nodes }) => nodes.length)).toEqual([8]);
});

test("the number of blocks final at a moment is what counting tells, through gaps", async () => {
  const { chains } = await openMany(2);
  for (const chain of chains) {
    for (let timeUs = 0; timeUs < 31_000_000; timeUs += 370_001) {
      const counted = chain.blocks.filter((block) => block.finalizedUs <= timeUs).length;
      expect(blocksFinalAt(chain, timeUs)).toBe(counted);
    }
  }
});

test("a place in a chain's row finds the block there, and none within a gap", async () => {
  const { chains } = await openMany(2);
  const [, home] = chains;
  if (home === undefined) throw new Error("there are subchains");
  const window = { fromUs: 0, toUs: 31_000_000, width: 1240, nowUs: 0, height: null };
  const block = home.byTime[4];
  expect(blockNear(home, window, ((block?.finalizedUs ?? 0) / 31_000_000) * 1240)).toBe(block);
  expect(blockNear(home, window, (13 / 31) * 1240)).toBeNull();
});

test("density adds up to blocks and transactions of the chain", async () => {
  const { chains } = await openMany(2);
  for (const chain of chains) {
    const sum = transactionDensity(chain, 64, 31_000_000).reduce((a, b) => a + b, 0);
    expect(sum).toBe(chain.blocks.reduce((total, { transactions }) => total + transactions + 1, 0));
  }
});

test("a subchain's height is told with nodes of that chain only", async () => {
  const { trace, chains } = await openMany(2);
  const nodes = manyNodes(2);
  const home = chains[2];
  if (home === undefined) throw new Error("there are two subchains");
  const story = await heightStory(trace, home, 5);
  expect(story.blocks.map(({ chain, height }) => [chain, height])).toEqual([["home-2", 5]]);
  expect(story.seats.map(({ node }) => nodes[node]?.name)).toEqual(
    [1, 2, 3, 0].map((operator) => `home-2/operator-${operator}`),
  );
  expect(story.seats.map(({ proposed }) => proposed)).toEqual([true, false, false, false]);
  expect(story.followers).toBe(1);
});
