import type { SplitLog } from "./split-log.ts";

/** How a run is split, and what that costs. */
export interface SplitPlan {
  readonly cores: number;
  /** Simulated time that every core may go on without hearing of the others. */
  readonly lookaheadUs: number;
  /** Until all cores know that all have come to the end of a window, µs. */
  readonly barrierUs: number;
}

/** What a split could come to at best. */
export interface SplitBound {
  /** Windows that hold an event; between them no core has anything to do. */
  readonly windows: number;
  readonly eventsAWindow: number;
  /** Work of all parts, and of the largest alone, µs of processor time. */
  readonly workUs: number;
  readonly largestPartUs: number;
  /** Sum over windows of the busiest core's work. */
  readonly criticalUs: number;
  /** Of one core's time, without barriers and with one after each window. */
  readonly freeSpeedup: number;
  readonly speedup: number;
  /** If every window could deal its parts out to cores anew, for nothing. */
  readonly dealtSpeedup: number;
  /** Without windows: each core runs on until the lookahead forbids it, and hears of the other for nothing. */
  readonly asynchronousSpeedup: number;
}

/** @returns the core of each part: the largest first, each to the core that has least so far */
export function balanced(workUs: Float64Array, cores: number): Uint8Array {
  const loads = new Float64Array(cores);
  const coreOf = new Uint8Array(workUs.length);
  const order = Array.from(workUs.keys()).sort((a, b) => (workUs[b] as number) - (workUs[a] as number) || a - b);
  for (const part of order) {
    const core = loads.indexOf(Math.min(...loads));
    coreOf[part] = core;
    loads[core] = (loads[core] as number) + (workUs[part] as number);
  }
  return coreOf;
}

/** Adds up, window by window, what the busiest core, or part, does. */
class Windows {
  windows = 0;
  criticalUs = 0;
  /** The same if every window dealt its parts out anew: no core has less than the largest part, or an even share. */
  dealtUs = 0;
  readonly #loads: Float64Array;
  readonly #ofPart: Float64Array;
  #endUs = Number.NEGATIVE_INFINITY;

  constructor(cores: number, parts: number) {
    this.#loads = new Float64Array(cores);
    this.#ofPart = new Float64Array(parts);
  }

  add(timeUs: number, lookaheadUs: number): void {
    if (timeUs < this.#endUs) return;
    this.close();
    this.windows++;
    this.#endUs = timeUs + lookaheadUs;
  }

  work(core: number, part: number, costUs: number): void {
    this.#loads[core] = (this.#loads[core] as number) + costUs;
    this.#ofPart[part] = (this.#ofPart[part] as number) + costUs;
  }

  close(): void {
    const total = this.#loads.reduce((sum, each) => sum + each, 0);
    this.criticalUs += Math.max(...this.#loads);
    this.dealtUs += Math.max(...this.#ofPart, total / this.#loads.length);
    this.#loads.fill(0);
    this.#ofPart.fill(0);
  }
}

/** @returns when the last core is done if each waits only for what others do a lookahead before its next event, µs */
function asynchronousUs(
  { timesUs, parts, costsUs }: SplitLog,
  coreOf: Uint8Array,
  { cores, lookaheadUs }: SplitPlan,
): number {
  const ends = Array.from({ length: cores }, () => ({ times: [] as number[], doneUs: [] as number[] }));
  /** By core and other core: how many of the other's events it has seen done. */
  const seen = Array.from({ length: cores }, () => new Uint32Array(cores));
  for (const [event, timeUs] of timesUs.entries()) {
    const core = coreOf[parts[event] as number] as number;
    let startUs = ends[core]?.doneUs.at(-1) ?? 0;
    for (const [other, { times, doneUs }] of ends.entries()) {
      const pointers = seen[core] as Uint32Array;
      let next = pointers[other] as number;
      while (next < times.length && (times[next] as number) <= timeUs - lookaheadUs) next++;
      pointers[other] = next;
      if (next > 0) startUs = Math.max(startUs, doneUs[next - 1] as number);
    }
    ends[core]?.times.push(timeUs);
    ends[core]?.doneUs.push(startUs + (costsUs[event] as number));
  }
  return Math.max(...ends.map(({ doneUs }) => doneUs.at(-1) ?? 0));
}

/**
 * The bounds of a conservative split. In synchronous windows, each begins at the earliest event of all and ends a lookahead later,
 * each core executes its parts' events in it, and all wait for the busiest; asynchronously (Chandy, Misra and Bryant), cores wait
 * only where they must. Parts stay on their cores.
 *
 * Source: Nicol, The cost of conservative synchronization in parallel discrete event simulation, JACM 40 (1993).
 */
export function splitBound(log: SplitLog, plan: SplitPlan): SplitBound {
  const { timesUs, parts, costsUs, partCount } = log;
  const byPart = new Float64Array(partCount);
  for (const [event, part] of parts.entries()) byPart[part] = (byPart[part] as number) + (costsUs[event] as number);
  const coreOf = balanced(byPart, plan.cores);
  const tally = new Windows(plan.cores, partCount);
  for (const [event, timeUs] of timesUs.entries()) {
    tally.add(timeUs, plan.lookaheadUs);
    const part = parts[event] as number;
    tally.work(coreOf[part] as number, part, costsUs[event] as number);
  }
  tally.close();
  const { windows, criticalUs, dealtUs } = tally;
  const workUs = byPart.reduce((sum, each) => sum + each, 0);
  return {
    windows,
    eventsAWindow: timesUs.length / windows,
    workUs,
    largestPartUs: Math.max(...byPart),
    criticalUs,
    freeSpeedup: workUs / criticalUs,
    speedup: workUs / (criticalUs + windows * plan.barrierUs),
    dealtSpeedup: workUs / dealtUs,
    asynchronousSpeedup: workUs / asynchronousUs(log, coreOf, plan),
  };
}
