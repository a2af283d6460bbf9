import type { PeerId } from "../../protocol/core/ids.ts";
import { CLIENT, type Context, type Machine, type Message, type Storage } from "../../protocol/core/machine.ts";
import type { Observation } from "../../protocol/core/observation.ts";
import { type Tamper, TamperingContext } from "./tampering-context.ts";

/** Hands a message to the real machine as its own user would. */
export type HandIn = (message: Message) => void;

/** A strategy's part in one node. */
export interface Misconduct extends Partial<Tamper> {
  /** How often it made the node depart from the protocol. */
  readonly bites: number;
  /** @returns whether the message is kept from the real machine */
  receive?(context: Context, from: PeerId, message: Message): boolean;
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
  readonly #fromUs: number;
  readonly #context: TamperingContext;

  /** @param fromUs the node is honest before, by its own clock */
  constructor(honest: Machine, misconduct: Misconduct, fromUs: number) {
    this.honest = honest;
    this.protocolVersion = honest.protocolVersion;
    this.#misconduct = misconduct;
    this.#fromUs = fromUs;
    this.#context = new TamperingContext({
      intercept: (context, to, message) =>
        context.nowUs >= fromUs && (misconduct.intercept?.(context, to, message) ?? false),
      notice: (context, observation) => misconduct.notice?.(context, observation),
    });
  }

  start(context: Context, storage: Storage): void {
    this.honest.start(this.#context.within(context), storage);
  }

  onMessage(context: Context, from: PeerId, message: Message): void {
    const kept = context.nowUs >= this.#fromUs && this.#misconduct.receive?.(context, from, message) === true;
    if (!kept) this.honest.onMessage(this.#context.within(context), from, message);
    this.#act(context);
  }

  onTimer(context: Context, timer: number): void {
    this.honest.onTimer(this.#context.within(context), timer);
    this.#act(context);
  }

  #act(context: Context): void {
    if (context.nowUs < this.#fromUs) return;
    this.#misconduct.act?.(context, (message) => this.honest.onMessage(this.#context.within(context), CLIENT, message));
  }
}
