/** A broken invariant: a bug in this project, never the fault of a peer, a user or a file. */
export class InvariantError extends Error {
  override readonly name = "InvariantError";
}

/**
 * Stops the program when something that only a bug can break is broken.
 *
 * @param condition what must hold
 * @param what names the invariant, for the report
 * @throws InvariantError when `condition` is false; always this project's fault
 */
export function assert(condition: boolean, what: string): asserts condition {
  if (!condition) throw new InvariantError(what);
}

/**
 * Closes a switch over a union, so that a new member is a compile error.
 *
 * @throws InvariantError when reached at run time
 */
export function assertNever(value: never): never {
  throw new InvariantError(`unreachable: ${JSON.stringify(value)}`);
}
