import fc from "fast-check";
import { expect, test } from "vitest";
import { anchorRingKey, decodeAnchorRing } from "../../bridge/anchor-ring.ts";
import { MAX_ANCHORS, MAX_RECENT_ANCHORS } from "../../bridge/limits.ts";
import { placeToDrop } from "../../bridge/milestones.ts";
import { anchorOf, lockAction, refusal, relockOf, step, transferOf } from "./actors.ts";
import { MINUTE_US, ROOT, S2, S3, World } from "./world.ts";

/** @returns the marks that are kept of so many, each later than the one before */
function keptOf(gaps: readonly number[], rule: { recent: number; reach: number }, most: number): number[] {
  let marks = [0];
  for (const gap of gaps) {
    marks = [(marks[0] as number) + gap, ...marks];
    if (marks.length > most) marks = marks.toSpliced(placeToDrop(marks, rule), 1);
  }
  return marks;
}

test("the latest all stay, and those behind them lie ever further apart, as far as the reach", () => {
  const gaps = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 60, maxLength: 400 });
  fc.assert(
    fc.property(gaps, (all) => {
      const rule = { recent: 16, reach: Number.POSITIVE_INFINITY };
      const kept = keptOf(all, rule, 24);
      const marks = keptOf(all, rule, all.length + 1);
      expect(kept.slice(0, 16)).toEqual(marks.slice(0, 16));
      expect(kept.at(-1)).toBe(0);
      // What lies between two that are kept is never more than three quarters of the way back to the later one's past.
      for (let each = 17; each < kept.length; each++) {
        const [later, earlier, latest] = [kept[each - 1] as number, kept[each] as number, kept[0] as number];
        expect(latest - earlier).toBeLessThanOrEqual(6 * (latest - later));
      }
    }),
    { numRuns: 100, seed: 3 },
  );
});

test("what is out of reach goes first", () => {
  expect(placeToDrop([100, 90, 80, 10, 5], { recent: 2, reach: 50 })).toBe(4);
  expect(placeToDrop([100, 90, 80, 79, 5], { recent: 2, reach: 500 })).toBe(2);
});

test("a lock can be relocked however many headers of its chain were anchored since, while it has not expired", () => {
  const world = new World({ bridge: { heartbeatUs: 1 } });
  const lock = lockAction(
    world,
    0,
    transferOf(world, { rootExpiryUs: 60 * MINUTE_US, destinationExpiryUs: 61 * MINUTE_US }),
  );
  step(world, S2, [lock]);
  for (let round = 0; round < 3 * MAX_ANCHORS; round++) {
    step(world, S2);
    step(world, S3);
    step(world, ROOT, [anchorOf(world, S2), anchorOf(world, S3)]);
  }
  const ring = decodeAnchorRing(world.root.state.ledger.entries.get(anchorRingKey(S2)) ?? new Uint8Array(0));
  expect(ring).toHaveLength(MAX_ANCHORS);
  expect((ring?.[MAX_RECENT_ANCHORS - 1]?.anchor.height ?? 0) > 2).toBe(true);
  expect(refusal(world, ROOT, relockOf(world, lock))).toBe(null);
});
