import { setImmediate } from "node:timers/promises";
import type { FailureSignature, RunEnding } from "../campaign/index.ts";
import { nodeHasher } from "../platform/node/hasher.ts";
import { createRun, type RunOptions, type RunOutcome, type RunProgress } from "../runner/index.ts";
import type { Scenario } from "../scenario/index.ts";
import { cryptoBackend } from "./crypto-backends.ts";
import { drive } from "./drive.ts";

/** What else a guarded run has. */
export interface GuardedOptions
  extends Pick<RunOptions, "codeVersion" | "watchers">,
    Partial<Pick<RunOptions, "backend" | "paranoid" | "trace">> {
  /** Called between slices; a slice waits for what it returns. */
  readonly between?: (progress: RunProgress) => Promise<void> | undefined;
}

/** Events without time passing after which a run counts as endless. */
const MAX_EVENTS_AT_ONCE = 20_000_000;
/** Slices of a second run, which remembers nothing between nodes: neither may change anything. */
const SECOND_SLICE_EVENTS = 7_777;
/** Processor time in silence after which a run that is known to hang does so again: shrinking would wait for nothing else. */
const KNOWN_HANG_MS = 2_500;
const never = new AbortController().signal;

class Endless extends Error {}

/** @returns what ends a run whose events follow each other while time stands still */
function standstillGuard(): (progress: RunProgress) => void {
  let [atUs, sinceEvents] = [-1, 0];
  return ({ simulatedUs, events }) => {
    if (simulatedUs !== atUs) [atUs, sinceEvents] = [simulatedUs, events];
    else if (events - sinceEvents > MAX_EVENTS_AT_ONCE) throw new Endless(`time stands still at ${atUs / 1e6} s`);
  };
}

async function plainOptions(codeVersion: string): Promise<RunOptions> {
  const backend = await cryptoBackend("sodium");
  return { backend, hasher: nodeHasher, trace: null, paranoid: false, codeVersion };
}

/** Runs a scenario to its end. @throws whatever the code under test throws, and when its time stands still */
export async function guardedRun(scenario: Scenario, options: GuardedOptions): Promise<RunOutcome> {
  const { between = () => undefined, ...given } = options;
  const run = createRun(scenario, { ...(await plainOptions(options.codeVersion)), ...given });
  const guard = standstillGuard();
  const betweenSlices = (progress: RunProgress): Promise<void> | undefined => {
    guard(progress);
    return between(progress);
  };
  await drive(run, { signal: never, between: betweenSlices });
  return run.finish();
}

/**
 * Runs a scenario a second time, in other slices and with nothing remembered between nodes.
 *
 * @returns the first run's summary, or that the two differ
 */
export async function comparedWithAnother(
  scenario: Scenario,
  { digest, summary }: RunOutcome,
  codeVersion: string,
): Promise<RunEnding> {
  const again = createRun(scenario, { ...(await plainOptions(codeVersion)), paranoid: true });
  const guard = standstillGuard();
  while (again.advance(SECOND_SLICE_EVENTS)) {
    guard(again.progress());
    await setImmediate(); // Or its heart could not beat.
  }
  const other = again.finish().digest;
  return other === digest ? summary : { nondeterminism: `${digest} and ${other}` };
}

/** @returns how long candidates for a smaller capsule of a failure may be silent; undefined: as long as any run */
export function silenceFor({ kind }: FailureSignature): number | undefined {
  return kind === "hang" ? KNOWN_HANG_MS : undefined;
}

/** @returns how a run ended that threw */
export function endingOf(thrown: unknown): Extract<RunEnding, { bug: string } | { lost: string }> {
  if (thrown instanceof Endless) return { lost: thrown.message };
  return { bug: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) };
}
