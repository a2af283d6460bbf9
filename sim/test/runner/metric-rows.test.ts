import { expect, test } from "vitest";
import { MetricRows } from "../../runner/metric-rows.ts";

test("rows come out as they went in, and in that order", () => {
  const rows = new MetricRows();
  const given = Array.from({ length: 500 }, (_, index) => ({
    timeSeconds: index / 3,
    chain: index % 3 === 0 ? "root" : `home-${index % 3}`,
    node: "",
    metric: index % 2 === 0 ? "height" : "transactions",
    value: 1.5 * index,
  }));
  for (const { timeSeconds, chain, metric, value } of given) rows.push(timeSeconds, chain, metric, value);
  expect(rows.rows()).toEqual(given);
});
