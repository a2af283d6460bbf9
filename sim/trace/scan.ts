import { decodeHeader, HEADER_BYTES } from "./chunk-header.ts";
import { crc32 } from "./crc32.ts";
import { decodeTrailer, type IndexEntry } from "./footer-chunk.ts";
import { CHUNK_MARK, ChunkKind, FILE_MARK, kindName, MARK_BYTES, TRAILER_BYTES } from "./format.ts";
import type { Damage } from "./model.ts";
import type { RangeReader } from "./ports.ts";

/** Bytes fetched at once. */
const WINDOW_BYTES = 1024 * 1024;

/** What is said of a file that does not begin as it should. */
export const MARK_DAMAGE = { offset: 0, chunk: -1, reason: "the file's mark is damaged", rows: 0 } as const;

/** Everything sound in a file, found without its footer. */
export interface Scan {
  readonly index: readonly IndexEntry[];
  /** The footer's place, or null without a sound one. */
  readonly footer: IndexEntry | null;
  readonly damage: readonly Damage[];
}

/** Reads a file forwards through a window of bounded size. */
class Window {
  readonly #source: RangeReader;
  #bytes: Uint8Array = new Uint8Array(0);
  #offset = 0;

  constructor(source: RangeReader) {
    this.#source = source;
  }

  /** @returns up to `lengthBytes` bytes; fewer only where the file ends */
  async at(offset: number, lengthBytes: number): Promise<Uint8Array> {
    const end = Math.min(this.#source.sizeBytes, offset + lengthBytes);
    if (offset < this.#offset || end > this.#offset + this.#bytes.length) {
      const wanted = Math.min(this.#source.sizeBytes - offset, Math.max(lengthBytes, WINDOW_BYTES));
      this.#bytes = await this.#source.read(offset, Math.max(0, wanted));
      this.#offset = offset;
    }
    return this.#bytes.subarray(offset - this.#offset, Math.max(0, end - this.#offset));
  }
}

/** @returns the place of the next chunk's mark at or after `offset`, or the file's length */
async function nextMark(window: Window, offset: number, sizeBytes: number): Promise<number> {
  for (let from = offset; from < sizeBytes; from += WINDOW_BYTES - MARK_BYTES) {
    const bytes = await window.at(from, WINDOW_BYTES);
    for (
      let at = bytes.indexOf(CHUNK_MARK[0] as number);
      at >= 0;
      at = bytes.indexOf(CHUNK_MARK[0] as number, at + 1)
    ) {
      if (CHUNK_MARK.every((byte, i) => bytes[at + i] === byte)) return from + at;
    }
  }
  return sizeBytes;
}

/** Finds the chunks of a file one after the other. */
class Scanner {
  readonly #window: Window;
  readonly #sizeBytes: number;
  readonly index: IndexEntry[] = [];
  readonly damage: Damage[] = [];
  footer: IndexEntry | null = null;
  #nextSequence = 0;

  constructor(source: RangeReader) {
    this.#window = new Window(source);
    this.#sizeBytes = source.sizeBytes;
  }

  lost(offset: number, end: number, reason: string, chunk = -1, rows = -1): void {
    this.damage.push({ offset, lengthBytes: end - offset, chunk, reason, rows });
  }

  /** Reads the chunk at an offset. @returns where the next thing begins */
  async step(offset: number): Promise<number> {
    const header = decodeHeader(await this.#window.at(offset, HEADER_BYTES));
    if (header === null) return this.#skip(offset);
    const { sequence, rows, kind, storedBytes } = header;
    if (sequence > this.#nextSequence) {
      this.lost(
        offset,
        offset,
        `${sequence - this.#nextSequence} chunks before this one are missing`,
        this.#nextSequence,
      );
    }
    this.#nextSequence = sequence + 1;
    const start = offset + HEADER_BYTES;
    const stored = await this.#window.at(start, storedBytes);
    const end = start + stored.length;
    const name = kindName(kind);
    if (stored.length < storedBytes) {
      this.lost(offset, end, `the file ends inside a chunk of ${name}`, sequence, rows);
    } else if (crc32(stored) !== header.checksum) {
      this.lost(offset, end, `checksum mismatch in a chunk of ${name}`, sequence, rows);
    } else if (kind === ChunkKind.footer) {
      this.footer = { offset, header };
    } else {
      this.index.push({ offset, header });
    }
    return end;
  }

  /** Passes over what is no chunk: the trailer, or damage up to the next mark. */
  async #skip(offset: number): Promise<number> {
    const left = this.#sizeBytes - offset;
    if (left === TRAILER_BYTES && decodeTrailer(await this.#window.at(offset, left)) === this.footer?.offset) {
      return this.#sizeBytes;
    }
    const end = await nextMark(this.#window, offset + 1, this.#sizeBytes);
    const trailer = left <= TRAILER_BYTES && this.footer !== null;
    this.lost(
      offset,
      end,
      trailer ? "the trailer is damaged" : "no chunk begins here",
      trailer ? -1 : this.#nextSequence,
    );
    if (!trailer) this.#nextSequence += 1;
    return end;
  }

  async run(): Promise<Scan> {
    const mark = await this.#window.at(0, MARK_BYTES);
    if (!FILE_MARK.every((byte, i) => mark[i] === byte)) this.damage.push({ ...MARK_DAMAGE, lengthBytes: mark.length });
    let offset = MARK_BYTES;
    while (offset < this.#sizeBytes) offset = await this.step(offset);
    if (this.footer === null)
      this.lost(this.#sizeBytes, this.#sizeBytes, "the file has no footer: it was cut, or is still being written");
    return { index: this.index, footer: this.footer, damage: this.damage };
  }
}

/** Reads a whole file without its footer: whatever is sound is in the index, whatever is not in the damage. */
export function scan(source: RangeReader): Promise<Scan> {
  return new Scanner(source).run();
}
