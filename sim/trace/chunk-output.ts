import { assert } from "../../protocol/core/assert.ts";
import { type ChunkHeader, encodeHeader, maxRawBytes } from "./chunk-header.ts";
import type { ChunkSummary } from "./chunk-summary.ts";
import { crc32 } from "./crc32.ts";
import type { IndexEntry } from "./footer-chunk.ts";
import { ChunkKind, MAX_TIME_US } from "./format.ts";
import type { Append, Compress } from "./ports.ts";

/** Compresses chunks beside the run and writes them in the order in which they were closed. */
export class ChunkOutput {
  readonly #append: Append;
  readonly #compress: Compress;
  readonly #index: IndexEntry[] = [];
  #sequence = 0;
  #offset = 0;
  #inFlight = 0;
  #written: Promise<void> = Promise.resolve();
  #failure: unknown = null;

  constructor(append: Append, compress: Compress) {
    this.#append = append;
    this.#compress = compress;
  }

  /** Chunks closed so far. */
  get closed(): number {
    return this.#sequence;
  }

  /** Chunks that wait for compression or for the output. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Chunks in the file so far. */
  get index(): readonly IndexEntry[] {
    return this.#index;
  }

  /** Bytes in the file so far. */
  get offset(): number {
    return this.#offset;
  }

  /** Appends bytes that are no chunk. */
  raw(bytes: Uint8Array): void {
    this.#enqueue(() => this.#write(bytes));
  }

  /** Appends a chunk; its content must not be changed later. */
  chunk(kind: ChunkKind, content: Uint8Array, summary: ChunkSummary): void {
    assert(content.length <= maxRawBytes(kind), "a chunk keeps its size limit");
    assert(summary.fromUs >= 0 && summary.toUs <= MAX_TIME_US, "a chunk's times are within the format's range");
    const sequence = this.#sequence++;
    const compressed = this.#compress(content, kind === ChunkKind.messages ? "fast" : "small");
    // A failed compression is met when the chunk's turn to be written comes.
    compressed.catch(() => undefined);
    this.#enqueue(async () => {
      const stored = await compressed;
      const { rows, fromUs, toUs, firstKey, lastKey, nodes } = summary;
      const sizes = { rawBytes: content.length, storedBytes: stored.length, checksum: crc32(stored) };
      const header: ChunkHeader = {
        kind,
        sequence,
        rows,
        ...sizes,
        fromUs,
        toUs,
        firstKey,
        lastKey,
        nodes: nodes.bits,
      };
      this.#index.push({ offset: this.#offset, header });
      await this.#write(encodeHeader(header));
      await this.#write(stored);
    });
  }

  async #write(bytes: Uint8Array): Promise<void> {
    await this.#append(bytes);
    this.#offset += bytes.length;
  }

  /** After a failure nothing more is written: what follows a gap would only look sound. */
  #enqueue(task: () => Promise<void>): void {
    this.#inFlight += 1;
    const run = async () => {
      if (this.#failure === null) await task();
    };
    const fail = (reason: unknown) => {
      this.#failure ??= reason ?? "the trace could not be written";
    };
    this.#written = this.#written.then(run).catch(fail);
    this.#written = this.#written.then(() => {
      this.#inFlight -= 1;
    });
  }

  /** @throws what compression or the output failed with, once everything closed so far was tried */
  async settled(): Promise<void> {
    await this.#written;
    if (this.#failure !== null) throw this.#failure;
  }
}
