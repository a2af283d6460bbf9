import type { PeerId } from "../../protocol/core/ids.ts";
import type { Context, DurableRecord, Message } from "../../protocol/core/machine.ts";
import type { NodeCrypto } from "../../protocol/crypto/node-crypto.ts";
import { MISCONDUCT_TIMER } from "./byzantine-node.ts";

/** Under which a twin's records are on the disk that the two share. */
export const TWIN_RECORDS = "twin/";

/**
 * The world of a twin: it reaches only its own half of the others, its records stand apart, its timers share the one that a
 * strategy has, and its clock is a microsecond ahead, so that the two never make the same block.
 */
export class TwinContext implements Context {
  #inner: Context | null = null;
  readonly #isOwn: (peer: PeerId) => boolean;
  /** When each of its timers ends, by its clock. */
  readonly #dueUs = new Map<number, number>();
  /** Whether what it sends gets lost. */
  muted = false;
  /** Messages that left, copies counted. */
  sent = 0;

  /** @param isOwn whether a peer is in the twin's half */
  constructor(isOwn: (peer: PeerId) => boolean) {
    this.#isOwn = isOwn;
  }

  /** Lends this context the step's real one. */
  within(inner: Context): this {
    this.#inner = inner;
    return this;
  }

  get #context(): Context {
    return this.#inner as Context;
  }

  get nowUs(): number {
    return this.#context.nowUs + 1;
  }

  get crypto(): NodeCrypto {
    return this.#context.crypto;
  }

  entropy(): number {
    return this.#context.entropy();
  }

  send(to: PeerId, message: Message): void {
    this.broadcast([to], message);
  }

  broadcast(to: readonly PeerId[], message: Message): void {
    const own = to.filter((peer) => this.#isOwn(peer));
    if (this.muted || own.length === 0) return;
    this.sent += own.length;
    this.#context.broadcast(own, message);
  }

  setTimer(timer: number, delayUs: number): void {
    this.#dueUs.set(timer, this.nowUs + delayUs);
    this.#rearm();
  }

  cancelTimer(timer: number): void {
    this.#dueUs.delete(timer);
    this.#rearm();
  }

  /** @returns numbers of the timers that have ended, in order */
  takeEnded(): number[] {
    const ended = [...this.#dueUs].flatMap(([timer, dueUs]) => (dueUs <= this.nowUs ? [timer] : []));
    for (const timer of ended) this.#dueUs.delete(timer);
    this.#rearm();
    return ended.sort((a, b) => a - b);
  }

  #rearm(): void {
    const nextUs = Math.min(...this.#dueUs.values());
    if (nextUs === Number.POSITIVE_INFINITY) this.#context.cancelTimer(MISCONDUCT_TIMER);
    else this.#context.setTimer(MISCONDUCT_TIMER, Math.max(0, nextUs - this.nowUs));
  }

  sleep(delayUs: number): void {
    this.#context.sleep(delayUs);
  }

  persist(key: string, value: DurableRecord | null): void {
    this.#context.persist(TWIN_RECORDS + key, value);
  }

  /** Watchers look at one machine a node. */
  observe(): void {}

  charge(work: "execute" | "verify" | "vrfVerify", units: number): void {
    this.#context.charge(work, units);
  }

  once<T>(state: object, input: object, compute: () => T): T {
    return this.#context.once(state, input, compute);
  }
}
