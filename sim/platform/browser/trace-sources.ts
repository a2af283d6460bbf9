import type { Compress, Decompress, RangeReader } from "../../trace/ports.ts";

/** Everything a stream yields, or null when it yields more than `maxBytes` or fails. */
async function collect(stream: ReadableStream<Uint8Array>, maxBytes: number): Promise<Uint8Array | null> {
  const pieces: Uint8Array[] = [];
  let sizeBytes = 0;
  const reader = stream.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      sizeBytes += next.value.length;
      if (sizeBytes > maxBytes) {
        await reader.cancel();
        return null;
      }
      pieces.push(next.value);
    }
  } catch {
    return null;
  }
  const all = new Uint8Array(sizeBytes);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

/** Gunzips off the main thread, within a bound. */
export const decompressGzip: Decompress = (bytes, maxBytes) =>
  collect(new Blob([bytes.slice()]).stream().pipeThrough(new DecompressionStream("gzip")), maxBytes);

/** Gzips off the main thread; browsers offer no choice of effort. */
export const compressGzip: Compress = async (bytes) => {
  const stream = new Blob([bytes.slice()]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
};

/** A file the user chose, or bytes in memory. */
export class BlobRanges implements RangeReader {
  readonly #blob: Blob;

  constructor(blob: Blob) {
    this.#blob = blob;
  }

  get sizeBytes(): number {
    return this.#blob.size;
  }

  async read(offset: number, lengthBytes: number): Promise<Uint8Array> {
    return new Uint8Array(await this.#blob.slice(offset, offset + lengthBytes).arrayBuffer());
  }
}

/** Total length in a Content-Range header such as "bytes 0-0/1234", or null. */
function totalLength(contentRange: string | null): number | null {
  const total = Number(contentRange?.split("/")[1]);
  return Number.isSafeInteger(total) ? total : null;
}

/** A file on a server, read by HTTP range requests. Source: RFC 9110 section 14. */
export class HttpRanges implements RangeReader {
  readonly #url: string;
  readonly sizeBytes: number;

  private constructor(url: string, sizeBytes: number) {
    this.#url = url;
    this.sizeBytes = sizeBytes;
  }

  /**
   * Asks for the file's length; a server that knows no ranges sends all of it, which then is read from memory.
   *
   * @throws Error when the server refuses
   */
  static async open(url: string): Promise<RangeReader> {
    const response = await fetch(url, { headers: { Range: "bytes=0-0" } });
    const total = totalLength(response.headers.get("Content-Range"));
    if (response.status === 206 && total !== null) return new HttpRanges(url, total);
    if (!response.ok) throw new Error(`${url}: the server answers ${response.status}`);
    return new BlobRanges(await response.blob());
  }

  async read(offset: number, lengthBytes: number): Promise<Uint8Array> {
    const end = Math.min(this.sizeBytes, offset + lengthBytes);
    if (end <= offset) return new Uint8Array(0);
    const response = await fetch(this.#url, { headers: { Range: `bytes=${offset}-${end - 1}` } });
    if (response.status !== 206)
      throw new Error(`${this.#url}: the server answers ${response.status} to a range request`);
    return new Uint8Array(await response.arrayBuffer());
  }
}
