/** What the process's exit code says. */
export const ExitCode = {
  /** Everything held. */
  held: 0,
  /** An expectation or an invariant failed, or (under --strict) was inconclusive. */
  failed: 1,
  /** The user's input is wrong; nothing was written. */
  wrongInput: 2,
  /** A bug in the simulator. */
  bug: 3,
} as const;
