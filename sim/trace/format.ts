/** Version of the file format, part of every chunk's mark. */
const TRACE_VERSION = 2;

/** Begins the file. The high first byte and both line ends show transfers that altered text. */
export const FILE_MARK = Uint8Array.of(0x89, 0x4f, 0x52, 0x52, 0x59, 0x0d, 0x0a, TRACE_VERSION);

/** Begins every chunk, so that a reader that lost its way finds the next one. */
export const CHUNK_MARK = Uint8Array.of(0xf5, 0x4f, 0x52, 0x43, 0x48, 0x4b, 0x0a, TRACE_VERSION);

/** Ends a file that was finished. */
export const END_MARK = Uint8Array.of(0xf5, 0x4f, 0x52, 0x45, 0x4e, 0x44, 0x0a, TRACE_VERSION);

/** Length of each mark in bytes. */
export const MARK_BYTES = 8;

/** Footer offset (u64), its CRC-32, END_MARK. */
export const TRAILER_BYTES = 20;

/** Kinds of chunks; the numbers are part of the format. */
export const ChunkKind = {
  meta: 1,
  nodes: 2,
  messages: 3,
  late: 4,
  events: 5,
  state: 6,
  blocks: 7,
  overview: 8,
  footer: 9,
} as const;

export type ChunkKind = (typeof ChunkKind)[keyof typeof ChunkKind];

const KIND_NAMES = new Map<number, string>(Object.entries(ChunkKind).map(([name, kind]) => [kind, name]));

/** @returns the kind's name, or null for a number that is no kind */
export function kindName(kind: number): string | null {
  return KIND_NAMES.get(kind) ?? null;
}

/** Most bytes in a chunk before compression. */
export const MAX_RAW_BYTES = 256 * 1024;

/** Most bytes in a footer before compression: the index entries of half a million chunks. */
export const MAX_FOOTER_BYTES = 64 * 1024 * 1024;

/** Gzip never makes data longer by more than this. */
export const GZIP_SLACK_BYTES = 64 * 1024;

/** Latest moment a trace can hold, 2^47 µs: four years. Differences of two moments fit six bytes. */
export const MAX_TIME_US = 140_737_488_355_328;

/** Most nodes a trace can hold. */
export const MAX_NODES = 1_048_576;
