import type { Context, Machine, Message, PeerId, Storage } from "@orrery-sim/orrery";

/** Messages that are remembered. */
const MAX_REMEMBERED = 256;

/** A machine of our own: passes each message on to the standard one once, however often the network delivers it. */
export class OnceEach implements Machine {
  readonly protocolVersion: number;
  /** Lets the checkers see the chain of the machine that does the work. */
  readonly around: Machine;
  readonly #known = new Set<Message>();

  constructor(around: Machine) {
    this.around = around;
    this.protocolVersion = around.protocolVersion;
  }

  start(context: Context, storage: Storage): void {
    this.around.start(context, storage);
  }

  onTimer(context: Context, timer: number): void {
    this.around.onTimer(context, timer);
  }

  onMessage(context: Context, from: PeerId, message: Message): void {
    if (this.#known.has(message)) return;
    this.#known.add(message);
    const [oldest] = this.#known;
    if (this.#known.size > MAX_REMEMBERED && oldest !== undefined) this.#known.delete(oldest);
    this.around.onMessage(context, from, message);
  }
}
