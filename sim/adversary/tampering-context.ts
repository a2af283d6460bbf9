import type { PeerId } from "../../protocol/core/ids.ts";
import type { Context, DurableRecord, Message } from "../../protocol/core/machine.ts";
import type { Observation } from "../../protocol/core/observation.ts";
import type { NodeCrypto } from "../../protocol/crypto/node-crypto.ts";

/** Decides what becomes of what a machine wants to send. */
export interface Tamper {
  /** @returns whether the send was taken care of; otherwise it goes out unchanged */
  intercept(context: Context, to: readonly PeerId[], message: Message): boolean;
  /** Hears of a timer that the machine sets. */
  armed(context: Context, timer: number, delayUs: number): void;
  /** Hears what the machine reports; it is reported all the same. */
  notice(context: Context, observation: Observation): void;
}

/** Stands between a real machine and the world, so that a strategy can alter what it sends and nothing else. */
export class TamperingContext implements Context {
  #inner: Context | null = null;
  readonly #tamper: Tamper;

  constructor(tamper: Tamper) {
    this.#tamper = tamper;
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
    return this.#context.nowUs;
  }

  get crypto(): NodeCrypto {
    return this.#context.crypto;
  }

  entropy(): number {
    return this.#context.entropy();
  }

  send(to: PeerId, message: Message): void {
    if (!this.#tamper.intercept(this.#context, [to], message)) this.#context.send(to, message);
  }

  broadcast(to: readonly PeerId[], message: Message): void {
    if (!this.#tamper.intercept(this.#context, to, message)) this.#context.broadcast(to, message);
  }

  setTimer(timer: number, delayUs: number): void {
    this.#context.setTimer(timer, delayUs);
    this.#tamper.armed(this.#context, timer, delayUs);
  }

  cancelTimer(timer: number): void {
    this.#context.cancelTimer(timer);
  }

  sleep(delayUs: number): void {
    this.#context.sleep(delayUs);
  }

  persist(key: string, value: DurableRecord | null): void {
    this.#context.persist(key, value);
  }

  observe(observation: Observation): void {
    this.#context.observe(observation);
    this.#tamper.notice(this.#context, observation);
  }

  charge(work: "execute" | "verify" | "vrfVerify", units: number): void {
    this.#context.charge(work, units);
  }

  once<T>(state: object, input: object, compute: () => T): T {
    return this.#context.once(state, input, compute);
  }
}
