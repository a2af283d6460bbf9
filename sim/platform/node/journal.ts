import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
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

  /** Begins a new journal in place of an old one, or continues it. @throws StorageError when it cannot be written */
  static open(file: string, { continues = false } = {}): Journal {
    const handle = storingSync(file, () => {
      mkdirSync(path.dirname(file), { recursive: true });
      const opened = openSync(file, continues ? "a" : "w");
      if (continues) writeSync(opened, "\n"); // The last line may be cut off.
      return opened;
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

/** @returns the entries of a journal, as far as lines are whole; null where there is none */
export function readJournal(file: string): object[] | null {
  return existsSync(file) ? readFileSync(file, "utf8").split("\n").flatMap(parsed) : null;
}

function parsed(line: string): object[] {
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === "object" && entry !== null ? [entry] : [];
  } catch {
    return [];
  }
}
