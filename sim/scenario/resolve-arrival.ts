import type { Arrival } from "./arrival.ts";
import type { GivenArrival } from "./arrival-keys.ts";
import { type ReadText, readRows, wrongTime } from "./csv-rows.ts";
import type { Problems } from "./problems.ts";
import type { Placed, Position } from "./source.ts";

const SECOND_US = 1_000_000;
const DAY_US = 86_400 * SECOND_US;
const MAX_ARRIVALS = 1_000_000;
/** What goes by a beat without saying how closely. */
export const PERIODIC = { kind: "periodic", jitter: 0.1 } as const;

/** How often something comes, as far as the file says. */
export interface MeanInterval {
  /** Mean time between two, µs. */
  readonly given: Placed<number> | undefined;
  /** Where it is not given. */
  readonly usualUs: number;
  /** Whether it stands there as a rate, and not as a time. */
  readonly isRate: boolean;
}

interface ArrivalContext {
  readonly problems: Problems;
  readonly read: ReadText;
}

/** Fills in what the file leaves open about a pattern, and reports one that is none. */
export function resolveArrival(given: Placed<GivenArrival>, mean: MeanInterval, context: ArrivalContext): Arrival {
  const isNamed = typeof given.value === "string";
  const named: Exclude<GivenArrival, string> = isNamed ? {} : (given.value as Exclude<GivenArrival, string>);
  const kinds = (isNamed ? [given.value] : Object.keys(named)) as Arrival["kind"][];
  const [kind = "steady"] = kinds;
  if (kinds.length !== 1) refuse(context, given.at, "an arrival of no kind or of several", "one pattern");
  switch (kind) {
    case "periodic":
      return { kind, jitter: named.periodic?.value.jitter?.value ?? PERIODIC.jitter };
    case "diurnal": {
      const { depth, period } = named.diurnal?.value ?? {};
      return { kind, depth: depth?.value ?? 0.8, periodUs: period?.value ?? DAY_US };
    }
    case "bursts":
      return resolveBursts(named, { at: given.at, mean, context });
    case "trace":
      return { kind, atUs: readTimes(named.trace, mean, context) };
    default:
      return { kind };
  }
}

function resolveBursts(
  { bursts: given }: Exclude<GivenArrival, string>,
  { at, mean, context }: { at: Position; mean: MeanInterval; context: ArrivalContext },
): Arrival {
  const { size, gap } = given?.value ?? {};
  const bursts = { kind: "bursts", size: size?.value ?? 10, gapUs: gap?.value ?? 100_000 } as const;
  const meanUs = mean.given?.value ?? mean.usualUs;
  if ((bursts.size - 1) * bursts.gapUs >= bursts.size * meanUs) {
    const most = seconds(Math.floor((bursts.size * meanUs) / (bursts.size - 1)));
    const message = `these bursts take longer than the ${mean.isRate ? "rate" : "period"} leaves between them`;
    const expected = `a gap below ${most}, or ${mean.isRate ? "a lower rate" : "a longer period"}`;
    refuse(context, (gap ?? size ?? { at }).at, message, expected);
  }
  return bursts;
}

/** @returns the times of a file, µs */
function readTimes(
  path: Placed<string> | undefined,
  { given, isRate }: MeanInterval,
  { problems, read }: ArrivalContext,
): readonly number[] {
  if (given !== undefined) {
    const word = isRate ? "rate" : "period";
    problems.add({
      at: given.at,
      message: `times from a file have no ${word}`,
      expected: `no ${word} beside the trace`,
    });
  }
  if (path === undefined) return [];
  const rows = readRows(
    path,
    { read, problems },
    {
      columns: ["seconds"],
      least: 1,
      most: MAX_ARRIVALS,
      expected: "seconds, ascending",
      // Several may come at once.
      wrong: ([seconds = 0], before) => (seconds === before?.[0] ? null : wrongTime(seconds, before?.[0])),
    },
  );
  return (rows ?? []).map(([seconds = 0]) => Math.round(seconds * SECOND_US));
}

/** @returns the mean time between two of a pattern of which the file does not say it, µs */
export function meanIntervalUs(arrival: Arrival | undefined, usualUs: number): number {
  if (arrival?.kind !== "trace" || arrival.atUs.length === 0) return usualUs;
  return Math.max(1, Math.round((arrival.atUs.at(-1) as number) / arrival.atUs.length));
}

function refuse({ problems }: ArrivalContext, at: Position, message: string, expected: string): void {
  problems.add({ at, message, expected });
}

function seconds(timeUs: number): string {
  return `${timeUs / SECOND_US} s`;
}
