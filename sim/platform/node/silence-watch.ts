import { readFileSync } from "node:fs";

/** Linux counts processor time in ticks of this, whatever the kernel's own. */
const TICK_MS = 10;
/** Places of user and system time in what follows the command's name in /proc/<pid>/stat. Source: proc(5). */
const USER_TICKS = 11;
const SYSTEM_TICKS = 12;
/** A process that sleeps without a word may do so this many times longer than one that computes. */
const PATIENCE = 20;
const LOOKS = 4;

/** @returns processor time that a process has taken so far, in ms; null where the system does not tell */
export function processorTimeMs(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const ticks = Number(fields[USER_TICKS]) + Number(fields[SYSTEM_TICKS]);
    return Number.isFinite(ticks) ? ticks * TICK_MS : null;
  } catch {
    return null; // No such file system, or no such process any more.
  }
}

/**
 * Judges a process by what it does, not by how busy its machine is: it hangs when it has computed for so long without a sign of
 * life. Where processor time is not told, the clock on the wall has to do.
 */
export class SilenceWatch {
  readonly #pid: number;
  readonly #maxSilenceMs: number;
  readonly #timer: ReturnType<typeof setInterval>;
  #heardMs = 0;
  #heardProcessorMs: number | null = null;
  /** Whether it was found silent a look ago: what it said meanwhile may have waited to be read. */
  #isSuspect = false;

  /** @param onHang called once, when it has been silent for longer than `maxSilenceMs` of processor time */
  constructor(pid: number, maxSilenceMs: number, onHang: () => void) {
    this.#pid = pid;
    this.#maxSilenceMs = maxSilenceMs;
    this.heard();
    this.#timer = setInterval(() => {
      if (!this.#isSilent()) return;
      if (this.#isSuspect) this.close();
      if (this.#isSuspect) onHang();
      this.#isSuspect = true;
    }, maxSilenceMs / LOOKS);
  }

  /** Notes a sign of life. */
  heard(): void {
    this.#heardMs = performance.now();
    this.#heardProcessorMs = processorTimeMs(this.#pid);
    this.#isSuspect = false;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #isSilent(): boolean {
    const silentMs = performance.now() - this.#heardMs;
    const processorMs = processorTimeMs(this.#pid);
    if (processorMs === null || this.#heardProcessorMs === null) return silentMs > this.#maxSilenceMs;
    return processorMs - this.#heardProcessorMs > this.#maxSilenceMs || silentMs > PATIENCE * this.#maxSilenceMs;
  }
}
