import type { PeerId } from "../core/ids.ts";
import { EARLY_MESSAGES_PER_SEAT } from "../core/limits.ts";
import type { Message } from "../core/machine.ts";

/** A message as it came. */
export interface ReceivedMessage {
  readonly from: PeerId;
  readonly message: Message;
}

/**
 * Consensus messages of the next heights, kept until the chain is there. Bounded for each sender, so that a flood by one takes no
 * room from the others.
 */
export class EarlyMessages {
  /** In order of arrival. */
  #kept: ReceivedMessage[] = [];
  readonly #keptFrom = new Map<PeerId, number>();

  get isEmpty(): boolean {
    return this.#kept.length === 0;
  }

  /** @returns whether there was room for another message of this sender */
  keep(from: PeerId, message: Message): boolean {
    const kept = this.#keptFrom.get(from) ?? 0;
    if (kept >= EARLY_MESSAGES_PER_SEAT) return false;
    this.#keptFrom.set(from, kept + 1);
    this.#kept.push({ from, message });
    return true;
  }

  /** @returns all of them, which are kept no longer */
  take(): readonly ReceivedMessage[] {
    const kept = this.#kept;
    this.#kept = [];
    this.#keptFrom.clear();
    return kept;
  }
}
