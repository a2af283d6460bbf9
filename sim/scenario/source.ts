/** A text that a user wrote: a file, or the argument of a flag. */
export interface Source {
  /** The path as the user gave it, or the whole flag. */
  readonly name: string;
  readonly kind: "file" | "flag";
  readonly text: string;
}

/** A stretch of a source, in UTF-16 units. */
export interface Position {
  readonly source: Source;
  readonly start: number;
  readonly end: number;
}

/** A value and where it was written. */
export interface Placed<T> {
  readonly value: T;
  readonly at: Position;
}

/** @returns where the first of these values stands that was written at all, or else the place of what they belong to */
export function placeOf(whole: Position, ...places: (Placed<unknown> | undefined)[]): Position {
  return places.find((each) => each !== undefined)?.at ?? whole;
}

/** @returns line and column of the position's start, both from 1 */
export function lineAndColumn({ source, start }: Position): { line: number; column: number } {
  const before = source.text.slice(0, start);
  const lineStart = before.lastIndexOf("\n") + 1;
  return { line: before.split("\n").length, column: [...before.slice(lineStart)].length + 1 };
}

/** @returns `path:line:column`, or the flag as it was typed */
export function placeName(at: Position): string {
  if (at.source.kind === "flag") return at.source.name;
  const { line, column } = lineAndColumn(at);
  return `${at.source.name}:${line}:${column}`;
}

/** @returns the line of the position's start and, below it, carets under the part that the position covers */
export function excerpt(at: Position): string {
  const { text } = at.source;
  const lineStart = text.lastIndexOf("\n", at.start - 1) + 1;
  const newline = text.indexOf("\n", at.start);
  const lineEnd = newline < 0 ? text.length : newline;
  const label = String(lineAndColumn(at).line).padStart(5);
  const indent = text.slice(lineStart, at.start).replace(/[^\t]/gu, " ");
  const width = [...text.slice(at.start, Math.min(at.end, lineEnd)).trimEnd()].length;
  const line = text.slice(lineStart, lineEnd).trimEnd();
  return `${label} | ${line}\n${" ".repeat(5)} | ${indent}${"^".repeat(Math.max(1, width))}`;
}
