import { Reader, Writer } from "../../protocol/core/codec.ts";
import { readColumn, writeColumn } from "./column.ts";
import { COUNTERS, type Counter, type MessageTable, type Overview } from "./model.ts";

/** Finest level kept: so many buckets cover the whole run. */
const MAX_BUCKETS = 4096;
/** Length of the first buckets, 1024 µs; doubled whenever the run outgrows them. */
const FIRST_BUCKET_US = 1024;

/** One column for each counter. */
function columns(make: (counter: Counter) => Float64Array): Record<Counter, Float64Array> {
  return Object.fromEntries(COUNTERS.map((counter) => [counter, make(counter)])) as Record<Counter, Float64Array>;
}

/** Adds up neighbours two by two, in place; the second half becomes zero. */
function halve(counts: Float64Array): void {
  for (let i = 0; i < counts.length; i++) {
    counts[i] = (counts[2 * i] ?? 0) + (counts[2 * i + 1] ?? 0);
  }
}

/** Counts over the run's time, at the finest resolution that bounded memory allows. */
export class OverviewCounts {
  readonly #counts = columns(() => new Float64Array(MAX_BUCKETS));
  #bucketUs = FIRST_BUCKET_US;
  #buckets = 0;

  add(counter: Counter, atUs: number, amount: number): void {
    while (atUs >= this.#bucketUs * MAX_BUCKETS) this.#coarsen();
    const bucket = Math.floor(atUs / this.#bucketUs);
    if (bucket >= this.#buckets) this.#buckets = bucket + 1;
    const counts = this.#counts[counter];
    counts[bucket] = (counts[bucket] as number) + amount;
  }

  /** Counts one emission's copies, all at the moment its first one left. */
  addEmission(sentUs: number, copies: number, dropped: number, sizeBytes: number): void {
    this.add("sent", sentUs, copies);
    this.add("sentBytes", sentUs, copies * sizeBytes);
    if (dropped > 0) this.add("dropped", sentUs, dropped);
  }

  /** Counts a chunk's messages, as told when they were sent. */
  addTable(table: MessageTable): void {
    for (let row = 0, end = 0; row < table.count; row = end) {
      let dropped = 0;
      for (end = row; end < table.count && table.emission[end] === table.emission[row]; end++) {
        if (table.outcome[end] !== 0) dropped += 1;
      }
      this.addEmission(table.sentUs[row] as number, end - row, dropped, table.sizeBytes[row] as number);
    }
  }

  #coarsen(): void {
    this.#bucketUs *= 2;
    this.#buckets = Math.ceil(this.#buckets / 2);
    for (const counter of COUNTERS) halve(this.#counts[counter]);
  }

  /** @returns the counts so far */
  finest(): Overview {
    const counts = columns((counter) => this.#counts[counter].slice(0, this.#buckets));
    return { bucketUs: this.#bucketUs, buckets: this.#buckets, counts };
  }
}

/** @returns the overview chunk's content */
export function encodeOverview(overview: Overview): Uint8Array {
  const writer = new Writer().u64(overview.bucketUs).u32(overview.buckets);
  for (const counter of COUNTERS) writeColumn(writer, overview.counts[counter], overview.buckets);
  return writer.finish();
}

/** @returns the counts, or null when the content is malformed */
export function decodeOverview(content: Uint8Array): Overview | null {
  const reader = new Reader(content);
  const bucketUs = reader.u64();
  const buckets = reader.u32();
  if (buckets > MAX_BUCKETS || bucketUs < FIRST_BUCKET_US) return null;
  const counts = columns(() => readColumn(reader, buckets));
  return reader.complete() ? { bucketUs, buckets, counts } : null;
}

/** @returns the level of the pyramid with at most `maxBuckets` buckets: sums of the finest one's neighbours */
export function coarser(overview: Overview, maxBuckets: number): Overview {
  let { bucketUs, buckets } = overview;
  const whole = columns((counter) => overview.counts[counter].slice());
  while (buckets > Math.max(1, maxBuckets)) {
    for (const counter of COUNTERS) halve(whole[counter]);
    bucketUs *= 2;
    buckets = Math.ceil(buckets / 2);
  }
  return { bucketUs, buckets, counts: columns((counter) => whole[counter].slice(0, buckets)) };
}
