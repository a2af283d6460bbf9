import { describe, it } from "vitest";
import { outcomeOf } from "../campaign/run.ts";
import { loadText } from "../scenario/from-text.ts";
import { expectAgreement, overSeeds } from "./confidence.ts";

/** Factorials by whole numbers, so that the form is exact up to its last division. */
function choose(from: number, taken: number): bigint {
  let [over, under] = [1n, 1n];
  for (let each = 0; each < taken; each++) {
    over *= BigInt(from - each);
    under *= BigInt(each + 1);
  }
  return over / under;
}

/** @returns the chance that at least so many of a committee are marked, by the hypergeometric law */
function atLeast(least: number, { all, marked, drawn }: { all: number; marked: number; drawn: number }): number {
  let ways = 0n;
  for (let hits = least; hits <= Math.min(marked, drawn); hits++) {
    ways += choose(marked, hits) * choose(all - marked, drawn - hits);
  }
  return Number(ways) / Number(choose(all, drawn));
}

/** @returns part of the committees with so many Byzantine members that two quorums may have no other in common */
function captured(seed: number, { all, marked, drawn }: { all: number; marked: number; drawn: number }): number {
  const { summary } = outcomeOf(
    loadText(`
seed: ${seed}
crypto: modelled
duration: 150 s
rootchain: {delegates: ${all}, committee: ${drawn}, iterations: 10000, rounds: 1, round: 1 s}
network: {backbone: {regions: lan}}
adversaries: [{of: delegates, count: ${marked}, strategy: silent, from: 149 s}]
`),
    { checkers: false },
  );
  return summary.figures.find(({ name }) => name === "committee.capturable")?.value ?? Number.NaN;
}

describe("committees by lot", () => {
  it("are captured as often as the hypergeometric law has it", () => {
    const draw = { all: 9, marked: 3, drawn: 4 };
    // Quorums are 3 of 4: two of them share 2 at least.
    expectAgreement(
      overSeeds(6, (seed) => captured(seed, draw)),
      atLeast(2, draw),
      { resolution: 0.3 },
    );
  });
});
