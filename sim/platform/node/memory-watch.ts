import { readFileSync } from "node:fs";

const LOOK_MS = 100;
const KIBIBYTE = 1024;

/** @returns resident memory of a process in bytes; null where the system does not tell. Source: proc(5) */
export function residentBytes(pid: number): number | null {
  try {
    const found = /^VmRSS:\s+(\d+) kB$/mu.exec(readFileSync(`/proc/${pid}/status`, "latin1"));
    return found === null ? null : Number(found[1]) * KIBIBYTE;
  } catch {
    return null; // No such file system, or no such process any more.
  }
}

/** Looks at a process's memory from outside: one that never comes to telling of it itself takes the whole machine's. */
export class MemoryWatch {
  readonly #timer: ReturnType<typeof setInterval>;

  /** @param onExcess called once, with what it takes, in bytes */
  constructor(pid: number, maxBytes: number, onExcess: (bytes: number) => void) {
    this.#timer = setInterval(() => {
      const bytes = residentBytes(pid);
      if (bytes === null || bytes <= maxBytes) return;
      this.close();
      onExcess(bytes);
    }, LOOK_MS);
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
