import { type Line, lineText, traceEvents } from "./describe.ts";
import type { ChunkInfo, Trace } from "./model.ts";

/** Where two traces part: the first line that only one of them has, or that each has otherwise. */
export interface Divergence {
  readonly atUs: number;
  /** Null where that trace is over. */
  readonly lines: readonly [first: Line | null, second: Line | null];
}

function chunksOf({ chunks }: Trace, kind: string): ChunkInfo[] {
  return chunks.filter((chunk) => chunk.kind === kind);
}

/** Chunks are closed by what the run did, so equal runs have equal chunks; only other compressors make them differ in vain. */
function firstUnequal(a: Trace, b: Trace, kind: string): ChunkInfo[] {
  const [first, second] = [chunksOf(a, kind), chunksOf(b, kind)];
  for (let place = 0; place < Math.max(first.length, second.length); place++) {
    const [one, other] = [first[place], second[place]];
    if (one === undefined || other === undefined || !alike(one, other))
      return [one, other].filter((each) => each !== undefined);
  }
  return [];
}

function alike(a: ChunkInfo, b: ChunkInfo): boolean {
  const sizes = a.rows === b.rows && a.rawBytes === b.rawBytes && a.lengthBytes === b.lengthBytes;
  return sizes && a.checksum === b.checksum && a.fromUs === b.fromUs && a.toUs === b.toUs;
}

/** A correction belongs to a message that was sent before: look from the first chunk that may hold it. */
function sentBefore(trace: Trace, lateUs: number): number {
  const holders = chunksOf(trace, "messages").filter(({ toUs }) => toUs >= lateUs);
  return holders.reduce((earliest, { fromUs }) => Math.min(earliest, fromUs), lateUs);
}

/** @returns a moment before which both say the same, by the checksums of their chunks alone; null where all are equal */
function equalUntilUs(a: Trace, b: Trace): number | null {
  const starts = ["messages", "events"].flatMap((kind) => firstUnequal(a, b, kind).map(({ fromUs }) => fromUs));
  const late = firstUnequal(a, b, "late").flatMap(({ fromUs }) => [sentBefore(a, fromUs), sentBefore(b, fromUs)]);
  const all = [...starts, ...late];
  return all.length === 0 ? null : Math.min(...all);
}

function sameLine(a: Line | null, b: Line | null): boolean {
  if (a === null || b === null) return a === b;
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/**
 * Finds where two traces part. Only the chunks around that place are decoded, however long the traces are.
 *
 * @returns null where they tell the same
 */
export async function firstDivergence(a: Trace, b: Trace): Promise<Divergence | null> {
  const fromUs = equalUntilUs(a, b);
  if (fromUs === null) return null;
  const [first, second] = [traceEvents(a, { fromUs }), traceEvents(b, { fromUs })];
  for (;;) {
    const [one, other] = await Promise.all([first.next(), second.next()]);
    const lines = [one.done ? null : one.value, other.done ? null : other.value] as const;
    if (lines[0] === null && lines[1] === null) return null;
    if (!sameLine(...lines))
      return { atUs: Math.min(...lines.map((line) => line?.atUs ?? Number.POSITIVE_INFINITY)), lines };
  }
}

/** @returns the divergence for people: when, and what each has there */
export function divergenceText({ atUs, lines }: Divergence): string {
  const shown = lines.map((line) => (line === null ? "nothing more" : lineText(line)));
  return `first difference at ${atUs / 1e6} s\n  A ${shown[0]}\n  B ${shown[1]}`;
}
