import { fork } from "node:child_process";
import { once } from "node:events";

/**
 * Runs a file beside this one in a process of its own, so that memory and warmth are its own too.
 *
 * @returns the one message that it sends
 * @throws Error where it ends without one
 */
export async function ownProcess<Told>(
  worker: string,
  given: readonly string[] = [],
  execArgv: readonly string[] = [],
): Promise<Told> {
  const child = fork(new URL(worker, import.meta.url), given, { execArgv: [...execArgv] });
  // All that was sent is in before this, however the process ended.
  const ended = once(child, "disconnect").then(() => {
    throw new Error(`${worker} ended and told nothing`);
  });
  const [told] = (await Promise.race([once(child, "message"), ended])) as [Told];
  return told;
}
