import { decodeHeader, HEADER_BYTES } from "./chunk-header.ts";
import { ChunkStore } from "./chunk-store.ts";
import { decodeFooter, decodeTrailer, type Footer, type IndexEntry } from "./footer-chunk.ts";
import { ChunkKind, FILE_MARK, MARK_BYTES, TRAILER_BYTES } from "./format.ts";
import { decodeMeta, decodeNodes, type MetaHead, unknownNode } from "./meta-chunk.ts";
import type { TraceNode, Unreadable } from "./model.ts";
import type { Decompress, RangeReader } from "./ports.ts";
import { MARK_DAMAGE, scan } from "./scan.ts";

/** What opening a file yields: its index, from the footer or by a scan, and what came to light on the way. */
export interface Opened {
  readonly store: ChunkStore;
  readonly head: MetaHead;
  readonly nodes: readonly TraceNode[];
  readonly index: readonly IndexEntry[];
  /** Null when the file has no sound footer. */
  readonly footer: Footer | null;
}

async function loadFooter(store: ChunkStore, entry: IndexEntry): Promise<Footer | null> {
  const content = await store.content(entry);
  return content === null ? null : decodeFooter(content);
}

/** @returns the footer that a sound trailer points to, or null */
async function footerByTrailer(source: RangeReader, store: ChunkStore): Promise<Footer | null> {
  if (source.sizeBytes < TRAILER_BYTES) return null;
  const offset = decodeTrailer(await source.read(source.sizeBytes - TRAILER_BYTES, TRAILER_BYTES));
  if (offset === null || offset > source.sizeBytes) return null;
  const header = decodeHeader(await source.read(offset, HEADER_BYTES));
  return header?.kind === ChunkKind.footer ? loadFooter(store, { offset, header }) : null;
}

/** @returns index and footer by reading the whole file */
async function recover(source: RangeReader, store: ChunkStore) {
  const found = await scan(source);
  for (const damage of found.damage) store.report(damage);
  const footer = found.footer === null ? null : await loadFooter(store, found.footer);
  return { index: found.index, footer };
}

async function loadNodes(store: ChunkStore, index: readonly IndexEntry[], count: number): Promise<TraceNode[]> {
  const nodes = Array.from({ length: count }, (_, number) => unknownNode(number));
  for (const { offset, header } of index) {
    if (header.kind !== ChunkKind.nodes) continue;
    const part = await store.load({ offset, header }, (content) => decodeNodes(content, header.rows));
    part?.forEach((node, i) => {
      if (header.firstKey + i < count) nodes[header.firstKey + i] = node;
    });
  }
  return nodes;
}

/** Reads meta data, footer and index, or, without a sound footer, whatever the file still holds. */
export async function openFile(source: RangeReader, decompress: Decompress): Promise<Opened | Unreadable> {
  const mark = await source.read(0, MARK_BYTES);
  const altered = FILE_MARK.findIndex((byte, i) => mark[i] !== byte);
  const first = decodeHeader(await source.read(MARK_BYTES, HEADER_BYTES));
  if (altered === MARK_BYTES - 1 && mark.length === MARK_BYTES && first === null) {
    return { unreadable: `this is a trace of format ${mark[altered]}, not ${FILE_MARK[altered]}`, offset: altered };
  }
  const store = new ChunkStore(source, decompress);
  if (altered >= 0) store.report({ ...MARK_DAMAGE, lengthBytes: mark.length });
  const whole = await footerByTrailer(source, store);
  const { index, footer } = whole === null ? await recover(source, store) : { index: whole.index, footer: whole };
  const meta = index.find(({ header }) => header.kind === ChunkKind.meta);
  const head = footer?.meta ?? (meta ? await store.load(meta, decodeMeta) : null);
  if (head === null) {
    return altered >= 0
      ? { unreadable: "this is not a trace: it does not begin with a trace's mark", offset: altered }
      : { unreadable: "neither the description of the run nor a footer is sound", offset: MARK_BYTES };
  }
  return { store, head, nodes: await loadNodes(store, index, head.nodeCount), index, footer };
}
