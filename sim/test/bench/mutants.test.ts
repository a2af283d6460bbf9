import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { BUGS, CANARY, OTHERS } from "../../bench/mutants/bugs.ts";
import { type HuntOptions, hunt } from "../../bench/mutants/hunt.ts";
import { plant } from "../../bench/mutants/planting.ts";
import { REFACTORINGS } from "../../bench/mutants/refactorings.ts";
import { sizeOfScenario } from "../../campaign/operations.ts";
import { ROOT } from "../workspace/seeded-workspace.ts";

const DIST = path.join(ROOT, "dist");
const planted: ReturnType<typeof plant>[] = [];
afterAll(() => {
  for (const each of planted) each.remove();
});

function options(mutant: Parameters<typeof plant>[0], maxRuns: number): HuntOptions {
  const copy = plant(mutant, DIST);
  planted.push(copy);
  const { signal } = new AbortController();
  return { worker: copy.worker("fuzz-worker"), workers: 2, budgetSeconds: 60, shrinkSeconds: 20, maxRuns, signal };
}

describe("planting", () => {
  test.each([CANARY, ...BUGS, ...OTHERS, ...REFACTORINGS])(
    "$id: $about: the code still has the place for it",
    (mutant) => {
      const copy = plant(mutant, DIST);
      expect(existsSync(fileURLToPath(copy.worker("fuzz-worker")))).toBe(true);
      copy.remove();
      expect(existsSync(fileURLToPath(copy.worker("fuzz-worker")))).toBe(false);
    },
  );

  test("is loud when a text is not there, or more than once", () => {
    const file = "protocol/consensus/pbft.js";
    const mutant = (find: string) => ({ id: "x", about: "x", patches: [{ file, find, replace: "" }] });
    expect(() => plant(mutant("no such text"), DIST)).toThrow("found 0 times, expected once");
    expect(() => plant(mutant("return"), DIST)).toThrow(/found \d\d+ times, expected once/);
  });

  test("has ten bugs and ten harmless changes, each under a name of its own", () => {
    expect(BUGS.map(({ id }) => id)).toEqual(["2", "5", "14", "17", "21", "27", "28", "29", "36", "39"]);
    expect(new Set(REFACTORINGS.map(({ id }) => id)).size).toBe(10);
  });
});

describe("a hunt", () => {
  test("finds the canary at once, and shrinks what it found", async () => {
    const { found, runs } = await hunt(options(CANARY, 4));
    expect(found?.key).toBe("violation: certificate: root/delegate");
    expect(runs).toBeLessThanOrEqual(4);
    expect(sizeOfScenario((found as NonNullable<typeof found>).capsule.scenario).operations).toBe(0);
  }, 60_000);

  test("blames no harmless change, which moves no digest", async () => {
    const [change] = REFACTORINGS;
    const none = { id: "none", about: "nothing", patches: [] };
    const [changed, unchanged] = [await hunt(options(change ?? none, 2)), await hunt(options(none, 2))];
    expect(changed.found).toBe(null);
    expect(changed.digests).toEqual(unchanged.digests);
    expect([...changed.digests.values()].every((digest) => digest.length === 64)).toBe(true);
    expect(changed.digests.size).toBe(2);
  });
});
