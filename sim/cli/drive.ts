import { setImmediate } from "node:timers/promises";
import type { Run, RunProgress } from "../runner/run.ts";

/** Slices this long keep signals, progress and heartbeats alive at little cost. */
const SLICE_TARGET_MS = 25;
const FIRST_SLICE_EVENTS = 100;
const MAX_SLICE_EVENTS = 1_000_000;

/** Who watches a run from between its slices. */
export interface DriveOptions {
  readonly signal: AbortSignal;
  /** Called between slices; a slice waits for what it returns. */
  readonly between: (progress: RunProgress) => Promise<void> | undefined;
}

/** Advances a run to its end, in slices that yield to the event loop. @returns whether it got there */
export async function drive(run: Run, { signal, between }: DriveOptions): Promise<boolean> {
  let sliceEvents = FIRST_SLICE_EVENTS;
  for (;;) {
    const startMs = performance.now();
    const more = run.advance(sliceEvents);
    const tookMs = Math.max(0.1, performance.now() - startMs);
    const wanted = Math.floor((sliceEvents * SLICE_TARGET_MS) / tookMs);
    sliceEvents = Math.max(1, Math.min(wanted, sliceEvents * 2, MAX_SLICE_EVENTS));
    await between(run.progress());
    if (!more) return true;
    await setImmediate();
    if (signal.aborted) return false;
  }
}
