import { assert } from "../../../protocol/core/assert.ts";
import type { MediumFigures } from "./medium.ts";

const NONE = -1;
const INITIAL_JOBS = 256;
const INT_COLUMNS = ["copies", "peers", "sizes", "sent", "nexts"] as const;

/** Copies that wait for a medium, in FIFO queues of bounded length; all in typed arrays. */
export class Jobs {
  /** By job: the copy, the station at its other end, its bytes, and how many of them are done. */
  copies = new Int32Array(INITIAL_JOBS);
  peers = new Int32Array(INITIAL_JOBS);
  sizes = new Int32Array(INITIAL_JOBS);
  sent = new Int32Array(INITIAL_JOBS);
  /** By job: attempts of its current frame. */
  attempts = new Uint8Array(INITIAL_JOBS);
  /** By job: how its last lost frame ended; 0 while all went well. */
  failures = new Uint8Array(INITIAL_JOBS);
  /** By job: since when it waits for its first frame; −1 once that has begun. */
  private sinceUs = new Float64Array(INITIAL_JOBS);
  private nexts = new Int32Array(INITIAL_JOBS);
  private readonly heads: Int32Array;
  private readonly tails: Int32Array;
  private readonly lengths: Uint8Array;
  private readonly bound: number;
  private free = NONE;
  private made = 0;

  /** @param bound jobs that may wait in one queue, at most 255 */
  constructor(queues: number, bound: number) {
    assert(bound <= 255, "queues are short");
    this.heads = new Int32Array(queues).fill(NONE);
    this.tails = new Int32Array(queues).fill(NONE);
    this.lengths = new Uint8Array(queues);
    this.bound = bound;
  }

  /** @returns the first job of a queue, or −1 */
  first(queue: number): number {
    return this.heads[queue] as number;
  }

  length(queue: number): number {
    return this.lengths[queue] as number;
  }

  /** @param atUs the time now @returns false when the queue is full */
  push(queue: number, copy: number, peer: number, sizeBytes: number, atUs: number): boolean {
    if ((this.lengths[queue] as number) === this.bound) return false;
    const job = this.take();
    this.copies[job] = copy;
    this.peers[job] = peer;
    this.sizes[job] = sizeBytes;
    this.sent[job] = 0;
    this.attempts[job] = 0;
    this.failures[job] = 0;
    this.sinceUs[job] = atUs;
    this.nexts[job] = NONE;
    const tail = this.tails[queue] as number;
    if (tail === NONE) this.heads[queue] = job;
    else this.nexts[tail] = job;
    this.tails[queue] = job;
    this.lengths[queue] = (this.lengths[queue] as number) + 1;
    return true;
  }

  /** Adds to the figures how long a job has waited, if this is its first frame. */
  begun(job: number, atUs: number, figures: MediumFigures): void {
    const sinceUs = this.sinceUs[job] as number;
    if (sinceUs === NONE) return;
    this.sinceUs[job] = NONE;
    figures.begun++;
    figures.waitedUs += atUs - sinceUs;
  }

  /** Takes the first job out of a queue. @returns its copy */
  shift(queue: number): number {
    const job = this.heads[queue] as number;
    assert(job !== NONE, "only a queued job ends");
    const next = this.nexts[job] as number;
    this.heads[queue] = next;
    if (next === NONE) this.tails[queue] = NONE;
    this.lengths[queue] = (this.lengths[queue] as number) - 1;
    this.nexts[job] = this.free;
    this.free = job;
    return this.copies[job] as number;
  }

  private take(): number {
    const { free } = this;
    if (free !== NONE) {
      this.free = this.nexts[free] as number;
      return free;
    }
    if (this.made === this.copies.length) this.grow();
    return this.made++;
  }

  private grow(): void {
    const size = 2 * this.copies.length;
    for (const column of INT_COLUMNS) {
      const larger = new Int32Array(size);
      larger.set(this[column]);
      this[column] = larger;
    }
    const since = new Float64Array(size);
    since.set(this.sinceUs);
    this.sinceUs = since;
    for (const column of ["attempts", "failures"] as const) {
      const larger = new Uint8Array(size);
      larger.set(this[column]);
      this[column] = larger;
    }
  }
}
