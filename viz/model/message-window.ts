import type { MessageTable, Overview, Trace } from "../../sim/trace/reader.ts";

/** How long the mark of a dropped message stays, in simulated time. */
export const DROP_LINGER_US = 250_000;
/** Messages a segment should hold at the run's busiest moment, and may hold at all. */
const WANTED_ROWS = 20_000;
const MAX_ROWS = 200_000;
const SHORTEST_SEGMENT_US = 20_000;
const LONGEST_SEGMENT_US = 30_000_000;
/** Segments kept: the present one, those ahead, and some for stepping back. */
const MAX_SEGMENTS = 6;
const SEGMENTS_AHEAD = 2;

/** @returns a length of segments that keeps one of them small enough to be scanned in every frame */
export function segmentLengthUs(overview: Overview): number {
  const busiest = overview.counts.sent.reduce((most, count) => Math.max(most, count), 1);
  const lengthUs = Math.round((overview.bucketUs * WANTED_ROWS) / busiest);
  return Math.min(LONGEST_SEGMENT_US, Math.max(SHORTEST_SEGMENT_US, lengthUs));
}

/**
 * The messages around the present moment, in segments of equal length; each holds every message that is under way, or
 * whose drop still shows, at any moment of it. Memory is bounded whatever the run's length.
 */
export class MessageWindow {
  readonly #trace: Trace;
  readonly #segmentUs: number;
  readonly #failed: (error: unknown) => void;
  readonly #tables = new Map<number, MessageTable>();
  readonly #loading = new Map<number, Promise<void>>();

  /** @param failed hears why a segment could not be loaded */
  constructor(trace: Trace, segmentUs: number, failed: (error: unknown) => void) {
    this.#trace = trace;
    this.#segmentUs = segmentUs;
    this.#failed = failed;
  }

  /** Segments held now. */
  get segments(): number {
    return this.#tables.size;
  }

  /** @returns the messages under way at the moment and others near it, or null while they are being loaded */
  tableAt(timeUs: number): MessageTable | null {
    const segment = Math.floor(timeUs / this.#segmentUs);
    const last = Math.floor(this.#trace.untilUs / this.#segmentUs);
    for (let ahead = segment; ahead <= Math.min(last, segment + SEGMENTS_AHEAD); ahead++) this.#want(ahead);
    return this.#tables.get(segment) ?? null;
  }

  /** Resolves once the messages of the moment are there. */
  async load(timeUs: number): Promise<void> {
    const segment = Math.floor(timeUs / this.#segmentUs);
    this.#want(segment);
    await this.#loading.get(segment);
  }

  #want(segment: number): void {
    if (this.#tables.has(segment) || this.#loading.has(segment)) return;
    this.#loading.set(segment, this.#fetch(segment));
  }

  async #fetch(segment: number): Promise<void> {
    const fromUs = segment * this.#segmentUs;
    try {
      const earliestUs = Math.max(0, fromUs - DROP_LINGER_US);
      const table = await this.#trace.messagesBetween(earliestUs, fromUs + this.#segmentUs, { limit: MAX_ROWS });
      this.#tables.set(segment, table);
      this.#evict(segment);
    } catch (error) {
      this.#failed(error);
    }
    this.#loading.delete(segment);
  }

  /** Lets the segments go that are farthest from the one just loaded. */
  #evict(near: number): void {
    const byDistance = [...this.#tables.keys()].sort((a, b) => Math.abs(b - near) - Math.abs(a - near));
    for (const segment of byDistance.slice(0, Math.max(0, byDistance.length - MAX_SEGMENTS))) {
      this.#tables.delete(segment);
    }
  }
}
