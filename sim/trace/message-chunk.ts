import { Reader, Writer } from "../../protocol/core/codec.ts";
import { addModels, modelRows, subtractModels } from "./broadcast-model.ts";
import type { ChunkSummary } from "./chunk-summary.ts";
import { accumulate, readColumn, writeColumn } from "./column.ts";
import { MAX_RAW_BYTES } from "./format.ts";
import type { MessageTable } from "./model.ts";
import { NodeSet } from "./node-set.ts";
import type { OverviewCounts } from "./overview.ts";

/** Most encoded bytes of a row, of an emission, and of all column heads. */
const ROW_BYTES = 17;
const EMISSION_BYTES = 32;
const HEADS_BYTES = 256;

/** Rows of one chunk at most, so that a chunk of worst values keeps its size limit. */
export const MAX_MESSAGE_ROWS = Math.floor((MAX_RAW_BYTES - HEADS_BYTES) / ROW_BYTES);
const MAX_EMISSIONS = Math.floor((MAX_RAW_BYTES - HEADS_BYTES) / (ROW_BYTES + EMISSION_BYTES));

/**
 * Messages of the chunk being filled. What the copies of one emission share is kept once, with their number; each copy
 * keeps its destination, the time since the copy before it, its delay and its outcome; see also broadcast-model.ts.
 */
export class MessageColumns {
  readonly #nodeCount: number;
  readonly #writer = new Writer();
  readonly #destination = new Float64Array(MAX_MESSAGE_ROWS);
  readonly #gap = new Float64Array(MAX_MESSAGE_ROWS);
  readonly #delay = new Float64Array(MAX_MESSAGE_ROWS);
  readonly #outcome = new Float64Array(MAX_MESSAGE_ROWS);
  readonly #copies = new Float64Array(MAX_EMISSIONS);
  readonly #sent = new Float64Array(MAX_EMISSIONS);
  readonly #source = new Float64Array(MAX_EMISSIONS);
  readonly #class = new Float64Array(MAX_EMISSIONS);
  readonly #size = new Float64Array(MAX_EMISSIONS);
  readonly #emission = new Float64Array(MAX_EMISSIONS);
  readonly #cause = new Float64Array(MAX_EMISSIONS);
  #rows = 0;
  #emissions = 0;
  #lastEmission = -1;
  #lastFirstSentUs = 0;
  #lastSentUs = 0;
  #fromUs = 0;
  #toUs = 0;
  #firstEmission = 0;
  #greatestEmission = 0;
  #nodes: NodeSet;

  /** @param nodeCount destinations from here on do not exist and are stored as this number */
  constructor(nodeCount: number) {
    this.#nodeCount = nodeCount;
    this.#nodes = new NodeSet(nodeCount);
  }

  get rows(): number {
    return this.#rows;
  }

  /** Whether the next message might not fit. */
  get full(): boolean {
    const next = ROW_BYTES + EMISSION_BYTES;
    return this.#rows * ROW_BYTES + this.#emissions * EMISSION_BYTES > MAX_RAW_BYTES - HEADS_BYTES - next;
  }

  /** Appends one copy; see TraceSink.message. */
  add(
    sentUs: number,
    arrivalUs: number,
    source: number,
    destination: number,
    messageClass: number,
    sizeBytes: number,
    outcome: number,
    emission: number,
    cause: number,
  ): void {
    const row = this.#rows++;
    if (emission !== this.#lastEmission) this.#begin(sentUs, source, messageClass, sizeBytes, emission, cause);
    const exists = destination >= 0 && destination < this.#nodeCount;
    const existing = exists ? destination : this.#nodeCount;
    const last = this.#emissions - 1;
    this.#copies[last] = (this.#copies[last] as number) + 1;
    this.#destination[row] = existing;
    this.#gap[row] = sentUs - this.#lastSentUs;
    this.#delay[row] = arrivalUs - sentUs;
    this.#outcome[row] = outcome;
    this.#lastSentUs = sentUs;
    if (sentUs < this.#fromUs || row === 0) this.#fromUs = sentUs;
    if (arrivalUs > this.#toUs || row === 0) this.#toUs = arrivalUs;
    this.#nodes.add(existing);
  }

  #begin(
    sentUs: number,
    source: number,
    messageClass: number,
    sizeBytes: number,
    emission: number,
    cause: number,
  ): void {
    const at = this.#emissions++;
    if (at === 0) {
      this.#firstEmission = emission;
      this.#greatestEmission = emission;
    }
    this.#copies[at] = 0;
    this.#sent[at] = sentUs - this.#lastFirstSentUs;
    this.#source[at] = source;
    this.#class[at] = messageClass;
    this.#size[at] = sizeBytes;
    this.#emission[at] = emission - (at === 0 ? 0 : this.#lastEmission);
    this.#cause[at] = cause < 0 ? cause : emission - cause;
    this.#firstEmission = Math.min(this.#firstEmission, emission);
    this.#greatestEmission = Math.max(this.#greatestEmission, emission);
    this.#lastEmission = emission;
    this.#lastFirstSentUs = sentUs;
    this.#lastSentUs = sentUs;
    this.#nodes.add(source);
  }

  /** @returns the header's part, before `drain` empties the columns */
  summary(): ChunkSummary {
    return {
      rows: this.#rows,
      fromUs: this.#fromUs,
      toUs: this.#toUs,
      firstKey: this.#firstEmission,
      lastKey: this.#greatestEmission,
      nodes: this.#nodes,
    };
  }

  /** Counts the messages, before `drain` empties the columns. */
  count(counts: OverviewCounts): void {
    let sentUs = 0;
    for (let emission = 0, row = 0; emission < this.#emissions; emission++) {
      const copies = this.#copies[emission] as number;
      const end = row + copies;
      let dropped = 0;
      for (; row < end; row++) if (this.#outcome[row] !== 0) dropped += 1;
      sentUs += this.#sent[emission] as number;
      counts.addEmission(sentUs, copies, dropped, this.#size[emission] as number);
    }
  }

  /** @returns the chunk's content; the columns are empty again */
  drain(): Uint8Array {
    const writer = this.#writer.u32(this.#emissions);
    const shared = [this.#copies, this.#sent, this.#source, this.#class, this.#size, this.#emission, this.#cause];
    for (const column of shared) writeColumn(writer, column, this.#emissions);
    const models = modelRows(this.#emissions, this.#copies, this.#source, this.#class);
    for (const column of [this.#destination, this.#gap]) {
      writeColumn(writer, subtractModels(column, models, this.#rows), this.#rows);
    }
    for (const column of [this.#delay, this.#outcome]) writeColumn(writer, column, this.#rows);
    this.#rows = 0;
    this.#emissions = 0;
    this.#lastEmission = -1;
    this.#lastFirstSentUs = 0;
    this.#nodes = new NodeSet(this.#nodeCount);
    return writer.finish();
  }
}

/** @returns a table for `count` rows, all zero */
export function emptyTable(count: number): MessageTable {
  return {
    count,
    sentUs: new Float64Array(count),
    arrivalUs: new Float64Array(count),
    source: new Uint32Array(count),
    destination: new Uint32Array(count),
    messageClass: new Uint8Array(count),
    sizeBytes: new Uint32Array(count),
    outcome: new Uint8Array(count),
    emission: new Float64Array(count),
    cause: new Float64Array(count),
    cut: false,
  };
}

/** The columns of a chunk as they were written. */
function readColumns(reader: Reader, rows: number) {
  const emissions = reader.u32();
  if (emissions > Math.min(rows, MAX_EMISSIONS)) reader.fail();
  const column = (count: number) => (reader.failed ? new Float64Array(0) : readColumn(reader, count));
  return {
    copies: column(emissions),
    sent: accumulate(column(emissions)),
    source: column(emissions),
    messageClass: column(emissions),
    size: column(emissions),
    emission: accumulate(column(emissions)),
    cause: column(emissions),
    destination: column(rows),
    gap: column(rows),
    delay: column(rows),
    outcome: column(rows),
  };
}

/**
 * @param rows as the chunk's header says
 * @returns the messages, without corrections that arrived late, or null when the content is malformed
 */
export function decodeMessages(content: Uint8Array, rows: number): MessageTable | null {
  if (rows > MAX_MESSAGE_ROWS) return null;
  const reader = new Reader(content);
  const columns = readColumns(reader, rows);
  const copies = columns.copies.reduce((sum, count) => sum + count, 0);
  if (!reader.complete() || copies !== rows || !columns.copies.every((count) => count >= 1)) return null;
  const table = emptyTable(rows);
  const models = modelRows(columns.copies.length, columns.copies, columns.source, columns.messageClass);
  addModels(columns.destination, models);
  addModels(columns.gap, models);
  table.destination.set(columns.destination);
  table.outcome.set(columns.outcome);
  for (let emission = 0, row = 0; emission < columns.copies.length; emission++) {
    const end = row + (columns.copies[emission] as number);
    const number = columns.emission[emission] as number;
    const cause = columns.cause[emission] as number;
    table.source.fill(columns.source[emission] as number, row, end);
    table.messageClass.fill(columns.messageClass[emission] as number, row, end);
    table.sizeBytes.fill(columns.size[emission] as number, row, end);
    table.emission.fill(number, row, end);
    table.cause.fill(cause < 0 ? cause : number - cause, row, end);
    for (let sent = columns.sent[emission] as number; row < end; row++) {
      sent += columns.gap[row] as number;
      table.sentUs[row] = sent;
      table.arrivalUs[row] = sent + (columns.delay[row] as number);
    }
  }
  return table;
}
