import { sha512 } from "@noble/hashes/sha2.js";
import { expect, test } from "vitest";
import { selects } from "../../consensus/sortition.ts";

const DELEGATES = 97;
const EXPECTED_SIZE = 11;
const ITERATIONS = 4000;

/** Sizes of committees whose members select themselves by outputs that are as good as random. */
function measuredSizes(): number[] {
  const sizes: number[] = [];
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    let size = 0;
    for (let delegate = 0; delegate < DELEGATES; delegate++) {
      const output = sha512(Uint8Array.of(iteration & 255, iteration >> 8, delegate));
      if (selects(output, EXPECTED_SIZE, DELEGATES)) size++;
    }
    sizes.push(size);
  }
  return sizes;
}

/** P(size = k) for k = 0 … DELEGATES: the binomial distribution, one delegate after the other. */
function binomial(): number[] {
  const share = EXPECTED_SIZE / DELEGATES;
  let chances = [1];
  for (let delegate = 0; delegate < DELEGATES; delegate++) {
    const next = new Array<number>(chances.length + 1).fill(0);
    chances.forEach((chance, size) => {
      next[size] = (next[size] ?? 0) + chance * (1 - share);
      next[size + 1] = (next[size + 1] ?? 0) + chance * share;
    });
    chances = next;
  }
  return chances;
}

function total(chances: readonly number[], wanted: (size: number) => boolean): number {
  return chances.reduce((sum, chance, size) => sum + (wanted(size) ? chance : 0), 0);
}

/** protocol.md, C2: an expected size of 11 with a quorum of 8 promises neither progress nor agreement. */
test.each([
  ["too few for a quorum of 8 (about 13 %)", (size: number) => size < 8, 0.13],
  ["so many that two quorums of 8 may share nobody honest (about 8 %)", (size: number) => size > 15, 0.08],
])("private sortition yields %s as often as the binomial distribution says", (_, wanted, stated) => {
  const computed = total(binomial(), wanted);
  const measured = measuredSizes().filter(wanted).length / ITERATIONS;
  expect(Math.abs(computed - stated)).toBeLessThan(0.02);
  const deviation = Math.sqrt((computed * (1 - computed)) / ITERATIONS);
  expect(Math.abs(measured - computed)).toBeLessThan(3 * deviation);
});
