import { type FileHandle, open } from "node:fs/promises";
import type { RangeReader } from "../../trace/ports.ts";

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
