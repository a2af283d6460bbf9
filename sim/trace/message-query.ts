import type { ChunkStore } from "./chunk-store.ts";
import type { IndexEntry } from "./footer-chunk.ts";
import { Corrections, decodeLate } from "./late-chunk.ts";
import { decodeMessages, emptyTable } from "./message-chunk.ts";
import type { MessageTable } from "./model.ts";

/** Rows of a chunk that a query asks for. */
interface Selection {
  readonly table: MessageTable;
  readonly rows: Uint32Array;
}

/** What messages are asked for: under way at some moment of [fromUs, toUs], from or to the node if there is one. */
export interface MessageFilter {
  readonly fromUs: number;
  readonly toUs: number;
  readonly node: number | null;
}

/** Loads a chunk of messages with the corrections that came after it. */
export async function loadMessages(
  store: ChunkStore,
  entry: IndexEntry,
  lateChunks: readonly IndexEntry[],
): Promise<MessageTable | null> {
  const { firstKey, lastKey, rows } = entry.header;
  const corrections = new Corrections();
  for (const late of lateChunks) {
    if (late.header.firstKey > lastKey || late.header.lastKey < firstKey) continue;
    const table = await store.load(late, (content) => decodeLate(content, late.header.rows));
    if (table !== null) corrections.add(table, firstKey, lastKey);
  }
  return store.load(entry, (content) => {
    const table = decodeMessages(content, rows);
    if (table !== null) corrections.apply(table);
    return table;
  });
}

/** Picks the rows that pass the filter. @param most rows wanted */
export function select(table: MessageTable, filter: MessageFilter, most: number): Selection {
  const rows = new Uint32Array(table.count);
  const { fromUs, toUs, node } = filter;
  let found = 0;
  for (let row = 0; row < table.count && found < most; row++) {
    if ((table.sentUs[row] as number) > toUs || (table.arrivalUs[row] as number) < fromUs) continue;
    if (node !== null && table.source[row] !== node && table.destination[row] !== node) continue;
    rows[found++] = row;
  }
  return { table, rows: rows.subarray(0, found) };
}

/** @returns the selected rows as one table */
export function gather(selections: readonly Selection[], cut: boolean): MessageTable {
  const all = { ...emptyTable(selections.reduce((sum, { rows }) => sum + rows.length, 0)), cut };
  let at = 0;
  for (const { table, rows } of selections) {
    for (const row of rows) {
      all.sentUs[at] = table.sentUs[row] as number;
      all.arrivalUs[at] = table.arrivalUs[row] as number;
      all.source[at] = table.source[row] as number;
      all.destination[at] = table.destination[row] as number;
      all.messageClass[at] = table.messageClass[row] as number;
      all.sizeBytes[at] = table.sizeBytes[row] as number;
      all.outcome[at] = table.outcome[row] as number;
      all.emission[at] = table.emission[row] as number;
      all.cause[at] = table.cause[row] as number;
      at += 1;
    }
  }
  return all;
}
