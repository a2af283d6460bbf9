/** Told by Ctrl-C, or by who ends the process politely. */
const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** Exit code of an interrupted command, by the shells' convention. */
export const INTERRUPTED_EXIT_CODE = 130;

/**
 * Runs something that can be asked to end. The first signal aborts, so that what runs can end cleanly; the second ends the
 * process at once.
 */
export async function interruptible<T>(action: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(INTERRUPTED_EXIT_CODE);
    controller.abort();
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  try {
    return await action(controller.signal);
  } finally {
    for (const name of SIGNALS) process.off(name, onSignal);
  }
}
