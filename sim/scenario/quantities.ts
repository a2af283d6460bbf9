import { MAX_DRIFT_PPM } from "../kernel/clock.ts";
import { type Kind, quote, type Refusal, scalarKind } from "./kinds.ts";
import type { LocatedScalar } from "./located.ts";
import {
  BANDWIDTH,
  ENERGY,
  LENGTH,
  MAX_QUANTITY_LENGTH,
  MONEY,
  NANOSECONDS,
  NUMBER,
  PARTS_PER_MILLION,
  parseQuantity,
  SHARE,
  SIZE,
  TIME,
  type Units,
  written,
} from "./units.ts";

interface QuantityOptions {
  readonly expected: string;
  readonly units: Units;
  /** The unit of the suggestion for a bare number. */
  readonly example: string;
  readonly minimum: bigint;
  readonly maximum: bigint;
}

function quantity({ expected, units, example, minimum, maximum }: QuantityOptions): Kind<number> {
  const pattern = `^${NUMBER}\\s*(${Object.keys(units).join("|")})$`;
  const schema = { anyOf: [{ type: "string", pattern }, { const: 0 }] };
  return scalarKind(expected, schema, (scalar) => {
    const parsed = parseQuantity(scalar, units, example);
    if (!("value" in parsed)) return parsed;
    const { value } = parsed;
    if (value >= minimum && value <= maximum) return { value: Number(value) };
    const [least, most] = [written(minimum, units, example), written(maximum, units, example)];
    return { refused: `${scalar.text} is out of range: it may be ${least} to ${most}` };
  });
}

/** Longest simulated time: a year, well inside exact integers of µs. */
const YEAR_US = 366n * 86_400_000_000n;

/** A time in µs, 0 included. */
export const duration = quantity({
  expected: "a time such as 250 ms, 3 s or 10 min",
  units: TIME,
  example: "s",
  minimum: 0n,
  maximum: YEAR_US,
});

/** @returns µs above 0, or why the text is no time */
export function parseDuration(scalar: Pick<LocatedScalar, "text" | "value">): { readonly value: number } | Refusal {
  const parsed = parseQuantity(scalar, TIME, "s");
  if (!("value" in parsed)) return parsed;
  const inRange = parsed.value > 0n && parsed.value <= YEAR_US;
  return inRange ? { value: Number(parsed.value) } : { refused: `${scalar.text} is out of range: above 0 s to 366 d` };
}

/** A time in µs above 0. */
export const positiveDuration = quantity({
  expected: "a time above 0 such as 250 ms or 3 s",
  units: TIME,
  example: "s",
  minimum: 1n,
  maximum: YEAR_US,
});

/** A time that machines set a timer for, in µs: at most an hour, so that back-off and drift stay exact. */
export const timerDuration = quantity({
  expected: "a time from 1 ms to 1 h such as 250 ms or 3 s",
  units: TIME,
  example: "s",
  minimum: 1_000n,
  maximum: 3_600_000_000n,
});

/** A time that something repeats after or lasts within a run, in µs: fine enough for any, and few enough events. */
export const period = quantity({
  expected: "a time from 100 ms to 30 min such as 5 s",
  units: TIME,
  example: "s",
  minimum: 100_000n,
  maximum: 1_800_000_000n,
});

/** A time in µs after which something is done again and again: not so short that a run never ends. */
export const interval = quantity({
  expected: "a time from 100 ms on such as 5 s",
  units: TIME,
  example: "s",
  minimum: 100_000n,
  maximum: YEAR_US,
});

/** A time in µs that may be negative. */
export const signedDuration = quantity({
  expected: "a time such as 200 ms or -2 s",
  units: TIME,
  example: "s",
  minimum: -YEAR_US,
  maximum: YEAR_US,
});

/** A cost of work in ns. */
export const workTime = quantity({
  expected: "a time such as 45 us or 2 ms",
  units: NANOSECONDS,
  example: "us",
  minimum: 0n,
  maximum: 10n ** 12n,
});

/** Bytes. */
export const size = quantity({
  expected: "a size such as 64 B or 8 MiB",
  units: SIZE,
  example: "KiB",
  minimum: 0n,
  maximum: 1n << 40n,
});

/** Bits per second above 0. */
export const bandwidth = quantity({
  expected: "a bandwidth such as 100 Mbit/s",
  units: BANDWIDTH,
  example: "Mbit/s",
  minimum: 1n,
  maximum: 10n ** 13n,
});

/** Metres above 0. */
export const length = quantity({
  expected: "a length such as 30 m or 2 km",
  units: LENGTH,
  example: "m",
  minimum: 1n,
  maximum: 100_000n,
});

/** Metres from 0 on. */
export const position = quantity({
  expected: "metres such as 30 m or 2 km",
  units: LENGTH,
  example: "m",
  minimum: 0n,
  maximum: 10_000_000n,
});

const microjoules = quantity({
  expected: "an energy such as 500 J or 8 Wh",
  units: ENERGY,
  example: "J",
  minimum: 0n,
  maximum: 10n ** 13n,
});

/** Joules. */
export const energy: Kind<number> = {
  ...microjoules,
  read: (node, problems) => {
    const read = microjoules.read(node, problems);
    return read === undefined ? undefined : read / 1_000_000;
  },
};

/** A faster or slower clock is broken rather than drifting. */
const MAX_DRIFT = BigInt(MAX_DRIFT_PPM);

/** Parts per million, negative for slow. */
export const partsPerMillion = quantity({
  expected: "a drift such as 50 ppm or -20 ppm",
  units: PARTS_PER_MILLION,
  example: "ppm",
  minimum: -MAX_DRIFT,
  maximum: MAX_DRIFT,
});

/** @returns a fraction 0 … maximum, written in per cent */
function fraction(expected: string, maximumMillionths: bigint): Kind<number> {
  const millionths = quantity({ expected, units: SHARE, example: "%", minimum: 0n, maximum: maximumMillionths });
  return {
    ...millionths,
    read: (node, problems) => {
      const read = millionths.read(node, problems);
      return read === undefined ? undefined : read / 1_000_000;
    },
  };
}

/** A fraction 0 … 1, written in per cent. */
export const share = fraction("a share such as 0.1 % or 20 %", 1_000_000n);

/** What an informer may get of a confiscated bond (S8). */
export const informerShare = fraction("a share of at most 5 %", 50_000n);

/** Amounts of money, both bounds included, in base units as decimal digits. */
export const amountRange: Kind<{ min: string; max: string }> = scalarKind(
  "an amount such as 5 IOTX or 1..5 IOTX",
  { type: "string", pattern: `^${NUMBER}(\\.\\.${NUMBER})?\\s*IOTX$` },
  ({ text, value }) => {
    const [, low, high, unit] = new RegExp(`^(${NUMBER})(?:\\.\\.(${NUMBER}))?(\\D*)$`, "u").exec(text.trim()) ?? [];
    if (low === undefined || unit === undefined) return { refused: `${quote(text)} is no amount` };
    const min = parseQuantity({ text: `${low}${unit}`, value }, MONEY, "IOTX");
    const max = parseQuantity({ text: `${high ?? low}${unit}`, value }, MONEY, "IOTX");
    if (!("value" in min))
      return high === undefined ? min : { refused: `${quote(text)} is no amount`, suggestion: `${low}..${high} IOTX` };
    if (!("value" in max)) return max;
    if (min.value < 1n) return { refused: `${text} is not above 0` };
    if (max.value < min.value) return { refused: "the range is empty", suggestion: `${high}..${low} IOTX` };
    return { value: { min: String(min.value), max: String(max.value) } };
  },
);

/** An amount of money above 0, in base units. */
export const amount: Kind<bigint> = scalarKind(
  "an amount such as 5 IOTX",
  { type: "string", pattern: `^${NUMBER}\\s*IOTX$` },
  (scalar) => {
    const parsed = parseQuantity(scalar, MONEY, "IOTX");
    return "value" in parsed && parsed.value <= 0n ? { refused: `${scalar.text} is not above 0` } : parsed;
  },
);

/** An amount of money above 0 in base units, or null for all that there is. */
export const amountOrAll: Kind<bigint | null> = scalarKind(
  "all, or an amount such as 5 IOTX",
  { type: "string", pattern: `^(all|${NUMBER}\\s*IOTX)$` },
  (scalar) => {
    if (scalar.text === "all") return { value: null };
    const parsed = parseQuantity(scalar, MONEY, "IOTX");
    return "value" in parsed && parsed.value <= 0n ? { refused: `${scalar.text} is not above 0` } : parsed;
  },
);

/** An amount of money, 0 included, in base units. */
export const amountOrNothing: Kind<bigint> = scalarKind(
  "an amount such as 5 IOTX or 0 IOTX",
  { anyOf: [{ type: "string", pattern: `^${NUMBER}\\s*IOTX$` }, { const: 0 }] },
  (scalar) => {
    const parsed = parseQuantity(scalar, MONEY, "IOTX");
    return "value" in parsed && parsed.value < 0n ? { refused: `${scalar.text} is below 0` } : parsed;
  },
);

/** How often something takes place, as the mean time between two of them in µs. */
export const rate: Kind<number> = scalarKind(
  "a rate such as 2/s or 1 / 10 s",
  { type: "string", pattern: `^${NUMBER}\\s*/\\s*(${NUMBER})?\\s*(${Object.keys(TIME).join("|")})$` },
  ({ text, value }) => {
    const [, count, time, unit] =
      new RegExp(`^(${NUMBER})\\s*/\\s*(${NUMBER})?\\s*(\\S*)$`, "u").exec(text.trim()) ?? [];
    if (count === undefined || unit === undefined || text.length > MAX_QUANTITY_LENGTH) {
      const bare = typeof value === "number";
      return bare
        ? { refused: `${text} has no unit`, suggestion: `${text}/s` }
        : { refused: `${quote(text)} is no rate` };
    }
    const period = parseQuantity({ text: `${time ?? "1"} ${unit}`, value: text }, TIME, "s");
    if (!("value" in period))
      return {
        refused: period.refused,
        suggestion:
          period.suggestion &&
          `${count}/${unit === "" ? "s" : period.suggestion.slice(period.suggestion.indexOf(" ") + 1)}`,
      };
    const intervalUs = Math.round(Number(period.value) / Number(count));
    return intervalUs >= 1 && intervalUs <= Number(YEAR_US)
      ? { value: intervalUs }
      : { refused: `${text} is out of range: once each 1 us to 366 d` };
  },
);

const DIMENSIONS: Readonly<Record<string, Units>> = {
  time: TIME,
  size: SIZE,
  bandwidth: BANDWIDTH,
  length: LENGTH,
  energy: ENERGY,
  money: MONEY,
  drift: PARTS_PER_MILLION,
  share: SHARE,
};

/** A quantity of whichever dimension its unit is of; "" for a bare number, `rate` for one a time. */
export interface AnyQuantity {
  readonly dimension: string;
  /** In the dimension's base unit, to as many digits as a double has. */
  readonly value: number;
}

/** @returns the quantity that a text stands for, or null where it stands for none */
export function parseAnyQuantity(text: string): AnyQuantity | null {
  const [, amount, period, unit] =
    new RegExp(`^(${NUMBER})\\s*(/\\s*(?:${NUMBER})?)?\\s*(\\S*)$`, "u").exec(text.trim()) ?? [];
  if (amount === undefined || unit === undefined || text.length > MAX_QUANTITY_LENGTH) return null;
  if (period !== undefined) {
    const worth = Object.hasOwn(TIME, unit) ? TIME[unit] : undefined;
    const times = Number(period.slice(1).trim() || "1");
    return worth === undefined ? null : { dimension: "rate", value: Number(amount) / (times * Number(worth)) };
  }
  if (unit === "") return { dimension: "", value: Number(amount) };
  const found = Object.entries(DIMENSIONS).find(([, units]) => Object.hasOwn(units, unit));
  return found === undefined ? null : { dimension: found[0], value: Number(amount) * Number(found[1][unit]) };
}
