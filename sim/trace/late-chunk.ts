import { Reader, Writer } from "../../protocol/core/codec.ts";
import { RunningSummary } from "./chunk-summary.ts";
import { accumulate, readColumn, writeColumn } from "./column.ts";
import type { MessageTable } from "./model.ts";

/** Rows of one chunk at most; 21 bytes at worst each. */
const MAX_LATE_ROWS = 8192;

/** Outcomes that changed after they were told. Rows are not rewritten, so that a chunk once written is final. */
export class LateColumns {
  readonly #nodeCount: number;
  readonly #writer = new Writer();
  readonly #emission = new Float64Array(MAX_LATE_ROWS);
  readonly #destination = new Float64Array(MAX_LATE_ROWS);
  readonly #outcome = new Float64Array(MAX_LATE_ROWS);
  readonly #at = new Float64Array(MAX_LATE_ROWS);
  #summary: RunningSummary;
  #lastEmission = 0;
  #lastAtUs = 0;

  constructor(nodeCount: number) {
    this.#nodeCount = nodeCount;
    this.#summary = new RunningSummary(nodeCount);
  }

  get summary(): RunningSummary {
    return this.#summary;
  }

  get full(): boolean {
    return this.#summary.rows === MAX_LATE_ROWS;
  }

  /** Appends one correction; see TraceSink.late. */
  add(emission: number, destination: number, outcome: number, atUs: number): void {
    const row = this.#summary.rows;
    const existing = Math.min(destination, this.#nodeCount);
    this.#emission[row] = emission - this.#lastEmission;
    this.#destination[row] = existing;
    this.#outcome[row] = outcome;
    this.#at[row] = atUs - this.#lastAtUs;
    this.#lastEmission = emission;
    this.#lastAtUs = atUs;
    this.#summary.add(atUs, emission);
    this.#summary.nodes.add(existing);
  }

  /** @returns the chunk's content; the columns are empty again */
  drain(): Uint8Array {
    const rows = this.#summary.rows;
    for (const column of [this.#emission, this.#destination, this.#outcome, this.#at]) {
      writeColumn(this.#writer, column, rows);
    }
    this.#summary = new RunningSummary(this.#nodeCount);
    this.#lastEmission = 0;
    this.#lastAtUs = 0;
    return this.#writer.finish();
  }
}

/** Corrections of one chunk, as columns. */
export interface LateTable {
  readonly emission: Float64Array;
  readonly destination: Float64Array;
  readonly outcome: Float64Array;
  readonly atUs: Float64Array;
}

/** @returns the corrections, or null when the content is malformed */
export function decodeLate(content: Uint8Array, rows: number): LateTable | null {
  if (rows > MAX_LATE_ROWS) return null;
  const reader = new Reader(content);
  const table: LateTable = {
    emission: accumulate(readColumn(reader, rows)),
    destination: readColumn(reader, rows),
    outcome: readColumn(reader, rows),
    atUs: accumulate(readColumn(reader, rows)),
  };
  return reader.complete() ? table : null;
}

/** Finds the corrections of emissions; built for one chunk of messages. */
export class Corrections {
  readonly #byEmission = new Map<number, { destination: number; outcome: number; atUs: number }[]>();

  /** Takes in the corrections of emissions first … last. */
  add(table: LateTable, first: number, last: number): void {
    for (let row = 0; row < table.emission.length; row++) {
      const emission = table.emission[row] as number;
      if (emission < first || emission > last) continue;
      const known = this.#byEmission.get(emission) ?? [];
      if (known.length === 0) this.#byEmission.set(emission, known);
      known.push({
        destination: table.destination[row] as number,
        outcome: table.outcome[row] as number,
        atUs: table.atUs[row] as number,
      });
    }
  }

  /** Alters the outcomes of delivered copies that had arrived when they were corrected. */
  apply(messages: MessageTable): void {
    if (this.#byEmission.size === 0) return;
    for (let row = 0; row < messages.count; row++) {
      if (messages.outcome[row] !== 0) continue;
      const arrivalUs = messages.arrivalUs[row] as number;
      for (const late of this.#byEmission.get(messages.emission[row] as number) ?? []) {
        if (late.destination === messages.destination[row] && arrivalUs <= late.atUs)
          messages.outcome[row] = late.outcome;
      }
    }
  }
}
