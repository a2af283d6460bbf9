import { Reader, Writer } from "../../protocol/core/codec.ts";
import { crc32 } from "./crc32.ts";
import { CHUNK_MARK, ChunkKind, GZIP_SLACK_BYTES, kindName, MAX_FOOTER_BYTES, MAX_RAW_BYTES } from "./format.ts";
import { NODE_SET_BYTES } from "./node-set.ts";

/** What precedes a chunk's gzipped content; the same bytes are its entry in the index. */
export interface ChunkHeader {
  readonly kind: number;
  /** Numbers the chunks of a file, 0 … */
  readonly sequence: number;
  readonly rows: number;
  /** Size of the content before and after compression. */
  readonly rawBytes: number;
  readonly storedBytes: number;
  /** CRC-32 of the stored content. */
  readonly checksum: number;
  /** Earliest and latest moment in the chunk; 0 where it has no times. */
  readonly fromUs: number;
  readonly toUs: number;
  /** Least and greatest emission, height, or node of the chunk, by its kind. */
  readonly firstKey: number;
  readonly lastKey: number;
  /** Bits of a NodeSet. */
  readonly nodes: Uint8Array;
}

/** Mark, kind, five u32, four u64, node set, CRC-32 of all before. */
export const HEADER_BYTES = 8 + 1 + 5 * 4 + 4 * 8 + NODE_SET_BYTES + 4;

/** @returns HEADER_BYTES bytes */
export function encodeHeader(header: ChunkHeader): Uint8Array {
  const writer = new Writer();
  writer.fixed(CHUNK_MARK).u8(header.kind).u32(header.sequence).u32(header.rows);
  writer.u32(header.rawBytes).u32(header.storedBytes).u32(header.checksum);
  writer.u64(header.fromUs).u64(header.toUs).u64(header.firstKey).u64(header.lastKey).fixed(header.nodes);
  const body = writer.finish();
  return writer.fixed(body).u32(crc32(body)).finish();
}

/** @returns the most content bytes, before compression, that a chunk of the kind may have */
export function maxRawBytes(kind: number): number {
  return kind === ChunkKind.footer ? MAX_FOOTER_BYTES : MAX_RAW_BYTES;
}

function plausible(header: ChunkHeader): boolean {
  const most = maxRawBytes(header.kind);
  return (
    kindName(header.kind) !== null &&
    header.rows <= most &&
    header.rawBytes <= most &&
    header.storedBytes <= most + GZIP_SLACK_BYTES &&
    header.fromUs <= header.toUs &&
    header.firstKey <= header.lastKey
  );
}

/** @returns the header, or null when the bytes are none or were altered */
export function decodeHeader(bytes: Uint8Array): ChunkHeader | null {
  if (bytes.length < HEADER_BYTES || !CHUNK_MARK.every((byte, i) => bytes[i] === byte)) return null;
  const reader = new Reader(bytes.subarray(CHUNK_MARK.length, HEADER_BYTES));
  const header: ChunkHeader = {
    kind: reader.u8(),
    sequence: reader.u32(),
    rows: reader.u32(),
    rawBytes: reader.u32(),
    storedBytes: reader.u32(),
    checksum: reader.u32(),
    fromUs: reader.u64(),
    toUs: reader.u64(),
    firstKey: reader.u64(),
    lastKey: reader.u64(),
    nodes: reader.fixed(NODE_SET_BYTES),
  };
  const sound = reader.u32() === crc32(bytes.subarray(0, HEADER_BYTES - 4));
  return sound && reader.complete() && plausible(header) ? header : null;
}
