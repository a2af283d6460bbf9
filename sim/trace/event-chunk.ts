import { Reader, Writer } from "../../protocol/core/codec.ts";
import { RunningSummary } from "./chunk-summary.ts";
import { accumulate, readColumn, writeColumn } from "./column.ts";
import { MAX_RAW_BYTES } from "./format.ts";
import { EVENT_KINDS, type EventKind, type TraceEvent } from "./model.ts";
import { readJson, stringList, TextTable } from "./text.ts";

/** Most encoded bytes of a row's numbers. */
const ROW_BYTES = 34;
const HEADS_BYTES = 256;
/** Longest text kept of a reason. */
const MAX_TEXT = 200;
const MAX_EVENT_ROWS = 6144;

/** Columns in the order of the format: each field of a row as a number. */
const COLUMNS = ["at", "node", "kind", "height", "view", "subject", "hash", "text"] as const;

const KIND_NUMBERS = Object.fromEntries(EVENT_KINDS.map((kind, number) => [kind, number])) as Record<EventKind, number>;

/** Events of the chunk being filled. */
export class EventColumns {
  readonly #nodeCount: number;
  readonly #writer = new Writer();
  readonly #columns = COLUMNS.map(() => new Float64Array(MAX_EVENT_ROWS));
  readonly #texts = new TextTable();
  #summary: RunningSummary;
  #lastAtUs = 0;

  constructor(nodeCount: number) {
    this.#nodeCount = nodeCount;
    this.#summary = new RunningSummary(nodeCount);
  }

  get summary(): RunningSummary {
    return this.#summary;
  }

  get full(): boolean {
    const nextBytes = ROW_BYTES + 6 * (MAX_TEXT + 64);
    const usedBytes = this.#summary.rows * ROW_BYTES + this.#texts.sizeBytes + HEADS_BYTES;
    return this.#summary.rows === MAX_EVENT_ROWS || usedBytes + nextBytes > MAX_RAW_BYTES;
  }

  add(event: TraceEvent): void {
    this.#put(0, event.atUs - this.#lastAtUs);
    this.#put(1, event.node);
    this.#put(2, KIND_NUMBERS[event.kind]);
    this.#put(3, event.height);
    this.#put(4, event.view);
    this.#put(5, event.subject);
    this.#put(6, this.#texts.add(event.blockHash));
    this.#put(7, this.#texts.add(event.text.slice(0, MAX_TEXT)));
    this.#lastAtUs = event.atUs;
    this.#summary.add(event.atUs, Math.max(0, event.height));
    if (event.node >= 0) this.#summary.nodes.add(event.node);
  }

  #put(column: number, value: number): void {
    (this.#columns[column] as Float64Array)[this.#summary.rows] = value;
  }

  /** @returns the chunk's content; the columns are empty again */
  drain(): Uint8Array {
    for (const column of this.#columns) writeColumn(this.#writer, column, this.#summary.rows);
    this.#texts.drain(this.#writer);
    this.#summary = new RunningSummary(this.#nodeCount);
    this.#lastAtUs = 0;
    return this.#writer.finish();
  }
}

/** @returns the events, or null when the content is malformed */
export function decodeEvents(content: Uint8Array, rows: number): readonly TraceEvent[] | null {
  if (rows > MAX_EVENT_ROWS) return null;
  const reader = new Reader(content);
  const [at, node, kind, height, view, subject, hash, text] = COLUMNS.map(() => readColumn(reader, rows));
  const texts = stringList(readJson(reader, MAX_RAW_BYTES));
  if (texts === null || !reader.complete()) return null;
  const times = accumulate(at as Float64Array);
  const number = (column: Float64Array | undefined, row: number) => column?.[row] as number;
  const events: TraceEvent[] = [];
  for (let row = 0; row < rows; row++) {
    const name = EVENT_KINDS[number(kind, row)];
    const blockHash = texts[number(hash, row)];
    const label = texts[number(text, row)];
    if (name === undefined || blockHash === undefined || label === undefined) return null;
    events.push({
      atUs: times[row] as number,
      node: number(node, row),
      kind: name,
      height: number(height, row),
      view: number(view, row),
      subject: number(subject, row),
      blockHash,
      text: label,
    });
  }
  return events;
}
