import { describe, expect, test } from "vitest";
import { estimateBudget } from "../../scenario/index.ts";
import { loadText } from "./from-text.ts";

const secondsOf = (text: string) => estimateBudget(loadText(text)).cpuSeconds;
const SMALL = "rootchain: {preset: small}\nduration: 10 min\n";

describe("the budget of a run", () => {
  test("grows with all that costs time", () => {
    const small = secondsOf(SMALL);
    for (const more of [
      SMALL.replace("10 min", "20 min"),
      SMALL.replace("small", "small, fullNodes: 100"),
      `${SMALL}workload: [{transfer: {rate: 5/s}}]`,
      `${SMALL}subchains: [{name: a, operators: 4}]`,
    ]) {
      expect(secondsOf(more)).toBeGreaterThan(1.1 * small);
    }
    expect(secondsOf(`${SMALL}crypto: modelled`)).toBeLessThan(small);
  });

  test("of transfers between chains is that of many within one", () => {
    const chains = `${SMALL}subchains: [{name: a, operators: 4}, {name: b, operators: 4}]\nrelayers: {count: 1}\n`;
    const load = (to: string) => `${chains}workload: [{transfer: {from: a, to: ${to}, rate: 2/s}}]`;
    const idle = secondsOf(chains);
    expect(secondsOf(load("b")) - idle).toBeGreaterThan(5 * (secondsOf(load("a")) - idle));
  });
});
