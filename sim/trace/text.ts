import type { Reader, Writer } from "../../protocol/core/codec.ts";

const escapeUnit = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** Appends a value as JSON in pure ASCII, with its length in front. */
export function writeJson(writer: Writer, value: unknown): void {
  writer.ascii(JSON.stringify(value).replace(/[\u0080-\uffff]/g, escapeUnit));
}

/** Pieces of text that `String.fromCharCode` takes at once. */
const PIECE = 4096;

/**
 * Reads what `writeJson` wrote.
 *
 * @param maxBytes a longer text fails before it is read
 * @returns the value, or undefined, with the reader marked failed, when it is no JSON
 */
export function readJson(reader: Reader, maxBytes: number): unknown {
  const bytes = reader.bytes(maxBytes);
  if (reader.failed) return undefined;
  let text = "";
  for (let at = 0; at < bytes.length; at += PIECE) text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  try {
    return JSON.parse(text);
  } catch {
    reader.fail();
    return undefined;
  }
}

/** @returns the value when it is a list of strings, else null */
export function stringList(value: unknown): readonly string[] | null {
  return Array.isArray(value) && value.every((item) => typeof item === "string") ? value : null;
}

/** Strings of one chunk by number: each is written once. */
export class TextTable {
  #numbers = new Map<string, number>();
  #sizeBytes = 0;

  /** Upper bound of the encoded size. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** @returns the string's number, 0 … */
  add(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    this.#numbers.set(text, number);
    this.#sizeBytes += 6 * text.length + 3;
    return number;
  }

  /** Appends the strings in the order of their numbers; the table is empty again. */
  drain(writer: Writer): void {
    writeJson(writer, [...this.#numbers.keys()]);
    this.#numbers = new Map();
    this.#sizeBytes = 0;
  }
}
