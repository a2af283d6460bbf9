import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, writeSync } from "node:fs";
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import path from "node:path";
import { storing, storingSync } from "./storage-error.ts";

/** Ends the name of everything that is not, or never became, whole. */
export const PARTIAL = ".partial";

/** Written last: a folder without it holds no whole run. */
const SEAL = "manifest.json";

/**
 * The folder of one run. Files grow under partial names; `seal` takes the old run's seal away, renames them all and puts the
 * new seal last, so that whatever is interrupted when, a sealed folder holds one whole run.
 */
export class RunFolder {
  readonly folder: string;
  readonly #names: string[] = [];
  readonly #open = new Map<string, FileHandle>();

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** @throws StorageError when the folder cannot be made */
  static async create(folder: string): Promise<RunFolder> {
    await storing(folder, () => mkdir(folder, { recursive: true }));
    return new RunFolder(folder);
  }

  /** Names of the files begun so far, in order. */
  get names(): readonly string[] {
    return this.#names;
  }

  path(name: string): string {
    return path.join(this.folder, name);
  }

  /** Begins a file. @returns what appends to it */
  async append(name: string): Promise<(bytes: Uint8Array) => Promise<void>> {
    const file = this.path(name + PARTIAL);
    const handle = await storing(file, () => open(file, "w"));
    this.#names.push(name);
    this.#open.set(name, handle);
    return (bytes) => storing(file, () => handle.writeFile(bytes));
  }

  /** Writes a whole file under its partial name. */
  async write(name: string, text: string): Promise<void> {
    const append = await this.append(name);
    await append(Buffer.from(text, "utf8"));
  }

  /** Makes the run whole. @param manifest text of its seal */
  async seal(manifest: string): Promise<void> {
    await this.write(SEAL, manifest);
    await this.#close();
    await storing(this.folder, async () => {
      await rm(this.path(SEAL), { force: true });
      await this.#syncFolder();
      for (const name of this.#names) await rename(this.path(name + PARTIAL), this.path(name));
      await this.#syncFolder();
    });
  }

  /** Leaves what there is under partial names. */
  async leavePartial(manifest: string): Promise<void> {
    await this.write(SEAL, manifest);
    await this.#close();
  }

  /** Takes away everything this run wrote. */
  async discard(): Promise<void> {
    for (const handle of this.#open.values()) await handle.close().catch(() => undefined);
    for (const name of this.#names) await rm(this.path(name + PARTIAL), { force: true }).catch(() => undefined);
  }

  async #close(): Promise<void> {
    for (const [name, handle] of this.#open) {
      await storing(this.path(name), async () => {
        await handle.sync();
        await handle.close();
      });
      this.#open.delete(name);
    }
  }

  /** Renames are durable once their folder is; systems without it (Windows) refuse to open one. */
  async #syncFolder(): Promise<void> {
    const handle = await open(this.folder, "r").catch(() => null);
    await handle?.sync().catch(() => undefined);
    await handle?.close();
  }
}

/** Writes a file that is there whole or not at all. @throws StorageError when it cannot be written */
export function writeWhole(file: string, text: string): void {
  storingSync(file, () => {
    mkdirSync(path.dirname(file), { recursive: true });
    const handle = openSync(file + PARTIAL, "w");
    writeSync(handle, text);
    fsyncSync(handle);
    closeSync(handle);
    renameSync(file + PARTIAL, file);
  });
}
