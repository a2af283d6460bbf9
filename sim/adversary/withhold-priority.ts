import type { DelegateId, PeerId } from "../../protocol/core/ids.ts";
import type { Context, Message } from "../../protocol/core/machine.ts";
import { Transactions } from "../../protocol/gossip/messages.ts";
import type { Misconduct } from "./byzantine-node.ts";

/**
 * Shows nobody the proof of its priority: its claim comes to light in a block of its own, so late that others cannot answer it,
 * or not at all.
 */
export class WithholdPriority implements Misconduct {
  bites = 0;
  readonly #self: DelegateId;

  constructor(self: DelegateId) {
    this.#self = self;
  }

  intercept(context: Context, to: readonly PeerId[], message: Message): boolean {
    if (!(message instanceof Transactions)) return false;
    const shown = message.transactions.filter((each) => each.kind !== "claim" || each.delegate !== this.#self);
    if (shown.length === message.transactions.length) return false;
    this.bites++;
    if (shown.length > 0) context.broadcast(to, new Transactions(shown));
    return true;
  }
}
