import type { Counter, Overview, Trace, TraceEvent } from "../../sim/trace/reader.ts";

/** A scheduled fault at work. */
export interface FaultSpan {
  /** Its number in the trace's list of faults. */
  readonly fault: number;
  readonly name: string;
  readonly fromUs: number;
  /** When it was healed, or the end of the run. */
  readonly toUs: number;
}

/** Stretches of time with events of one counter, at most so many; more become one long stretch. */
const MAX_STRETCHES = 512;
const MAX_EVENTS = 20_000;
/** Finest level of the pyramid. */
const FINEST_BUCKETS = 4096;

/** @returns stretches [fromUs, toUs) in which a counter counted anything */
function busyStretches(overview: Overview, counter: Counter): readonly (readonly [number, number])[] {
  const counts = overview.counts[counter];
  const stretches: [number, number][] = [];
  for (let bucket = 0; bucket < overview.buckets; bucket++) {
    if (counts[bucket] === 0) continue;
    const fromUs = bucket * overview.bucketUs;
    const last = stretches.at(-1);
    if (last !== undefined && (last[1] === fromUs || stretches.length === MAX_STRETCHES))
      last[1] = fromUs + overview.bucketUs;
    else stretches.push([fromUs, fromUs + overview.bucketUs]);
  }
  return stretches;
}

/** The trace's events of a kind that the pyramid counts apart, without reading the rest of the run. */
async function rareEvents(trace: Trace, counter: Counter, kind: TraceEvent["kind"]): Promise<readonly TraceEvent[]> {
  const overview = await trace.overview(FINEST_BUCKETS);
  const found: TraceEvent[] = [];
  for (const [fromUs, toUs] of busyStretches(overview, counter)) {
    const { events } = await trace.eventsBetween(fromUs, toUs - 1);
    for (const event of events) if (event.kind === kind && found.length < MAX_EVENTS) found.push(event);
  }
  return found;
}

/** @returns when each fault was at work, in the order of beginning */
export async function faultSpans(trace: Trace): Promise<readonly FaultSpan[]> {
  const open = new Map<number, number>();
  const spans: FaultSpan[] = [];
  const close = (fault: number, toUs: number) => {
    const fromUs = open.get(fault);
    if (fromUs === undefined) return;
    open.delete(fault);
    spans.push({ fault, name: trace.meta.faults[fault] ?? `fault ${fault}`, fromUs, toUs });
  };
  for (const event of await rareEvents(trace, "faults", "fault")) {
    if (event.text === "begins") open.set(event.subject, event.atUs);
    else close(event.subject, event.atUs);
  }
  for (const fault of [...open.keys()]) close(fault, trace.untilUs);
  return spans.sort((a, b) => a.fromUs - b.fromUs || a.fault - b.fault);
}

/** @returns the faults at work at a moment */
export function activeFaults(spans: readonly FaultSpan[], timeUs: number): readonly FaultSpan[] {
  return spans.filter((span) => span.fromUs <= timeUs && timeUs < span.toUs);
}
