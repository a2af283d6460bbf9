import path from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that take longest, so that none of them is left to one core at the end; what Vitest remembers of earlier runs is not there after a clone. */
export const LONGEST: readonly string[] = [
  "sim/test/golden/digests.test.ts",
  "sim/test/campaign/swarm.test.ts",
  "sim/test/cli/check.test.ts",
  "sim/test/cli/run.test.ts",
  "sim/test/cli/capsules.test.ts",
  "protocol/test/bridge/histories.test.ts",
  "sim/test/cli/fuzz.test.ts",
  "viz/test/browser/viewer.test.ts",
  "protocol/test/damage/decoders.test.ts",
  "viz/test/browser/accessibility.test.ts",
  "sim/test/cli/wrong-input.test.ts",
  "sim/test/adversary/committee-strategies.test.ts",
  "sim/test/bench/mutants.test.ts",
];

const ROOT = path.resolve(import.meta.dirname, "../../..");

function rankOf({ moduleId }: Pick<TestSpecification, "moduleId">): number {
  const place = LONGEST.indexOf(path.relative(ROOT, moduleId).replaceAll(path.sep, "/"));
  return place === -1 ? LONGEST.length : place;
}

/** @returns files in the order in which they begin: the longest first, the others as they were */
export function longestFirst<File extends Pick<TestSpecification, "moduleId">>(files: readonly File[]): File[] {
  return files.toSorted((a, b) => rankOf(a) - rankOf(b));
}

/** Vitest's own order, with the longest files before all others. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return longestFirst(await super.sort(files));
  }
}
