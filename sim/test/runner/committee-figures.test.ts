import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Rotation } from "../../../protocol/consensus/rotation.ts";
import { stream } from "../../kernel/index.ts";
import { CommitteeFigures, deviationOf } from "../../runner/committee-figures.ts";
import { chanceOfAtLeast } from "../../runner/hypergeometric.ts";

/** The chance that none of 47 committees of an epoch is hit, taken from one. */
function inEpoch(chance: number): number {
  let none = 1;
  for (let committee = 0; committee < 47; committee++) none *= 1 - chance;
  return 1 - none;
}

describe("the hypergeometric chance", () => {
  // The known limits that the protocol's specification states in section 3, in per cent of an epoch.
  test.each([
    [10, 4, 48],
    [19, 4, 99.9],
    [10, 5, 6.2],
    [19, 5, 82.6],
  ])(
    "with %i Byzantine of 97, at least %i in a committee of 11 some time in an epoch: %d %%",
    (marked, least, percent) => {
      const chance = inEpoch(chanceOfAtLeast({ population: 97, marked, drawn: 11 }, least));
      expect(Math.abs(100 * chance - percent)).toBeLessThan(percent === 48 ? 0.5 : 0.06);
    },
  );

  test("is that of counting every draw", () => {
    const draws = fc.record({ population: fc.integer({ min: 1, max: 9 }), marked: fc.nat(9), drawn: fc.nat(9) });
    const holds = fc.property(draws, fc.nat(9), ({ population, ...some }, least) => {
      const marked = Math.min(population, some.marked);
      const drawn = Math.min(population, some.drawn);
      let [hits, all] = [0, 0];
      for (let set = 0; set < 2 ** population; set++) {
        const members = [...set.toString(2)].reverse().flatMap((bit, place) => (bit === "1" ? [place] : []));
        if (members.length !== drawn) continue;
        all++;
        if (members.filter((place) => place < marked).length >= least) hits++;
      }
      expect(chanceOfAtLeast({ population, marked, drawn }, least)).toBeCloseTo(hits / all, 12);
    });
    fc.assert(holds, { numRuns: 60 });
  });
});

const POPULATION = 20;
const SIZE = 7;
const QUORUM = 5;
const PER_EPOCH = 5;

function rotation(iteration: number, members: readonly number[]): Rotation {
  const committee = { iteration, members, quorum: QUORUM, selfSelection: null };
  const candidates = Array.from({ length: POPULATION }, (_, id) => id);
  return { committee, candidates, parameters: { iterationsPerEpoch: PER_EPOCH } } as unknown as Rotation;
}

/** Lets a lot draw many committees; its keys order the candidates, lowest first. */
function drawMany(
  draws: number,
  byzantine: number,
  keyOf: (random: () => number, id: number) => number,
): CommitteeFigures {
  const figures = new CommitteeFigures((id) => id < byzantine);
  const random = stream("seed", "committee-figures");
  const next = () => random.uint32();
  figures.onState(rotation(0, []));
  for (let iteration = 1; iteration <= draws; iteration++) {
    const keyed = Array.from({ length: POPULATION }, (_, id) => ({ id, key: keyOf(next, id) }));
    const members = keyed.sort((a, b) => a.key - b.key).slice(0, SIZE);
    figures.onState(
      rotation(
        iteration,
        members.map(({ id }) => id),
      ),
    );
  }
  return figures;
}

describe("figures of the lot", () => {
  test("an even lot is near 1, and its rates are near the formula", () => {
    const figures = drawMany(3000, 5, (random) => random());
    expect(figures.drawn).toBe(3000);
    expect(figures.unevenness()).toBeLessThan(1.8);
    expect(figures.unevenness()).toBeGreaterThan(0.3);
    expect(figures.deviation()).toBeLessThan(4);
    for (const rate of [figures.stallable, figures.capturable, figures.stallableEpochs, figures.capturableEpochs]) {
      expect(deviationOf(rate)).toBeLessThan(3.5);
      expect(rate.hits).toBeGreaterThan(0);
    }
    expect(figures.stallableEpochs.tries).toBe(599);
  });

  test("a lot that favours one candidate, or a gang, is found out", () => {
    const figures = drawMany(3000, 5, (random, id) => (id < 5 ? random() / 1.2 : random()));
    expect(figures.unevenness()).toBeGreaterThan(5);
    expect(figures.deviation()).toBeGreaterThan(5);
    expect(deviationOf(figures.stallable)).toBeGreaterThan(5);
  });

  test("each committee is counted once, the first of a chain not at all", () => {
    const figures = new CommitteeFigures((id) => id < 3);
    figures.onState(rotation(0, [0, 1, 2, 3, 4, 5, 6]));
    figures.onState(rotation(1, [0, 1, 2, 3, 4, 5, 6]));
    figures.onState(rotation(1, [0, 1, 2, 3, 4, 5, 6]));
    figures.onState(rotation(2, [7, 8, 9, 10, 11, 12, 13]));
    expect([figures.drawn, figures.seats, figures.byzantineSeats]).toEqual([2, 14, 3]);
    expect([figures.stallable.hits, figures.capturable.hits]).toEqual([1, 1]);
  });
});
