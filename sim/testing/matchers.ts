import type { RunOutcome } from "../runner/index.ts";

/** What a matcher tells Vitest. */
export interface Matched {
  readonly pass: boolean;
  message(): string;
}

/** What a figure has to keep within, in its own unit; both bounds are included. */
export interface Bound {
  readonly atLeast?: number;
  readonly atMost?: number;
}

function matched(pass: boolean, expected: string, found: string): Matched {
  return { pass, message: () => `expected ${pass ? `not ${expected}` : expected}\n${found}` };
}

function nameOf({ summary: { scenario, seed } }: RunOutcome): string {
  return `${scenario}, seed ${seed}`;
}

function story({ summary }: RunOutcome): string {
  const { expectations, violations, faults, verdict, digest } = summary;
  const unmet = expectations.filter((each) => each.verdict !== "pass");
  const idle = faults.filter(({ bites }) => bites === 0);
  return [
    `verdict: ${verdict}`,
    ...unmet.map((each) => `${each.verdict} ${each.name}: ${each.detail}`),
    ...violations.map((each) => `${each.invariant} at ${each.atSeconds} s (${each.nodes.join(", ")}): ${each.detail}`),
    ...idle.map(({ name }) => `${name} never bit`),
    `digest: ${digest}`,
  ].join("\n");
}

/** Every expectation of the scenario is met, no invariant broken, and every fault bit. */
export function toHold(run: RunOutcome): Matched {
  return matched(run.summary.verdict === "pass", `${nameOf(run)} to hold`, story(run));
}

/** The run is, event by event, the one of this digest. */
export function toHaveDigest(run: RunOutcome, digest: string): Matched {
  return matched(run.digest === digest, `${nameOf(run)} to have digest ${digest}`, `digest: ${run.digest}`);
}

/** An invariant of this name was broken: for machines that are wrong on purpose. */
export function toBreak(run: RunOutcome, invariant: string): Matched {
  const isBroken = run.summary.violations.some((each) => each.invariant === invariant);
  return matched(isBroken, `${nameOf(run)} to break ${invariant}`, story(run));
}

/** A figure, by the name that `expect:` has for it, is there and within its bounds. */
export function toKeepWithin(run: RunOutcome, figure: string, bound: Bound | number): Matched {
  const { atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY } =
    typeof bound === "number" ? { atMost: bound } : bound;
  const known = run.summary.figures.find(({ name }) => name === figure);
  const isWithin = known !== undefined && known.value >= atLeast && known.value <= atMost;
  const bounds = `${atLeast} to ${atMost}`;
  const names = run.summary.figures.map(({ name }) => name).join(", ");
  const found = known === undefined ? `it has ${names}` : `${figure}: ${known.value} ${known.unit}`;
  return matched(isWithin, `${nameOf(run)} to keep ${figure} within ${bounds}`, found);
}
