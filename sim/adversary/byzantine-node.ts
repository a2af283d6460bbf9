import type { PeerId } from "../../protocol/core/ids.ts";
import type { Context, Machine, Message, Storage } from "../../protocol/core/machine.ts";
import { type Tamper, TamperingContext } from "./tampering-context.ts";

/** A strategy's part in one node. */
export interface Misconduct extends Tamper {
  /** How often it made the node depart from the protocol. */
  readonly bites: number;
}

/** A real machine whose sends go through a Byzantine strategy once its time has come. */
export class ByzantineNode implements Machine {
  readonly protocolVersion: number;
  readonly honest: Machine;
  readonly #context: TamperingContext;

  /** @param fromUs the node is honest before, by its own clock */
  constructor(honest: Machine, misconduct: Misconduct, fromUs: number) {
    this.honest = honest;
    this.protocolVersion = honest.protocolVersion;
    this.#context = new TamperingContext({
      intercept: (context, to, message) => context.nowUs >= fromUs && misconduct.intercept(context, to, message),
    });
  }

  start(context: Context, storage: Storage): void {
    this.honest.start(this.#context.within(context), storage);
  }

  onMessage(context: Context, from: PeerId, message: Message): void {
    this.honest.onMessage(this.#context.within(context), from, message);
  }

  onTimer(context: Context, timer: number): void {
    this.honest.onTimer(this.#context.within(context), timer);
  }
}
