import { describe, expect, it } from "vitest";
import { stream } from "../../kernel/random.ts";
import { GilbertElliottLoss } from "../../network/loss/loss-model.ts";
import { expectAgreement, overSeeds } from "./confidence.ts";

const GOOD_US = 4_000_000;
const BAD_US = 500_000;
const FRAMES = 60_000;

interface Observed {
  readonly lossRate: number;
  /** Mean number of frames that get lost one after the other. */
  readonly burstFrames: number;
}

function observe(seed: number, spacingUs: number, losses = { lossGood: 0, lossBad: 1 }): Observed {
  const model = new GilbertElliottLoss({ key: seed, links: 1, meanGoodUs: GOOD_US, meanBadUs: BAD_US, ...losses });
  const random = stream(String(seed), "frames");
  let [lost, bursts, wasLost] = [0, 0, false];
  for (let frame = 0; frame < FRAMES; frame++) {
    const isLost = model.loses(0, frame * spacingUs, random.uint32());
    if (isLost) lost++;
    if (isLost && !wasLost) bursts++;
    wasLost = isLost;
  }
  return { lossRate: lost / FRAMES, burstFrames: lost / bursts };
}

describe("a Gilbert–Elliott channel", () => {
  it.each([10_000, 100_000, 1_000_000])(
    "loses its bad share of frames %d µs apart, in bursts of 1 / r",
    (spacingUs) => {
      const badShare = BAD_US / (GOOD_US + BAD_US);
      // From bad to good between two frames: the chain's law over that time.
      const leaves = (1 - badShare) * (1 - Math.exp(-spacingUs * (1 / GOOD_US + 1 / BAD_US)));
      const resolution = spacingUs < 100_000 ? 0.25 : 0.06;
      expectAgreement(
        overSeeds(12, (seed) => observe(seed, spacingUs).lossRate),
        badShare,
        { resolution },
      );
      expectAgreement(
        overSeeds(12, (seed) => observe(seed, spacingUs).burstFrames),
        1 / leaves,
        { resolution },
      );
    },
  );

  it("loses each state's part of its frames", () => {
    const losses = { lossGood: 0.02, lossBad: 0.6 };
    const measured = overSeeds(8, (seed) => observe(seed, 200_000, losses).lossRate);
    expectAgreement(measured, (0.02 * GOOD_US + 0.6 * BAD_US) / (GOOD_US + BAD_US), { resolution: 0.05 });
  });

  it("has the same channel whether or not other links are asked, and however often its own frames are", () => {
    const make = () => {
      return new GilbertElliottLoss({
        key: 3,
        links: 2,
        meanGoodUs: GOOD_US,
        meanBadUs: BAD_US,
        lossGood: 0,
        lossBad: 1,
      });
    };
    const [alone, both] = [make(), make()];
    const fates = Array.from({ length: 500 }, (_, frame) => {
      both.loses(1, frame * 70_000, 1);
      return [alone.loses(0, frame * 100_000, 1), both.loses(0, frame * 100_000, 1)];
    });
    expect(fates.every(([one, other]) => one === other)).toBe(true);
    expect(new Set(fates.flat()).size).toBe(2);
  });
});
