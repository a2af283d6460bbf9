import { HEADER_BYTES, maxRawBytes } from "./chunk-header.ts";
import { crc32 } from "./crc32.ts";
import type { IndexEntry } from "./footer-chunk.ts";
import { kindName } from "./format.ts";
import type { Damage } from "./model.ts";
import type { Decompress, RangeReader } from "./ports.ts";

/** Decoded chunks kept at most. */
const MAX_CACHED = 64;
/** Chunks asked for at once, so that a slow source is waited for once and not for each. */
const AHEAD = 4;

/** Loads chunks a few ahead and yields the sound ones in order. */
export async function* loadAhead<T>(
  entries: readonly IndexEntry[],
  load: (entry: IndexEntry) => Promise<T | null>,
): AsyncGenerator<T> {
  const started: Promise<T | null>[] = [];
  for (const [at] of entries.entries()) {
    for (const entry of entries.slice(at + started.length, at + AHEAD)) {
      const loading = load(entry);
      // Met when its turn comes, if it ever does.
      loading.catch(() => undefined);
      started.push(loading);
    }
    const loaded = await started.shift();
    if (loaded != null) yield loaded;
  }
}

/** Loads, checks and decodes chunks, remembers a bounded number of them, and keeps account of what was lost. */
export class ChunkStore {
  readonly #source: RangeReader;
  readonly #decompress: Decompress;
  readonly #cache = new Map<number, Promise<unknown>>();
  readonly #damage = new Map<string, Damage>();

  constructor(source: RangeReader, decompress: Decompress) {
    this.#source = source;
    this.#decompress = decompress;
  }

  /** All damage so far, in the order of the file. */
  get damage(): readonly Damage[] {
    return [...this.#damage.values()].sort((a, b) => a.offset - b.offset);
  }

  /** Notes damage; of the same place and chunk only the first report is kept. */
  report(damage: Damage): void {
    const key = `${damage.offset}/${damage.chunk}`;
    if (!this.#damage.has(key)) this.#damage.set(key, damage);
  }

  #lost({ offset, header }: IndexEntry, reason: string): null {
    const lengthBytes = HEADER_BYTES + header.storedBytes;
    const what = `${reason} in a chunk of ${kindName(header.kind)}`;
    this.report({ offset, lengthBytes, chunk: header.sequence, reason: what, rows: header.rows });
    return null;
  }

  /** @returns the chunk's content, or null, with the damage noted */
  async content(entry: IndexEntry): Promise<Uint8Array | null> {
    const { offset, header } = entry;
    const bytes = await this.#source.read(offset, HEADER_BYTES + header.storedBytes);
    if (bytes.length < HEADER_BYTES + header.storedBytes) return this.#lost(entry, "the file ends");
    const stored = bytes.subarray(HEADER_BYTES);
    if (crc32(stored) !== header.checksum) return this.#lost(entry, "checksum mismatch");
    const content = await this.#decompress(stored, Math.min(header.rawBytes, maxRawBytes(header.kind)));
    if (content === null || content.length !== header.rawBytes) return this.#lost(entry, "malformed gzip data");
    return content;
  }

  /**
   * Decodes a chunk, once for all who ask.
   *
   * @param decode null for malformed content
   * @returns the decoded chunk, which must not be changed, or null, with the damage noted
   */
  load<T>(entry: IndexEntry, decode: (content: Uint8Array) => T | null): Promise<T | null> {
    const known = this.#cache.get(entry.offset);
    const loaded = (known as Promise<T | null> | undefined) ?? this.#decode(entry, decode);
    // What could not be read now, for want of a network for instance, is asked for again.
    if (known === undefined) loaded.catch(() => this.#cache.delete(entry.offset));
    this.#cache.delete(entry.offset);
    this.#cache.set(entry.offset, loaded);
    const [oldest] = this.#cache.keys();
    if (this.#cache.size > MAX_CACHED && oldest !== undefined) this.#cache.delete(oldest);
    return loaded;
  }

  async #decode<T>(entry: IndexEntry, decode: (content: Uint8Array) => T | null): Promise<T | null> {
    const content = await this.content(entry);
    if (content === null) return null;
    return decode(content) ?? this.#lost(entry, "malformed content");
  }
}
