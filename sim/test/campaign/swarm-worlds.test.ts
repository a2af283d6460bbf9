import { describe, expect, test } from "vitest";
import { swarmOfChains } from "../../campaign/swarm-chains.ts";
import { swarmOfViews } from "../../campaign/swarm-views.ts";
import { alarms, outcomeOf } from "./run.ts";

const seeds = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index + 1));

describe.each([
  ["world of chains", swarmOfChains],
  ["committee of many views", swarmOfViews],
] as const)("a drawn %s", (_, draw) => {
  test("is the same for the same seed only", () => {
    expect(draw("7")).toEqual(draw("7"));
    expect(new Set(seeds(100).map((seed) => JSON.stringify({ ...draw(seed), seed: "" }))).size).toBe(100);
  });

  test.each(seeds(2))("of seed %s holds", (seed) => {
    expect(alarms(outcomeOf(draw(seed)))).toEqual([]);
  });
});

test("a world of chains meets its forger, and its transfers arrive all the same", () => {
  const { summary } = outcomeOf(swarmOfChains("16"));
  expect(summary.faults.find(({ name }) => name.startsWith("forge"))?.bites).toBeGreaterThan(50);
  expect(summary.transfers.delivered).toBe(summary.transfers.started);
  expect(summary.chains.every(({ transactions }) => transactions > 20)).toBe(true);
});

test("a committee of many views goes through them: most of its heights are not decided in the first", () => {
  const { summary } = outcomeOf(swarmOfViews("1"));
  expect(summary.chains[0]?.viewChanges).toBeGreaterThan(10);
});
