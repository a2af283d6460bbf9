import { excerpt, type Position, placeName } from "./source.ts";

/** Something wrong in what a user wrote. */
export interface Problem {
  readonly at: Position;
  readonly message: string;
  /** What would be right, a sentence fragment after "expected". */
  readonly expected: string;
  /** The nearest valid text. */
  readonly suggestion?: string | undefined;
  /** In which circumstances, where it is not always wrong. */
  readonly note?: string | undefined;
}

/** What a user did wrong, for the user to read: never a bug, printed without a stack. */
export class UserError extends Error {
  override readonly name = "UserError";
}

/** Collects problems, so that a user sees all of them at once. */
export class Problems {
  readonly #found: Problem[] = [];
  readonly #everywhere: Position | null;

  /** @param everywhere a stretch whose values stand in for some that are elsewhere, and so belong to every stretch */
  constructor(everywhere: Position | null = null) {
    this.#everywhere = everywhere;
  }

  get found(): readonly Problem[] {
    return this.#found;
  }

  add(problem: Problem): void {
    this.#found.push(problem);
  }

  /** @returns whether something in that stretch is wrong already; flags belong to every stretch */
  within(stretch: Position): boolean {
    const everywhere = this.#everywhere;
    const isEverywhere = (at: Position) =>
      at.source.kind === "flag" || (everywhere !== null && isInside(at, everywhere));
    return this.#found.some(({ at }) => isEverywhere(at) || isInside(at, stretch));
  }

  /** @throws UserError with every problem in the order of the text, if there is any; the user's fault */
  throwIfAny(): void {
    if (this.#found.length === 0) return;
    throw new UserError(formatProblems(this.#found));
  }
}

function isInside(at: Position, { source, start, end }: Position): boolean {
  return at.source === source && at.start >= start && at.start <= end;
}

/** Beyond this many a reader learns nothing more. */
const MAX_SHOWN_PROBLEMS = 50;

function formatProblems(problems: readonly Problem[]): string {
  const ordered = problems.toSorted(
    (a, b) => compareText(a.at.source.name, b.at.source.name) || a.at.start - b.at.start,
  );
  const shown = ordered.slice(0, MAX_SHOWN_PROBLEMS).map(formatProblem);
  const hidden = ordered.length - shown.length;
  if (hidden > 0) shown.push(`… and ${hidden} more`);
  return shown.join("\n\n");
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** @returns place and message, the line with carets, then what was expected and the suggestion */
export function formatProblem({ at, message, expected, suggestion, note }: Problem): string {
  const lines = [`${placeName(at)}: ${message}`, excerpt(at)];
  lines.push(`      = expected ${expected}`);
  if (suggestion !== undefined) lines.push(`      = did you mean "${suggestion}"?`);
  if (note !== undefined) lines.push(`      = ${note}`);
  return lines.join("\n");
}
