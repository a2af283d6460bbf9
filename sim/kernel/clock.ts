import { assert } from "../../protocol/core/assert.ts";

/** Drift beyond this is a broken clock, not a drifting one. */
export const MAX_DRIFT_PPM = 100_000;

const MILLION = 1_000_000;

/**
 * The clocks of all nodes, as integers of µs. A node has two: its wall clock has an offset, drifts and may be stepped, and is
 * what machines read; its monotonic clock drifts alike but is never stepped, and is what timers run on, so that a step fires
 * no timer early or late. A change of drift counts for timers armed after it.
 */
export class Clocks {
  /** Wall minus global time of each node at its base. */
  private readonly offsetUs: Float64Array;
  private readonly driftPpm: Int32Array;
  /** Global time at which the node's drift was set last. */
  private readonly baseUs: Float64Array;
  /** By node: 0 while its wall clock is the global time. */
  private readonly skewed: Uint8Array;
  /** By node: what its wall clock stands still at; −1 while it goes. */
  private readonly frozenUs: Float64Array;

  constructor(nodes: number) {
    this.offsetUs = new Float64Array(nodes);
    this.driftPpm = new Int32Array(nodes);
    this.baseUs = new Float64Array(nodes);
    this.skewed = new Uint8Array(nodes);
    this.frozenUs = new Float64Array(nodes).fill(-1);
  }

  /** @returns the node's wall clock at a global time; never negative */
  wallUs(node: number, globalUs: number): number {
    if (this.skewed[node] === 0) return globalUs;
    const frozenUs = this.frozenUs[node] as number;
    if (frozenUs >= 0) return frozenUs;
    const wallUs = globalUs + this.skewUs(node, globalUs);
    return wallUs > 0 ? wallUs : 0;
  }

  /** @returns the global time, rounded up, that passes while the node's monotonic clock counts `localUs` */
  globalDelayUs(node: number, localUs: number): number {
    const driftPpm = this.driftPpm[node] as number;
    if (driftPpm === 0) return localUs;
    assert(localUs * MILLION <= Number.MAX_SAFE_INTEGER, "timer delay keeps integer arithmetic exact");
    return Math.ceil((localUs * MILLION) / (MILLION + driftPpm));
  }

  /** Moves a wall clock at once. @param byUs forwards or, negative, backwards */
  step(node: number, byUs: number): void {
    assert(Number.isSafeInteger(byUs), "a clock step is a whole number of µs");
    this.offsetUs[node] = (this.offsetUs[node] as number) + byUs;
    this.refresh(node);
  }

  /** Lets a clock run fast or, negative, slow from `globalUs` on. */
  setDrift(node: number, driftPpm: number, globalUs: number): void {
    assert(Number.isInteger(driftPpm) && Math.abs(driftPpm) <= MAX_DRIFT_PPM, "drift within its bound");
    this.offsetUs[node] = this.skewUs(node, globalUs);
    this.baseUs[node] = globalUs;
    this.driftPpm[node] = driftPpm;
    this.refresh(node);
  }

  /** Lets a wall clock stand still from `globalUs` on, at what it shows then; timers go on. */
  freeze(node: number, globalUs: number): void {
    this.frozenUs[node] = this.wallUs(node, globalUs);
    this.skewed[node] = 1;
  }

  /** @returns whether a wall clock shows the global time */
  isRight(node: number): boolean {
    return this.skewed[node] === 0;
  }

  /** Sets a clock right: no offset, no drift, and it goes. */
  correct(node: number): void {
    this.frozenUs[node] = -1;
    this.offsetUs[node] = 0;
    this.driftPpm[node] = 0;
    this.skewed[node] = 0;
  }

  /** Wall minus global time. */
  private skewUs(node: number, globalUs: number): number {
    const elapsedUs = globalUs - (this.baseUs[node] as number);
    return (this.offsetUs[node] as number) + Math.floor((elapsedUs * (this.driftPpm[node] as number)) / MILLION);
  }

  private refresh(node: number): void {
    const isRight = this.offsetUs[node] === 0 && this.driftPpm[node] === 0 && this.frozenUs[node] === -1;
    this.skewed[node] = isRight ? 0 : 1;
  }
}
