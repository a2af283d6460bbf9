import { CertifiedBlock, Status } from "../../protocol/consensus/messages.ts";
import type { PeerId } from "../../protocol/core/ids.ts";
import type { Context, Message } from "../../protocol/core/machine.ts";
import type { Misconduct } from "./byzantine-node.ts";
import { isConsensus } from "./silent.ts";

/** Every so often the victim gets something, which is old. */
const OLD_NEWS_EVERY = 4;

/**
 * Keeps a neighbour in the dark: of all that is not consensus itself the victim gets nothing, or a block of long ago; what it
 * says stays here, and when it asks how far the chain is, it is told that it has everything.
 */
export class Eclipse implements Misconduct {
  bites = 0;
  readonly #victim: PeerId;
  #oldest: CertifiedBlock | null = null;

  constructor(victim: PeerId) {
    this.#victim = victim;
  }

  intercept(context: Context, to: readonly PeerId[], message: Message): boolean {
    if (message instanceof CertifiedBlock) this.#oldest ??= message;
    if (isConsensus(message) || !to.includes(this.#victim)) return false;
    const others = to.filter((peer) => peer !== this.#victim);
    if (others.length > 0) context.broadcast(others, message);
    if (this.#oldest !== null && this.bites % OLD_NEWS_EVERY === 0) context.send(this.#victim, this.#oldest);
    this.bites++;
    return true;
  }

  receive(context: Context, from: PeerId, message: Message): boolean {
    if (from !== this.#victim || isConsensus(message)) return false;
    if (message instanceof Status) context.send(from, new Status(message.height, message.blockHash));
    this.bites++;
    return true;
  }
}
