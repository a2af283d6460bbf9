/** Random access to a file's bytes. */
export interface RangeReader {
  readonly sizeBytes: number;
  /** @returns the bytes of [offset, offset + length); fewer only where the file ends */
  read(offset: number, lengthBytes: number): Promise<Uint8Array>;
}

/** Undoes gzip. @returns the bytes, or null when the input is not valid or would yield more than `maxBytes` */
export type Decompress = (bytes: Uint8Array, maxBytes: number) => Promise<Uint8Array | null>;

/**
 * Gzips bytes off the main thread.
 *
 * @param effort "fast" for byte planes of message rows, where entropy coding gains nearly all; "small" for the rest
 */
export type Compress = (bytes: Uint8Array, effort: "fast" | "small") => Promise<Uint8Array>;

/** Appends bytes to the output; calls do not overlap. */
export type Append = (bytes: Uint8Array) => Promise<void>;
