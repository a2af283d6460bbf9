import type { RunProgress } from "../runner/run.ts";
import { duration, grouped } from "./wording.ts";

const REDRAW_MS = 100;

/** The line that a terminal shows while a run goes on; on a pipe it shows nothing. */
export class ProgressLine {
  readonly #stream: NodeJS.WriteStream;
  readonly #durationUs: number;
  readonly #startMs = performance.now();
  #drawnMs = 0;

  constructor(stream: NodeJS.WriteStream, durationUs: number) {
    this.#stream = stream;
    this.#durationUs = durationUs;
  }

  update(progress: RunProgress): void {
    const nowMs = performance.now();
    if (!this.#stream.isTTY || nowMs - this.#drawnMs < REDRAW_MS) return;
    this.#drawnMs = nowMs;
    const text = progressText(progress, this.#durationUs, (nowMs - this.#startMs) / 1000);
    this.#stream.write(`\r${text.slice(0, this.#stream.columns - 1)}\x1b[K`);
  }

  clear(): void {
    if (this.#stream.isTTY && this.#drawnMs > 0) this.#stream.write("\r\x1b[K");
  }
}

/** @returns simulated time, × real time, events/s, blocks and the time that is left */
export function progressText(
  { simulatedUs, events, blocks }: RunProgress,
  durationUs: number,
  wallSeconds: number,
): string {
  const simulated = simulatedUs / 1e6;
  const factor = simulated / Math.max(wallSeconds, 1e-3);
  const left = factor > 0 ? duration((durationUs / 1e6 - simulated) / factor) : "…";
  return [
    `${duration(simulated)} of ${duration(durationUs / 1e6)}`,
    `${grouped(Math.round(factor))} × real time`,
    `${grouped(Math.round(events / Math.max(wallSeconds, 1e-3)))} events/s`,
    `${grouped(blocks)} blocks`,
    `${left} left`,
  ].join(" · ");
}
