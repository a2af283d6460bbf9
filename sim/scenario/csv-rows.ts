import type { Problems } from "./problems.ts";
import type { Placed } from "./source.ts";

/** Reads files that a scenario names; null where there is none. */
export type ReadText = (path: string) => string | null;

const NUMBER = /^\s*\d+(?:\.\d+)?\s*$/u;

/** What the rows of a file have to be. */
export interface RowsWanted {
  readonly columns: number;
  readonly least: number;
  readonly most: number;
  /** What the columns are called, where that says their unit. */
  readonly headings?: { readonly each: readonly RegExp[]; readonly expected: string };
  /** Told where a row is refused. */
  readonly expected: string;
  /** @returns whether a row may follow the one before, undefined for the first */
  readonly fits: (row: readonly number[], before: readonly number[] | undefined) => boolean;
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
  const { columns, least, most, headings, fits, expected } = wanted;
  const text = read(path.value);
  if (text === null) return refuse("there is no such file", "the path of a CSV file, from this file's folder");
  const [heading = "", ...lines] = text.trimEnd().split(/\r?\n/u);
  const names = heading.split(",").map((name) => name.trim());
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
    const isRow = cells.length === columns && cells.every((cell) => NUMBER.test(cell)) && fits(row, rows[index - 1]);
    if (!isRow) return refuse(`row ${index + 1} of ${path.value} is wrong`, expected);
    rows.push(row);
  }
  return rows;
}
