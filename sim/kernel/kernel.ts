import { assert } from "../../protocol/core/assert.ts";
import { CapacityError } from "./capacity-error.ts";
import type { RunDigest } from "./digest.ts";
import { EventQueue } from "./event-queue.ts";
import { MAX_SOURCES, Perturbation } from "./perturbation.ts";

/** Kinds of events that a key can tell apart. */
export const MAX_KINDS = 8;
/** Events that one source may schedule in a run; one more ends it with a CapacityError. */
export const MAX_EVENTS_OF_A_SOURCE = 2 ** 30;

const KIND_UNIT = 2 ** 50;
const SOURCE_UNIT = 2 ** 30;

/** Executes the events of one kind, or of several. */
export interface EventHandler {
  /** Executes one event; a, b and c are its payload, and its time is the kernel's `nowUs`. */
  handle(kind: number, a: number, b: number, c: number): void;
}

/** Why `advance` returned: its slice is used up, nothing is left, or a stop condition holds. */
export type AdvanceResult = "slice" | "drained" | "until" | "stopped" | "event bound";

export interface KernelOptions {
  /** Sources are 0 … sources − 1. */
  readonly sources: number;
  readonly digest: RunDigest;
  readonly perturbation?: Perturbation;
  /** Events later than this are not executed. */
  readonly untilUs?: number;
  readonly maxEvents?: number;
}

/**
 * The run loop. Events are executed in the order of (time, kind, source, the source's own counter), whatever the order in
 * which they were scheduled, and each is recorded in the digest.
 */
export class Kernel {
  /** Time of the event being executed. */
  nowUs = 0;
  /** Events executed so far. */
  executed = 0;
  untilUs: number;

  private readonly queue: EventQueue;
  private readonly digest: RunDigest;
  private readonly handlers: EventHandler[] = [];
  private readonly ranks: Float64Array;
  private readonly counters: Int32Array;
  private readonly maxEvents: number;
  private stopping = false;

  constructor(options: KernelOptions) {
    const { sources } = options;
    assert(sources > 0 && sources <= MAX_SOURCES, "sources fit the event key");
    const perturbation = options.perturbation ?? new Perturbation(0);
    this.queue = new EventQueue();
    this.digest = options.digest;
    this.untilUs = options.untilUs ?? Infinity;
    this.maxEvents = options.maxEvents ?? Infinity;
    this.ranks = Float64Array.from({ length: sources }, (_, source) => perturbation.rank(source) * SOURCE_UNIT);
    this.counters = new Int32Array(sources);
  }

  /** Events pending now. */
  get pending(): number {
    return this.queue.size;
  }

  /** Kind of the event executed last. */
  get lastKind(): number {
    return Math.floor(this.queue.key / KIND_UNIT);
  }

  /** What scheduled it: its source's rank, which without perturbation is the source. */
  get lastSource(): number {
    return Math.floor((this.queue.key % KIND_UNIT) / SOURCE_UNIT);
  }

  /** First and last number of its payload. */
  get lastTarget(): number {
    return this.queue.a;
  }

  get lastExtra(): number {
    return this.queue.c;
  }

  /** @param kind 0 … MAX_KINDS − 1; lower kinds go first at equal times */
  register(kind: number, handler: EventHandler): void {
    assert(kind >= 0 && kind < MAX_KINDS && this.handlers[kind] === undefined, "one handler for each kind");
    this.handlers[kind] = handler;
  }

  /**
   * Schedules an event with a payload of three 32-bit numbers.
   *
   * @throws CapacityError when a bound is reached
   */
  schedule(timeUs: number, kind: number, source: number, a: number, b: number, c: number): void {
    this.queue.push(timeUs, this.takeKey(timeUs, kind, source), a, b, c);
  }

  /**
   * Schedules an event that can be cancelled.
   *
   * @returns its token, which with its generation names it for `cancel`
   * @throws CapacityError when a bound is reached
   */
  scheduleCancellable(timeUs: number, kind: number, source: number, a: number, b: number): number {
    return this.queue.pushCancellable(timeUs, this.takeKey(timeUs, kind, source), a, b);
  }

  generationOf(token: number): number {
    return this.queue.generationOf(token);
  }

  /** @returns whether the event was still pending */
  cancel(token: number, generation: number): boolean {
    return this.queue.cancel(token, generation);
  }

  /** Makes `advance` return after the event being executed. */
  stop(): void {
    this.stopping = true;
  }

  /** Executes at most `maxEvents` further events; the size of such slices never shows in the run. */
  advance(maxEvents: number): AdvanceResult {
    const end = Math.min(this.executed + maxEvents, this.maxEvents);
    const { queue, digest, handlers } = this;
    while (!this.stopping) {
      if (this.executed >= end) return this.executed === this.maxEvents ? "event bound" : "slice";
      const nextUs = queue.nextTimeUs();
      if (nextUs === Infinity) return "drained";
      if (nextUs > this.untilUs) return "until";
      queue.pop();
      this.executed++;
      this.nowUs = queue.timeUs;
      digest.event(queue.timeUs, queue.key, queue.a);
      const kind = Math.floor(queue.key / KIND_UNIT);
      (handlers[kind] as EventHandler).handle(kind, queue.a, queue.b, queue.c);
    }
    return "stopped";
  }

  private takeKey(timeUs: number, kind: number, source: number): number {
    assert(timeUs >= this.nowUs, "events are scheduled for now or later");
    const counter = this.counters[source] as number;
    if (counter === MAX_EVENTS_OF_A_SOURCE) throw new CapacityError(`more than ${counter} events of source ${source}`);
    this.counters[source] = counter + 1;
    return kind * KIND_UNIT + (this.ranks[source] as number) + counter;
  }
}
