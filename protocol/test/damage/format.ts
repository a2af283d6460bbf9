import { Reader, Writer } from "../../core/codec.ts";

/** A format: real encodings of it, and what reading bytes and writing what was read gives; null where they are refused. */
export interface Format {
  readonly samples: readonly Uint8Array[];
  readonly again: (bytes: Uint8Array) => Uint8Array | null;
}

const scratch = new Writer();

/** @returns what a writer appends */
export function written<T>(write: (writer: Writer, value: T) => unknown, value: T): Uint8Array {
  write(scratch, value);
  return scratch.finish();
}

/** @returns the format of a reader and its writer */
export function streamed<T>(
  write: (writer: Writer, value: T) => unknown,
  read: (reader: Reader) => T,
  ...values: readonly T[]
): Format {
  return {
    samples: values.map((value) => written(write, value)),
    again: (bytes) => {
      const reader = new Reader(bytes);
      const value = read(reader);
      return reader.complete() ? written(write, value) : null;
    },
  };
}

/** @returns the format of a decoder of whole encodings and its encoder */
export function whole<T>(
  encode: (value: T) => Uint8Array,
  decode: (bytes: Uint8Array) => T | null,
  ...values: readonly T[]
): Format {
  return {
    samples: values.map(encode),
    again: (bytes) => {
      const value = decode(bytes);
      return value === null ? null : encode(value);
    },
  };
}
