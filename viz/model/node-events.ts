import type { Trace, TraceEvent } from "../../sim/trace/reader.ts";

/** How many of a node's events are listed. */
const LISTED = 12;
const FIRST_STRETCH_US = 4_000_000;
/** How far back a quiet node is searched. */
const LONGEST_STRETCH_US = 256_000_000;

/** @returns the last events of a node up to a moment, latest first; timers are left out */
export async function lastEvents(trace: Trace, node: number, timeUs: number): Promise<readonly TraceEvent[]> {
  for (let stretchUs = FIRST_STRETCH_US; ; stretchUs *= 4) {
    const fromUs = Math.max(0, timeUs - stretchUs);
    const { events } = await trace.eventsBetween(fromUs, timeUs, { node });
    const own = events.filter((event) => event.node === node && event.kind !== "timer");
    if (own.length >= LISTED || fromUs === 0 || stretchUs >= LONGEST_STRETCH_US) return own.slice(-LISTED).reverse();
  }
}
