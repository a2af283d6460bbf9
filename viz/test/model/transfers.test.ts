import { expect, test } from "vitest";
import type { TraceEvent } from "../../../sim/trace/reader.ts";
import { parseDeepLink } from "../../model/deep-link.ts";
import { stepAt, transferCounts, transfersAt, transfersOf, wayAt } from "../../model/transfers.ts";
import { openMany } from "./many-chains.ts";

function step(subject: number, atUs: number, text: string): TraceEvent {
  return { kind: "transfer", subject, atUs, text, node: 0, height: 2, view: -1, blockHash: "" };
}

const [DELIVERED, REFUNDED] = transfersOf([
  step(4, 100, "started a b"),
  step(9, 150, "started b a"),
  step(4, 200, "locked a b"),
  step(7, 250, "started a a"),
  step(4, 400, "relocked a b"),
  step(9, 450, "locked b a"),
  step(4, 800, "delivered a b"),
  step(9, 950, "refunded b a"),
  step(9, 960, "unheard b a"),
]);

test("a transfer is in the state of its last step, and in flight until it is delivered or refunded", () => {
  if (DELIVERED === undefined || REFUNDED === undefined) throw new Error("two transfers cross chains");
  const states = [99, 100, 399, 400, 800].map((atUs) => stepAt(DELIVERED, atUs)?.step);
  expect(states).toEqual([undefined, "started", "locked", "relocked", "delivered"]);
  const both = [DELIVERED, REFUNDED];
  expect(transfersAt(both, 799)).toEqual(both);
  expect(transfersAt(both, 800)).toEqual([REFUNDED]);
  expect(transfersAt(both, 900, 101)).toEqual(both);
  expect(transferCounts(both, 120)).toEqual({ started: 1, inFlight: 1, delivered: 0, refunded: 0 });
  expect(transferCounts(both, 850)).toEqual({ started: 2, inFlight: 1, delivered: 1, refunded: 0 });
  expect(transferCounts(both, 950)).toEqual({ started: 2, inFlight: 0, delivered: 1, refunded: 1 });
});

test("a transfer within one chain, or with a step nobody knows, is none between chains", () => {
  const all = transfersOf([step(1, 5, "started a a"), step(2, 5, "pondered a b")]);
  expect(all).toEqual([]);
  expect(REFUNDED?.steps.map((taken) => taken.step)).toEqual(["started", "locked", "refunded"]);
});

test("on its way a transfer moves on with time, past the rootchain when relocked, and back when refunded", () => {
  if (DELIVERED === undefined || REFUNDED === undefined) throw new Error("two transfers cross chains");
  const way = Array.from({ length: 80 }, (_, i) => wayAt(DELIVERED, 100 + i * 10));
  for (const [i, part] of way.slice(1).entries()) expect(part).toBeGreaterThanOrEqual(way[i] as number);
  expect([wayAt(DELIVERED, 400), wayAt(DELIVERED, 800), wayAt(REFUNDED, 950)]).toEqual([0.5, 1, 0]);
});

test("a trace's transfers are counted as they were told, at every moment", async () => {
  const replay = await openMany(3);
  await replay.settled();
  expect(replay.transfers).toHaveLength(30);
  for (const second of [0, 3, 10, 20.5, 31]) {
    const timeUs = second * 1_000_000;
    const { started, inFlight, delivered, refunded } = transferCounts(replay.transfers, timeUs);
    expect(started).toBe(second < 0.3 ? 0 : Math.min(30, Math.floor(second - 0.3) + 1));
    expect(inFlight + delivered + refunded).toBe(started);
    expect(transfersAt(replay.transfers, timeUs)).toHaveLength(inFlight);
  }
});

test("a link keeps the chain and its height; one that does not exist gives the rootchain", async () => {
  const [first, second] = [await openMany(3), await openMany(3)];
  first.selection.selectChain(2, 7);
  expect(first.link).toContain("chain=home-2&height=7");
  expect(first.selection.arrangement).toBe("chains");
  second.follow(parseDeepLink(first.link));
  expect([second.chain.name, second.height, second.link]).toEqual(["home-2", 7, first.link]);
  await second.settled();
  expect(second.story?.blocks[0]?.chain).toBe("home-2");
  second.follow(parseDeepLink("#chain=absent"));
  expect(second.chain.name).toBe("root");
});
