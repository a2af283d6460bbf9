import type { PeerId } from "../../protocol/core/ids.ts";
import {
  CLIENT,
  type Context,
  MAX_TIMERS,
  type Machine,
  type Message,
  type Storage,
} from "../../protocol/core/machine.ts";
import type { Observation } from "../../protocol/core/observation.ts";
import { type Tamper, TamperingContext } from "./tampering-context.ts";

/** Hands a message to the real machine as its own user would. */
export type HandIn = (message: Message) => void;

/** The timer that a strategy may set: no real machine has one of this number. */
export const MISCONDUCT_TIMER = MAX_TIMERS - 1;

/** A strategy's part in one node. */
export interface Misconduct extends Partial<Tamper> {
  /** How often it made the node depart from the protocol. */
  readonly bites: number;
  /** Begins beside the real machine, whether or not its time has come. */
  start?(context: Context, storage: Storage): void;
  /** Its own timer ended. @param acts whether its time has come */
  onTimer?(context: Context, acts: boolean): void;
  /** @returns whether the message is kept from the real machine, or what the machine gets in its place */
  receive?(context: Context, from: PeerId, message: Message): boolean | Message;
  /** Takes its turn after each of the node's steps. */
  act?(context: Context, handIn: HandIn): void;
  /** Hears what the real machine reports, from the start of the run on. */
  notice?(context: Context, observation: Observation): void;
}

/** A real machine whose sends go through a Byzantine strategy once its time has come. */
export class ByzantineNode implements Machine {
  readonly protocolVersion: number;
  readonly honest: Machine;
  readonly #misconduct: Misconduct;
  readonly #acts: (nowUs: number) => boolean;
  readonly #context: TamperingContext;

  /** @param acts whether the strategy's time has come, by the node's own clock; the node is honest otherwise */
  constructor(honest: Machine, misconduct: Misconduct, acts: (nowUs: number) => boolean) {
    this.honest = honest;
    this.protocolVersion = honest.protocolVersion;
    this.#misconduct = misconduct;
    this.#acts = acts;
    this.#context = new TamperingContext({
      intercept: (context, to, message) =>
        misconduct.intercept !== undefined && acts(context.nowUs) && misconduct.intercept(context, to, message),
      armed: (context, timer, delayUs) => misconduct.armed?.(context, timer, delayUs),
      notice: (context, observation) => misconduct.notice?.(context, observation),
    });
  }

  start(context: Context, storage: Storage): void {
    this.honest.start(this.#context.within(context), storage);
    this.#misconduct.start?.(context, storage);
  }

  onMessage(context: Context, from: PeerId, message: Message): void {
    const { receive } = this.#misconduct;
    const kept =
      receive !== undefined && this.#acts(context.nowUs) && receive.call(this.#misconduct, context, from, message);
    if (kept !== true) this.honest.onMessage(this.#context.within(context), from, kept === false ? message : kept);
    this.#act(context);
  }

  onTimer(context: Context, timer: number): void {
    if (timer === MISCONDUCT_TIMER) return this.#misconduct.onTimer?.(context, this.#acts(context.nowUs));
    this.honest.onTimer(this.#context.within(context), timer);
    this.#act(context);
  }

  #act(context: Context): void {
    if (this.#misconduct.act === undefined || !this.#acts(context.nowUs)) return;
    this.#misconduct.act(context, (message) => this.honest.onMessage(this.#context.within(context), CLIENT, message));
  }
}
