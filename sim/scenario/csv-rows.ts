import type { Problems } from "./problems.ts";
import type { Placed } from "./source.ts";

/** Reads files that a scenario names; null where there is none. */
export type ReadText = (path: string) => string | null;

const NUMBER = /^\s*\d+(?:\.\d+)?\s*$/u;
/** Times beyond a year are exact no more, and no run gets there. */
export const MOST_SECONDS = 366 * 86_400;

/** What the rows of a file have to be. */
export interface RowsWanted {
  /** What each cell of a row is. */
  readonly columns: readonly string[];
  readonly least: number;
  readonly most: number;
  /** What the columns are called, where that says their unit. */
  readonly headings?: { readonly each: readonly RegExp[]; readonly expected: string };
  /** Told where a row is refused. */
  readonly expected: string;
  /** @returns what is wrong with a row after the one before, undefined for the first; null: nothing */
  readonly wrong: (row: readonly number[], before: readonly number[] | undefined) => string | null;
}

/**
 * Reads rows of non-negative numbers, separated by commas, under one line of headings.
 *
 * @returns null where the file is not there or is not what is wanted; that is then a problem at the path's place
 */
export function readRows(
  path: Placed<string>,
  { read, problems }: { read: ReadText; problems: Problems },
  wanted: RowsWanted,
): readonly (readonly number[])[] | null {
  const refuse = (message: string, expected: string): null => {
    problems.add({ at: path.at, message, expected });
    return null;
  };
  const { least, most, headings, expected } = wanted;
  const text = read(path.value);
  if (text === null) return refuse("there is no such file", "the path of a CSV file, from this file's folder");
  const [heading = "", ...lines] = text.trimEnd().split(/\r?\n/u);
  const names = heading.split(",").map((name) => name.trim());
  if (names.every((name) => NUMBER.test(name))) {
    return refuse(`${path.value} begins with numbers: ${shortened(heading)}`, "a line of headings above the rows");
  }
  if (headings !== undefined && !headings.each.every((each, column) => each.test(names[column] ?? ""))) {
    return refuse(`the columns of ${path.value} are called ${names.join(", ")}`, headings.expected);
  }
  if (lines.length < least) {
    return refuse(`${lines.length} rows in ${path.value}`, `a line of headings and at least ${least} rows`);
  }
  if (lines.length > most) return refuse(`${lines.length} rows in ${path.value}`, `at most ${most}`);
  const rows: (readonly number[])[] = [];
  for (const [index, line] of lines.entries()) {
    const cells = line.split(",");
    const row = cells.map(Number);
    const wrong = wrongCell(cells, wanted.columns) ?? wanted.wrong(row, rows[index - 1]);
    if (wrong !== null) return refuse(`row ${index + 1} of ${path.value}: ${wrong}`, expected);
    rows.push(row);
  }
  return rows;
}

/** @returns which cell of a row is no number, or that there are more or fewer than wanted; null: they are sound */
function wrongCell(cells: readonly string[], columns: readonly string[]): string | null {
  if (cells.length !== columns.length) {
    const told = columns.length === 1 ? "1 cell" : `${columns.length} cells`;
    return `${cells.length} in place of ${told} (${columns.join(", ")})`;
  }
  const place = cells.findIndex((cell) => !NUMBER.test(cell));
  return place < 0 ? null : `${columns[place]} "${shortened(cells[place] as string)}" is no number of 0 or more`;
}

const SHOWN_LETTERS = 30;

function shortened(text: string): string {
  return text.length <= SHOWN_LETTERS ? text : `${text.slice(0, SHOWN_LETTERS)}…`;
}

/** @returns what is wrong with a time in seconds after the one before; null: nothing */
export function wrongTime(seconds: number, before: number | undefined): string | null {
  if (seconds > MOST_SECONDS) return `${seconds} s is more than a year`;
  return before !== undefined && seconds <= before ? `${seconds} s does not come after ${before} s` : null;
}
