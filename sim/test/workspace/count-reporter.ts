import type { Reporter, TestModule, TestRunEndReason, Vitest } from "vitest/node";

/** The outcome of a whole run, counted by test. */
interface Counts {
  passed: number;
  failed: number;
  skipped: string[];
}

/** Ends a run with the names of skipped tests and a line of totals; under `ORRERY_REQUIRE_ALL=1` a skip fails the run. */
export class CountReporter implements Reporter {
  #isFiltered = false;

  onInit(vitest: Vitest): void {
    this.#isFiltered = vitest.config.testNamePattern !== undefined;
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[], reason: TestRunEndReason): void {
    const counts = countTests(modules);
    counts.failed += unhandledErrors.length;
    // Under a filter by name every other test is skipped, on purpose.
    if (!this.#isFiltered) for (const name of counts.skipped) console.log(`skipped: ${name}`);
    if (process.env.ORRERY_REQUIRE_ALL === "1" && counts.skipped.length > 0) {
      console.log("ORRERY_REQUIRE_ALL=1 allows no skipped test.");
      process.exitCode = 1;
    }
    if (reason === "interrupted") process.exitCode = 1;
    console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped.length} skipped`);
  }
}

function countTests(modules: readonly TestModule[]): Counts {
  const counts: Counts = { passed: 0, failed: 0, skipped: [] };
  for (const module of modules) {
    const testsBefore = counts.passed + counts.failed + counts.skipped.length;
    for (const test of module.children.allTests()) {
      const state = test.result().state;
      if (state === "passed") counts.passed++;
      else if (state === "skipped") counts.skipped.push(`${module.relativeModuleId}: ${test.fullName}`);
      else counts.failed++;
    }
    // A module that cannot be loaded has no tests to fail.
    if (counts.passed + counts.failed + counts.skipped.length === testsBefore && !module.ok()) counts.failed++;
  }
  return counts;
}
