/**
 * The candidate nearest to what was typed, if it is near enough to be a slip.
 *
 * @returns undefined when nothing is within a third of the word's length (at least one edit) and no single candidate begins
 *   with it
 */
export function nearest(typed: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(typed.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(typed.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best ?? beginningWith(typed, candidates);
}

/** Shorter beginnings fit too much. */
const MIN_BEGINNING = 3;

function beginningWith(typed: string, candidates: Iterable<string>): string | undefined {
  if (typed.length < MIN_BEGINNING) return undefined;
  const matches = [...candidates].filter((candidate) => candidate.toLowerCase().startsWith(typed.toLowerCase()));
  return matches.length === 1 ? matches[0] : undefined;
}

/** Longer words are no slips of a key; their distance is not worth the time. */
const MAX_WORD = 64;

/** Insertions, deletions, replacements and swaps of neighbours that turn one word into the other. */
export function editDistance(from: string, to: string): number {
  if (from.length > MAX_WORD || to.length > MAX_WORD) return MAX_WORD;
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      const replaced = cell(previous, column - 1) + (same ? 0 : 1);
      let distance = Math.min(cell(previous, column) + 1, cell(current, column - 1) + 1, replaced);
      const swapped = row > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (swapped) distance = Math.min(distance, cell(beforePrevious, column - 2) + 1);
      current.push(distance);
    }
    [beforePrevious, previous] = [previous, current];
  }
  return cell(previous, to.length);
}

function cell(row: readonly number[], column: number): number {
  return row[column] ?? MAX_WORD;
}

/** More names tell a reader nothing. */
const MAX_NAMES = 12;

/** @returns what a name could be: the only one, or one of the first few */
export function oneOf(names: readonly string[]): string {
  const [first, second] = names;
  if (first === undefined) return "a scenario that has one";
  if (second === undefined) return first;
  const hidden = names.length > MAX_NAMES ? " …" : "";
  return `one of ${names.slice(0, MAX_NAMES).join(", ")}${hidden}`;
}
