import { describe, expect, it } from "vitest";
import { deriveSeed, mix, mixKey, stream } from "../../kernel/random.ts";

/** Pearson's statistic of draws over equally likely buckets. */
function chiSquare(draws: Iterable<number>, buckets: number): number {
  const counts = new Array<number>(buckets).fill(0);
  let total = 0;
  for (const draw of draws) {
    counts[draw] = (counts[draw] as number) + 1;
    total++;
  }
  const expected = total / buckets;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

function* counted(length: number, of: (index: number) => number): Generator<number> {
  for (let index = 0; index < length; index++) yield of(index);
}

// Bounds are the mean ± 5 standard deviations of chi-square with `buckets − 1` degrees of freedom.
const within = (statistic: number, buckets: number) =>
  Math.abs(statistic - (buckets - 1)) < 5 * Math.sqrt(2 * (buckets - 1));

const WORDS = [0, 1, 2, 3] as const;
const at = (word: number, value: number) =>
  WORDS.map((index) => (index === word ? value : 17)) as [number, number, number, number];

describe("counter-based mixing", () => {
  it("spreads each counted word evenly over its low and its high bits", () => {
    for (const word of WORDS) {
      expect(
        within(
          chiSquare(
            counted(1 << 16, (index) => mix(9, ...at(word, index)) & 255),
            256,
          ),
          256,
        ),
      ).toBe(true);
      expect(
        within(
          chiSquare(
            counted(1 << 16, (index) => mix(9, ...at(word, index)) >>> 24),
            256,
          ),
          256,
        ),
      ).toBe(true);
    }
  });

  it("makes neighbouring counters independent", () => {
    const pair = (index: number) => ((mix(9, 1, 2, 3, index) >>> 28) << 4) | (mix(9, 1, 2, 3, index + 1) >>> 28);
    expect(within(chiSquare(counted(1 << 16, pair), 256), 256)).toBe(true);
  });

  it("flips about half of the output for any one input bit", () => {
    for (const word of WORDS) {
      for (let bit = 0; bit < 32; bit++) {
        let flipped = 0;
        for (let value = 0; value < 256; value++) {
          const difference = mix(5, ...at(word, value)) ^ mix(5, ...at(word, value ^ (1 << bit)));
          for (let rest = difference; rest !== 0; rest &= rest - 1) flipped++;
        }
        expect(Math.abs(flipped / (256 * 32) - 0.5)).toBeLessThan(0.05);
      }
    }
  });

  it("depends on its key", () => {
    expect(mix(1, 2, 3, 4, 5)).not.toBe(mix(2, 2, 3, 4, 5));
  });
});

describe("named streams", () => {
  it("give the same numbers for a label whatever other streams draw", () => {
    const alone = stream("1", "loss/7");
    const expected = [alone.uint32(), alone.below(10), alone.unit()];
    const other = stream("1", "loss/8");
    const again = stream("1", "loss/7");
    other.uint32();
    const mixed = [again.uint32(), again.below(10)];
    other.unit();
    expect([...mixed, again.unit()]).toEqual(expected);
  });

  it("differ by seed, by label and by where one ends and the other begins", () => {
    const pairs = [
      ["1", "a"],
      ["2", "a"],
      ["1", "b"],
      ["1/a", "b"],
      ["1", "a/b"],
    ] as const;
    expect(new Set(pairs.map(([seed, label]) => stream(seed, label).uint32())).size).toBe(pairs.length);
    expect(new Set(pairs.map(([seed, label]) => deriveSeed(seed, label).join())).size).toBe(pairs.length);
    expect(new Set(pairs.map(([seed, label]) => mixKey(seed, label))).size).toBe(pairs.length);
  });
});
