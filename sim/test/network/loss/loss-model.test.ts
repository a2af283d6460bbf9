import { expect, it } from "vitest";
import { BernoulliLoss, TracedLoss } from "../../../network/loss/loss-model.ts";

const HALF = 2 ** 31;

it("Bernoulli loss goes by the frame's own number alone", () => {
  const loss = new BernoulliLoss(0.5);
  expect([0, HALF - 1, HALF, 2 ** 32 - 1].map((random) => loss.loses(0, 0, random))).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect(new BernoulliLoss(0).loses(0, 0, 0)).toBe(false);
  expect(new BernoulliLoss(1).loses(0, 0, 2 ** 32 - 1)).toBe(true);
});

it("a trace of losses is followed from its beginning to its end, and again, at a place of each link's own", () => {
  const trace = { fromUs: [0, 1000, 3000], lossProbability: [0, 1, 0], lengthUs: 10_000 };
  const loss = new TracedLoss(5, trace);
  const lostTimes = (link: number) =>
    Array.from({ length: 200 }, (_, at) => at * 100).filter((at) => loss.loses(link, at, HALF));
  for (const link of [0, 1, 2]) {
    const times = lostTimes(link);
    // A fifth of every turn.
    expect(times.length).toBe(40);
    expect(times.slice(20)).toEqual(times.slice(0, 20).map((at) => at + 10_000));
  }
  expect(new Set([0, 1, 2, 3].map((link) => lostTimes(link)[0])).size).toBeGreaterThan(1);
});

it("a trace that is not shifted has an outage on every link at the time at which it was measured", () => {
  const trace = { fromUs: [0, 1000, 3000], lossProbability: [0, 1, 0], lengthUs: 10_000, isShifted: false };
  const [one, other] = [new TracedLoss(5, trace), new TracedLoss(6, trace)];
  for (let atUs = 0; atUs < 20_000; atUs += 100) {
    const isOut = atUs % 10_000 >= 1000 && atUs % 10_000 < 3000;
    for (const link of [0, 1, 7]) {
      expect(one.loses(link, atUs, HALF)).toBe(isOut);
      expect(other.loses(link, atUs, HALF)).toBe(isOut);
    }
  }
});
