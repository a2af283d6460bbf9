import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from "node:fs";
import path from "node:path";
import { storingSync } from "./storage-error.ts";

/** Lines of JSON that are on the disk before what they announce begins, so that a dead machine still tells which seed it was. */
export class Journal {
  readonly #file: string;
  readonly #handle: number;

  private constructor(file: string, handle: number) {
    this.#file = file;
    this.#handle = handle;
  }

  /** Begins a new journal in place of an old one. @throws StorageError when it cannot be written */
  static open(file: string): Journal {
    const handle = storingSync(file, () => {
      mkdirSync(path.dirname(file), { recursive: true });
      return openSync(file, "w");
    });
    return new Journal(file, handle);
  }

  /** @throws StorageError when it cannot be written */
  note(entry: object): void {
    storingSync(this.#file, () => {
      writeSync(this.#handle, `${JSON.stringify(entry)}\n`);
      fsyncSync(this.#handle);
    });
  }

  close(): void {
    closeSync(this.#handle);
  }
}
