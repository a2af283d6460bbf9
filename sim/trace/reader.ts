import { decodeBlocks } from "./block-chunk.ts";
import { HEADER_BYTES } from "./chunk-header.ts";
import { type ChunkStore, loadAhead } from "./chunk-store.ts";
import { decodeEvents } from "./event-chunk.ts";
import type { Footer, IndexEntry } from "./footer-chunk.ts";
import { ChunkKind, kindName } from "./format.ts";
import { decodeLate } from "./late-chunk.ts";
import { decodeMessages } from "./message-chunk.ts";
import { gather, loadMessages, select } from "./message-query.ts";
import type * as model from "./model.ts";
import { NodeSet } from "./node-set.ts";
import { counterOf } from "./observation-event.ts";
import { type Opened, openFile } from "./open.ts";
import { coarser, decodeOverview, OverviewCounts } from "./overview.ts";
import type { Decompress, RangeReader } from "./ports.ts";
import type { StateTable } from "./state-fields.ts";
import { StateQuery } from "./state-query.ts";
import { verifyFile } from "./verify.ts";

/** Rows that a query returns unless told otherwise. */
const DEFAULT_LIMIT = 1_000_000;

function byKind(index: readonly IndexEntry[]): Map<number, IndexEntry[]> {
  const kinds = new Map<number, IndexEntry[]>();
  for (const entry of index) {
    const same = kinds.get(entry.header.kind);
    if (same) same.push(entry);
    else kinds.set(entry.header.kind, [entry]);
  }
  return kinds;
}

/** A trace file, read in parts and in any order. */
class TraceFile implements model.Trace {
  readonly meta: model.TraceMeta;
  readonly sizeBytes: number;
  readonly #source: RangeReader;
  readonly #store: ChunkStore;
  readonly #index: readonly IndexEntry[];
  readonly #footer: Footer | null;
  readonly #byKind: ReadonlyMap<number, readonly IndexEntry[]>;
  readonly #state: StateQuery;

  constructor(source: RangeReader, { store, head, nodes, index, footer }: Opened) {
    const { nodeCount: _, ...rest } = head;
    this.meta = { ...rest, nodes };
    this.sizeBytes = source.sizeBytes;
    this.#source = source;
    this.#store = store;
    this.#index = index;
    this.#footer = footer;
    this.#byKind = byKind(index);
    this.#state = new StateQuery(store, nodes.length, this.#of(ChunkKind.state));
  }

  get ending(): model.Ending {
    return this.#footer?.ending ?? "cut";
  }

  get digest(): string {
    return this.#footer?.digest ?? "";
  }

  get stateDigest(): string {
    return this.#footer?.stateDigest ?? "";
  }

  get untilUs(): number {
    return this.#footer?.untilUs ?? this.#index.reduce((latest, { header }) => Math.max(latest, header.toUs), 0);
  }

  get damage(): readonly model.Damage[] {
    return this.#store.damage;
  }

  get chunks(): readonly model.ChunkInfo[] {
    return this.#index.map(({ offset, header }) => ({
      kind: kindName(header.kind) ?? "",
      offset,
      lengthBytes: HEADER_BYTES + header.storedBytes,
      rawBytes: header.rawBytes,
      checksum: header.checksum,
      rows: header.rows,
      fromUs: header.fromUs,
      toUs: header.toUs,
    }));
  }

  #of(kind: number): readonly IndexEntry[] {
    return this.#byKind.get(kind) ?? [];
  }

  /** Chunks of a kind that may hold something of an interval, and of a node if there is one. */
  #overlapping(kind: number, fromUs: number, toUs: number, node: number | null): readonly IndexEntry[] {
    return this.#of(kind).filter(({ header }) => {
      if (header.fromUs > toUs || header.toUs < fromUs) return false;
      return node === null || new NodeSet(this.meta.nodes.length, header.nodes).mayHave(node);
    });
  }

  async messagesBetween(fromUs: number, toUs: number, options: model.QueryOptions = {}): Promise<model.MessageTable> {
    const { node = null, limit = DEFAULT_LIMIT } = options;
    const late = this.#of(ChunkKind.late);
    const selections = [];
    let left = limit;
    const entries = this.#overlapping(ChunkKind.messages, fromUs, toUs, node);
    for await (const table of loadAhead(entries, (entry) => loadMessages(this.#store, entry, late))) {
      const selection = select(table, { fromUs, toUs, node }, left + 1);
      selections.push(selection.rows.length > left ? { table, rows: selection.rows.subarray(0, left) } : selection);
      if (selection.rows.length > left) return gather(selections, true);
      left -= selection.rows.length;
    }
    return gather(selections, false);
  }

  #loadEvents(entry: IndexEntry): Promise<readonly model.TraceEvent[] | null> {
    return this.#store.load(entry, (content) => decodeEvents(content, entry.header.rows));
  }

  async eventsBetween(fromUs: number, toUs: number, options: model.QueryOptions = {}): Promise<model.EventList> {
    const { node = null, limit = DEFAULT_LIMIT } = options;
    const events: model.TraceEvent[] = [];
    const entries = this.#overlapping(ChunkKind.events, fromUs, toUs, node);
    for await (const chunk of loadAhead(entries, (entry) => this.#loadEvents(entry))) {
      for (const event of chunk) {
        if (event.atUs < fromUs || event.atUs > toUs || (node !== null && event.node !== node)) continue;
        if (events.length >= limit) return { events, cut: true };
        events.push(event);
      }
    }
    return { events, cut: false };
  }

  stateAt(timeUs: number, node?: number): Promise<StateTable> {
    return node === undefined ? this.#state.all(timeUs) : this.#state.one(timeUs, node);
  }

  async overview(maxBuckets: number): Promise<model.Overview> {
    const [entry] = this.#of(ChunkKind.overview);
    const stored = entry ? await this.#store.load(entry, decodeOverview) : null;
    return coarser(stored ?? (await this.#count()), maxBuckets);
  }

  /** Counts again what a lost overview had counted. */
  async #count(): Promise<model.Overview> {
    const counts = new OverviewCounts();
    for (const { offset, header } of this.#of(ChunkKind.messages)) {
      const content = await this.#store.content({ offset, header });
      const table = content === null ? null : decodeMessages(content, header.rows);
      if (table !== null) counts.addTable(table);
    }
    for (const { offset, header } of this.#of(ChunkKind.late)) {
      const late = await this.#store.load({ offset, header }, (content) => decodeLate(content, header.rows));
      late?.atUs.forEach((atUs) => {
        counts.add("dropped", atUs, 1);
      });
    }
    for await (const chunk of loadAhead(this.#of(ChunkKind.events), (entry) => this.#loadEvents(entry))) {
      for (const event of chunk) {
        const counter = counterOf(event);
        if (counter !== null) counts.add(counter, event.atUs, 1);
      }
    }
    return counts.finest();
  }

  async blocks(): Promise<readonly model.TraceBlock[]> {
    const unique = new Map<string, model.TraceBlock>();
    const load = (entry: IndexEntry) => this.#store.load(entry, (content) => decodeBlocks(content, entry.header.rows));
    for await (const blocks of loadAhead(this.#of(ChunkKind.blocks), load)) {
      for (const block of blocks) {
        const chain = this.meta.nodes[block.finalizedBy]?.chain ?? "unknown";
        if (!unique.has(block.hash)) unique.set(block.hash, { chain, ...block });
      }
    }
    return [...unique.values()].sort((a, b) => a.height - b.height);
  }

  async verify(): Promise<readonly model.Damage[]> {
    await verifyFile(this.#source, this.#store, this.#index, this.meta.nodes.length, this.stateDigest);
    return this.damage;
  }
}

/**
 * Opens a trace: reads only its footer, index and description of nodes, or, where those are damaged, all of the file once.
 *
 * @returns the trace, or why the bytes are none; never throws for what they hold
 */
export async function openTrace(source: RangeReader, decompress: Decompress): Promise<model.Trace | model.Unreadable> {
  const opened = await openFile(source, decompress);
  return "unreadable" in opened ? opened : new TraceFile(source, opened);
}

export type * from "./model.ts";
export type { Decompress, RangeReader } from "./ports.ts";
export { MODES, PLACE_OFFSET, POWER_NAMES, STATE_FIELDS, StateTable } from "./state-fields.ts";
