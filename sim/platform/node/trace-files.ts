import { type FileHandle, open } from "node:fs/promises";
import { promisify } from "node:util";
import { constants, gunzip, gzip } from "node:zlib";
import type { Append, Compress, Decompress, RangeReader } from "../../trace/ports.ts";

const gzipAsync = promisify(gzip);
const gunzipAsync = promisify(gunzip);

/** Gzips on the thread pool. Byte planes have no repetitions worth a search: runs and Huffman codes are all there is. */
export const compressGzip: Compress = (bytes, effort) =>
  gzipAsync(bytes, effort === "fast" ? { strategy: constants.Z_RLE } : { level: 6 });

/** Gunzips on the thread pool, within a bound. */
export const decompressGzip: Decompress = (bytes, maxBytes) =>
  gunzipAsync(bytes, { maxOutputLength: Math.max(1, maxBytes) }).catch(() => null);

/** A file open for reading by ranges. */
export class FileRanges implements RangeReader {
  readonly #handle: FileHandle;
  readonly sizeBytes: number;

  private constructor(handle: FileHandle, sizeBytes: number) {
    this.#handle = handle;
    this.sizeBytes = sizeBytes;
  }

  /** @throws what the file system says, when the file cannot be opened */
  static async open(path: string): Promise<FileRanges> {
    const handle = await open(path, "r");
    return new FileRanges(handle, (await handle.stat()).size);
  }

  async read(offset: number, lengthBytes: number): Promise<Uint8Array> {
    const wanted = Math.max(0, Math.min(lengthBytes, this.sizeBytes - offset));
    const bytes = new Uint8Array(wanted);
    let filled = 0;
    while (filled < wanted) {
      const { bytesRead } = await this.#handle.read(bytes, filled, wanted - filled, offset + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

/** A file open for appending. */
export class FileOutput {
  readonly #handle: FileHandle;

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** Creates the file, or empties it. @throws what the file system says, when it cannot be created */
  static async create(path: string): Promise<FileOutput> {
    return new FileOutput(await open(path, "w"));
  }

  /** Appends bytes, all of them. @throws what the file system says, a full disk for instance */
  readonly append: Append = async (bytes) => {
    for (let written = 0; written < bytes.length; ) {
      const { bytesWritten } = await this.#handle.write(bytes, written, bytes.length - written);
      written += bytesWritten;
    }
  };

  /** Makes the file durable and closes it. */
  async close(): Promise<void> {
    await this.#handle.sync();
    await this.#handle.close();
  }
}
