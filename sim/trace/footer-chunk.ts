import { Reader, Writer } from "../../protocol/core/codec.ts";
import { type ChunkHeader, decodeHeader, encodeHeader, HEADER_BYTES } from "./chunk-header.ts";
import { crc32 } from "./crc32.ts";
import { END_MARK, MAX_FOOTER_BYTES, MAX_RAW_BYTES } from "./format.ts";
import { type MetaHead, metaHead } from "./meta-chunk.ts";
import type { Ending } from "./model.ts";
import { readJson, writeJson } from "./text.ts";

/** A chunk's header and where in the file it begins. */
export interface IndexEntry {
  readonly offset: number;
  readonly header: ChunkHeader;
}

/** What is known when a run has ended, and the index of the file. */
export interface Footer {
  readonly ending: Ending;
  /** Digest of the run, 64 hex digits. */
  readonly digest: string;
  readonly stateDigest: string;
  readonly untilUs: number;
  readonly meta: MetaHead;
  readonly index: readonly IndexEntry[];
}

/** @returns the footer chunk's content */
export function encodeFooter(footer: Footer): Uint8Array {
  const writer = new Writer();
  const { index, ...facts } = footer;
  writeJson(writer, facts);
  writer.u32(index.length);
  for (const { offset, header } of index) writer.u64(offset).fixed(encodeHeader(header));
  return writer.finish();
}

const hashText = (value: unknown): value is string => typeof value === "string" && /^([0-9a-f]{64})?$/.test(value);
const isEnding = (value: unknown): value is Ending => value === "complete" || value === "interrupted";

function readEntry(reader: Reader): IndexEntry | null {
  const offset = reader.u64();
  const header = decodeHeader(reader.fixed(HEADER_BYTES));
  return header === null ? null : { offset, header };
}

/** @returns the footer, or null when the content is malformed */
export function decodeFooter(content: Uint8Array): Footer | null {
  const reader = new Reader(content);
  const facts = readJson(reader, MAX_RAW_BYTES);
  if (typeof facts !== "object" || facts === null) return null;
  const { ending, digest, stateDigest, untilUs, meta: rawMeta } = facts as Record<string, unknown>;
  const meta = metaHead(rawMeta);
  const index = reader.list(MAX_FOOTER_BYTES / HEADER_BYTES, readEntry);
  if (!reader.complete() || meta === null || !index.every((entry) => entry !== null)) return null;
  if (!isEnding(ending) || !hashText(digest) || !hashText(stateDigest) || typeof untilUs !== "number") return null;
  return { ending, digest, stateDigest, untilUs, meta, index };
}

/** @returns the last bytes of a file, which point to its footer */
export function encodeTrailer(footerOffset: number): Uint8Array {
  const offset = new Writer().u64(footerOffset).finish();
  return new Writer().fixed(offset).u32(crc32(offset)).fixed(END_MARK).finish();
}

/** @returns the footer's offset, or null when these are not a trailer's bytes */
export function decodeTrailer(bytes: Uint8Array): number | null {
  const reader = new Reader(bytes);
  const offset = reader.u64();
  const checksum = reader.u32();
  const marked = END_MARK.every((byte) => reader.u8() === byte);
  return reader.complete() && marked && checksum === crc32(bytes.subarray(0, 8)) ? offset : null;
}
