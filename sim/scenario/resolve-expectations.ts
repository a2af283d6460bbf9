import type { Comparison } from "./comparisons.ts";
import type { GivenExpect } from "./definition.ts";
import { type Expectation, METRICS, type Metric } from "./expectation.ts";
import type { Problems } from "./problems.ts";
import type { Placed } from "./source.ts";

/** What expectations refer to. */
export interface ExpectationContext {
  /** Faulty members that a committee bears. */
  readonly f: number;
  readonly durationUs: number;
  readonly hasTransfers: boolean;
}

/** @returns the lines of `expect:` in the table's order; safety is among them unless a violation is expected */
export function resolveExpectations(
  given: GivenExpect,
  context: ExpectationContext,
  problems: Problems,
): Expectation[] {
  const { safety, liveness, violation } = given;
  const result: Expectation[] = [];
  if (violation === undefined) result.push({ kind: "safety", name: "safety" });
  else
    result.push({ kind: "violation", name: "violation", invariant: violation.value, minimumCulprits: context.f + 1 });
  if (violation !== undefined && safety !== undefined) {
    problems.add({
      at: safety.at,
      message: "safety cannot hold in a run that must violate it",
      expected: "safety or violation",
    });
  }
  if (liveness !== undefined) result.push(...resolveLiveness(liveness, context, problems));
  return [...result, ...resolveComparisons(given, context, problems)];
}

function resolveLiveness(
  { value: { within }, at }: NonNullable<GivenExpect["liveness"]>,
  { durationUs }: ExpectationContext,
  problems: Problems,
): Expectation[] {
  if (within === undefined) {
    if (problems.within(at)) return [];
    problems.add({ at, message: "liveness within what time?", expected: "within: 30 s of heal" });
    return [];
  }
  if (within.value > durationUs) {
    problems.add({ at: within.at, message: "the bound is longer than the run", expected: "a time below the duration" });
  }
  return [{ kind: "liveness", name: "liveness", withinUs: within.value }];
}

function resolveComparisons(
  given: GivenExpect,
  { f, hasTransfers }: ExpectationContext,
  problems: Problems,
): Expectation[] {
  const metrics = Object.keys(METRICS) as Metric[];
  return metrics.flatMap((metric) => {
    const placed: Placed<Comparison> | undefined = given[metric];
    if (placed === undefined) return [];
    if (metric.startsWith("transfers.") && !hasTransfers) {
      problems.add({
        at: placed.at,
        message: `${metric} of a scenario without transfers`,
        expected: "a transfer under workload",
      });
    }
    const { operator, value, timesF, outsideFaults } = placed.value;
    return [{ kind: "comparison", name: metric, metric, operator, value: value + timesF * f, outsideFaults }];
  });
}
