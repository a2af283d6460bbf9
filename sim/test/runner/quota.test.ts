import { describe, expect, test } from "vitest";
import { outcomeOf } from "../campaign/run.ts";
import { load, twoSubchains } from "./two-subchains.ts";

/** Periods of ten root blocks of 2 s. */
const BASE = twoSubchains();
const SCENARIO = twoSubchains({
  rootchain: { ...BASE.rootchain, quotaPeriodBlocks: 10 },
  workload: [load("across", "home", "shop", { stopUs: 60_000_000 })],
});

describe("subchains that want quota", () => {
  const { summary } = outcomeOf(SCENARIO);
  const figure = (name: string) => summary.figures.find((each) => each.name === name)?.value ?? Number.NaN;

  test("bid in every period, so that they are granted pieces in all of them", () => {
    const periods = Math.floor((summary.chains[0]?.height ?? 0) / 10) + 1;
    expect(periods).toBeGreaterThan(3);
    expect(figure("quota.home.granted")).toBe(4 * periods);
    expect(figure("quota.shop.granted")).toBe(4 * periods);
    expect(summary.violations).toEqual([]);
  });

  test("get back what they used in proportion, and nothing where they used nothing", () => {
    expect(figure("quota.home.refunded")).toBeGreaterThan(0);
    expect(figure("quota.home.spent")).toBeGreaterThan(0);
    expect([figure("quota.shop.refunded"), figure("quota.shop.spent")]).toEqual([0, 0]);
    expect(figure("transfers.delivered")).toBe(1);
  });
});
