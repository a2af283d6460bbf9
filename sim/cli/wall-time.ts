import { UserError } from "../scenario/index.ts";
import { parseDuration } from "../scenario/quantities.ts";

/** @returns what `--time-budget` allows, null for any time. @throws UserError as `wallTimeMs` does */
export function timeBudgetMs(text: string | undefined): number | null {
  return text === undefined ? null : wallTimeMs("--time-budget", text);
}

/**
 * Reads a flag that is a time of this world, and not of the simulated one; `10m` and `2h` are understood too.
 *
 * @returns milliseconds above 0
 * @throws UserError for anything else; the user's fault
 */
export function wallTimeMs(flag: string, text: string): number {
  const spaced = text.replace(/^([\d.]+)m$/u, "$1 min").replace(/^([\d.]+)h$/u, "$1 h");
  const parsed = parseDuration({ text: spaced, value: spaced });
  if ("value" in parsed) return parsed.value / 1000;
  throw new UserError(`${flag} ${text}: expected a time such as 10m or 90s`);
}
