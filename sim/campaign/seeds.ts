import { UserError } from "../scenario/index.ts";

/** Seeds of one check. */
export const MAX_SEEDS = 1_000_000;

/**
 * Reads seeds such as `1..50`, `7` or `1,2,40..42`.
 *
 * @throws UserError when the text is none of these; the user's fault
 */
export function parseSeeds(text: string): string[] {
  const seeds = new Set<string>();
  for (const part of text.split(",")) {
    const [, first, last] = /^(\d{1,15})\.\.(\d{1,15})$/u.exec(part.trim()) ?? [];
    if (first === undefined || last === undefined) seeds.add(singleSeed(part.trim(), text));
    else for (const seed of range(Number(first), Number(last), text)) seeds.add(seed);
  }
  return [...seeds];
}

function singleSeed(part: string, whole: string): string {
  if (/^[A-Za-z0-9_-]{1,64}$/u.test(part)) return part;
  throw new UserError(`--seeds ${whole}: "${part}" is no seed; expected such as 1..50 or 1,7,9`);
}

function range(first: number, last: number, whole: string): string[] {
  if (last < first) throw new UserError(`--seeds ${whole}: the range is empty; did you mean "${last}..${first}"?`);
  if (last - first >= MAX_SEEDS) throw new UserError(`--seeds ${whole}: more than ${MAX_SEEDS} seeds`);
  return Array.from({ length: last - first + 1 }, (_, index) => String(first + index));
}
