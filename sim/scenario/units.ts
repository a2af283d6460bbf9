import { quote, type Refusal } from "./kinds.ts";
import type { LocatedScalar } from "./located.ts";
import { nearest } from "./suggest.ts";

/** Units of one dimension and what each is worth in base units. */
export type Units = Readonly<Record<string, bigint>>;

export const TIME: Units = {
  us: 1n,
  µs: 1n,
  ms: 1_000n,
  s: 1_000_000n,
  min: 60_000_000n,
  h: 3_600_000_000n,
  d: 86_400_000_000n,
};
export const NANOSECONDS: Units = { ns: 1n, us: 1_000n, µs: 1_000n, ms: 1_000_000n, s: 1_000_000_000n };
export const SIZE: Units = {
  B: 1n,
  kB: 1_000n,
  KiB: 1n << 10n,
  MB: 1_000_000n,
  MiB: 1n << 20n,
  GB: 1_000_000_000n,
  GiB: 1n << 30n,
};
export const BANDWIDTH: Units = { "bit/s": 1n, "kbit/s": 1_000n, "Mbit/s": 1_000_000n, "Gbit/s": 1_000_000_000n };
export const LENGTH: Units = { m: 1n, km: 1_000n };
/** Energies are kept as microjoules until they become joules. */
export const ENERGY: Units = { uJ: 1n, mJ: 1_000n, J: 1_000_000n, kJ: 1_000_000_000n, Wh: 3_600_000_000n };
export const MONEY: Units = { IOTX: 10n ** 18n };
export const PARTS_PER_MILLION: Units = { ppm: 1n };
/** Shares are kept as millionths until they become fractions. */
export const SHARE: Units = { "%": 10_000n };

/** What people write for a unit. */
const SLIPS: Readonly<Record<string, string>> = {
  sec: "s",
  secs: "s",
  second: "s",
  seconds: "s",
  m: "min",
  minute: "min",
  minutes: "min",
  hour: "h",
  hours: "h",
  day: "d",
  days: "d",
  kbps: "kbit/s",
  Mbps: "Mbit/s",
  Gbps: "Gbit/s",
};

export const NUMBER = String.raw`[+-]?\d+(?:\.\d+)?`;

/**
 * @param amount decimal digits with an optional sign and fraction
 * @returns the amount in base units, or undefined when it is no whole number of them
 */
function inBaseUnits(amount: string, worth: bigint): bigint | undefined {
  const [whole = "", fraction = ""] = amount.split(".");
  const scaled = BigInt(whole.replace("+", "").concat(fraction)) * worth;
  const divisor = 10n ** BigInt(fraction.length);
  return scaled % divisor === 0n ? scaled / divisor : undefined;
}

function nearestUnit(typed: string, units: readonly string[]): string | undefined {
  const slip = Object.hasOwn(SLIPS, typed) ? SLIPS[typed] : undefined;
  if (slip !== undefined && units.includes(slip)) return slip;
  return units.find((name) => name.toLowerCase() === typed.toLowerCase()) ?? nearest(typed, units);
}

/** Digits beyond these are refused before any arithmetic. */
export const MAX_QUANTITY_LENGTH = 48;

/** @returns the quantity in base units, or why it is none */
export function parseQuantity(
  { text, value }: Pick<LocatedScalar, "text" | "value">,
  units: Units,
  example: string,
): { readonly value: bigint } | Refusal {
  const match = new RegExp(`^(${NUMBER})\\s*(\\S*)$`, "u").exec(text.trim());
  const [, amount, unit] = match ?? [];
  if (amount === undefined || unit === undefined || text.length > MAX_QUANTITY_LENGTH) {
    return { refused: `${quote(text)} is no quantity`, suggestion: undefined };
  }
  if (unit === "")
    return value === 0 ? { value: 0n } : { refused: `${text} has no unit`, suggestion: `${amount} ${example}` };
  const worth = Object.hasOwn(units, unit) ? units[unit] : undefined;
  if (worth === undefined) {
    const near = nearestUnit(unit, Object.keys(units));
    return { refused: `unknown unit ${quote(unit)}`, suggestion: near && `${amount} ${near}` };
  }
  const base = inBaseUnits(amount, worth);
  return base === undefined ? { refused: `${text} is finer than can be told apart` } : { value: base };
}

/** @returns the quantity in the largest unit of which it is a whole number */
export function written(value: bigint, units: Units, example: string): string {
  if (value === 0n) return `0 ${example}`;
  const fitting = Object.entries(units).filter(([, worth]) => value % worth === 0n);
  const [unit, worth] = fitting.reduce((most, each) => (each[1] > most[1] ? each : most), [example, 1n]);
  return `${value / worth} ${unit}`;
}
