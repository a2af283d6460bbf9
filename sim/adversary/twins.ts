import type { PeerId } from "../../protocol/core/ids.ts";
import type { Context, Machine, Message, Storage } from "../../protocol/core/machine.ts";
import { CLIENT } from "../../protocol/core/machine.ts";
import { PROVISIONED } from "../../protocol/node/silence.ts";
import type { Misconduct } from "./byzantine-node.ts";
import type { Member, Peers } from "./setting.ts";
import { TWIN_RECORDS, TwinContext } from "./twin-context.ts";

/**
 * Two honest machines with one key (Bano et al., "Twins: BFT systems made robust", 2021): each speaks with half of the others
 * and knows nothing of its twin, so that together they contradict themselves. Accomplices are heard by both.
 */
export class Twins implements Misconduct {
  readonly #member: Member;
  readonly #accomplices: Peers;
  readonly #context = new TwinContext((peer) => this.#isTwins(peer) || this.#accomplices.has(peer));
  /** Null before its time has come. */
  #twin: Machine | null = null;
  #storage: Storage = new Map();

  /** @param accomplices addresses of the gang */
  constructor(member: Member, accomplices: Peers) {
    this.#member = member;
    this.#accomplices = accomplices;
  }

  /** Messages that the second machine has sent. */
  get bites(): number {
    return this.#context.sent;
  }

  #isTwins(peer: PeerId): boolean {
    return peer % 2 === 1;
  }

  start(_context: Context, storage: Storage): void {
    this.#storage = storage;
  }

  /** @returns the twin, which begins from its own records, or as new as the node itself did */
  #begun(context: Context): Machine {
    if (this.#twin !== null) return this.#twin;
    const records = [...this.#storage].flatMap(([key, value]): [string, Uint8Array][] => {
      if (key.startsWith(TWIN_RECORDS)) return [[key.slice(TWIN_RECORDS.length), value]];
      return PROVISIONED.has(key) ? [[key, value]] : [];
    });
    this.#twin = this.#member.makeTwin();
    this.#twin.start(this.#context.within(context), new Map(records));
    return this.#twin;
  }

  act(context: Context): void {
    this.#begun(context);
  }

  receive(context: Context, from: PeerId, message: Message): boolean {
    const isShared = this.#accomplices.has(from);
    if (from === CLIENT || !(isShared || this.#isTwins(from))) return false;
    const twin = this.#begun(context);
    this.#context.muted = false;
    twin.onMessage(this.#context.within(context), from, message);
    return !isShared;
  }

  intercept(context: Context, to: readonly PeerId[], message: Message): boolean {
    const own = to.filter((peer) => !this.#isTwins(peer) || this.#accomplices.has(peer));
    if (own.length === to.length) return false;
    if (own.length > 0) context.broadcast(own, message);
    return true;
  }

  onTimer(context: Context, acts: boolean): void {
    const twin = this.#twin;
    if (twin === null) return;
    this.#context.muted = !acts;
    const own = this.#context.within(context);
    for (const timer of own.takeEnded()) twin.onTimer(own, timer);
  }
}
