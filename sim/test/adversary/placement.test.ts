import { describe, expect, test } from "vitest";
import { stream } from "../../kernel/index.ts";
import { placeAdversaries } from "../../scenario/place-adversaries.ts";
import { loadText } from "../scenario/from-text.ts";

const NEIGHBOURS = [2, 5, 7, 11];

/** @returns the nodes of each adversary. @param stakes of ten delegates; equal where there are none */
function placed(adversaries: readonly string[], options: { seed?: number; stakes?: string } = {}): number[][] {
  const { seed = 1, stakes = "equal" } = options;
  const scenario = loadText(`
name: x
seed: ${seed}
rootchain: {delegates: 10, committee: 7, fullNodes: 3, stakes: ${stakes}}
adversaries:
${adversaries.map((each) => `  - {${each}}`).join("\n")}
`);
  return placeAdversaries({
    scenario,
    drawFor: (label) => {
      const random = stream(scenario.seed, label);
      return (below) => random.below(below);
    },
    neighboursOf: () => NEIGHBOURS,
  });
}

const stakeOf = (node: number) => 1 / (node + 1);
const total = Array.from({ length: 10 }, (_, node) => stakeOf(node)).reduce((sum, each) => sum + each);

describe("nodes are chosen", () => {
  test("by stake, from the top or from the bottom", () => {
    const one = (placement: string) =>
      placed([`of: delegates, count: 3, strategy: silent, placement: ${placement}`], { stakes: "zipf" });
    expect(one("richest")).toEqual([[0, 1, 2]]);
    expect(one("poorest")).toEqual([[7, 8, 9]]);
  });

  test("as far as a budget of stake reaches, whoever is too rich for what is left being passed over", () => {
    const budget = (placement: string) =>
      placed([`of: delegates, strategy: silent, placement: ${placement}, stake: 46 %`], { stakes: "zipf" })[0] ?? [];
    expect(budget("richest").slice(0, 2)).toEqual([0, 2]);
    expect(budget("poorest")).toEqual([3, 4, 5, 6, 7, 8, 9]);
    for (let seed = 1; seed <= 20; seed++) {
      const [drawn = []] = placed(["of: delegates, count: 4, strategy: silent, stake: 30 %"], { seed, stakes: "zipf" });
      const held = drawn.reduce((sum, node) => sum + stakeOf(node), 0) / total;
      expect(held).toBeLessThanOrEqual(0.3);
      expect(drawn.length).toBeGreaterThan(0);
    }
  });

  test("around a victim, as far as it has neighbours among them", () => {
    const around = "strategy: eclipse, placement: around, victim: full-nodes 0";
    expect(placed([`of: delegates, ${around}`])).toEqual([[2, 5, 7]]);
    expect(placed([`of: delegates, count: 2, ${around}`])).toEqual([[2, 5]]);
    expect(placed([`of: full-nodes 1..2, ${around}`])).toEqual([[11]]);
  });

  test("among all but the victim", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const [drawn = []] = placed(["of: delegates, count: 8, strategy: equivocate-one, victim: delegates 3"], { seed });
      expect(drawn).not.toContain(3);
      expect(drawn.length).toBe(8);
    }
  });

  test("by each committee where they are adaptive: anybody may be", () => {
    expect(placed(["of: delegates 2..8, count: 2, strategy: silent, placement: adaptive"])).toEqual([
      [2, 3, 4, 5, 6, 7, 8],
    ]);
  });
});

describe("chance", () => {
  const NAMED = ["a", "b", "c"].map((name) => `name: ${name}, of: delegates, count: 1, strategy: silent`);

  test("is another one for every seed and name", () => {
    const drawn = new Set(Array.from({ length: 20 }, (_, seed) => JSON.stringify(placed(NAMED, { seed }))));
    expect(drawn.size).toBeGreaterThan(15);
  });

  test("gives nobody other nodes because an adversary before it is gone, unless it had wanted the same ones", () => {
    let kept = 0;
    for (let seed = 1; seed <= 30; seed++) {
      const [, b, c] = placed(NAMED, { seed });
      const [fewerB, fewerC] = placed(NAMED.slice(1), { seed });
      if (String(b) === String(fewerB) && String(c) === String(fewerC)) kept++;
    }
    // They want the same node once in ten draws.
    expect(kept).toBeGreaterThan(20);
  });

  test("never gives one node to two of them", () => {
    for (let seed = 1; seed <= 30; seed++) {
      const nodes = placed(NAMED, { seed }).flat();
      expect(new Set(nodes).size).toBe(3);
    }
  });
});
