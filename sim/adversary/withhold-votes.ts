import { Timer } from "../../protocol/consensus/pbft-node.ts";
import { Phase, Vote } from "../../protocol/consensus/vote.ts";
import type { PeerId } from "../../protocol/core/ids.ts";
import type { Context, Message } from "../../protocol/core/machine.ts";
import { MISCONDUCT_TIMER, type Misconduct } from "./byzantine-node.ts";

/** Votes that it keeps at one time; the ones beyond leave at once. */
const MAX_KEPT = 64;
/** It lets go of them when this part of the view's time is left: about as long as a vote is under way. */
const LEFT_PART = 10;

/** Keeps its prepares and commits back until just before the view's time is over, so that they may come a little too late. */
export class WithholdVotes implements Misconduct {
  bites = 0;
  #releaseUs = 0;
  #kept: { readonly to: readonly PeerId[]; readonly vote: Vote }[] = [];

  armed(context: Context, timer: number, delayUs: number): void {
    if (timer !== Timer.view) return;
    this.#releaseUs = context.nowUs + delayUs - Math.floor(delayUs / LEFT_PART);
    if (this.#kept.length > 0) context.setTimer(MISCONDUCT_TIMER, Math.max(0, this.#releaseUs - context.nowUs));
  }

  intercept(context: Context, to: readonly PeerId[], message: Message): boolean {
    if (!(message instanceof Vote) || message.phase === Phase.propose) return false;
    const waitUs = this.#releaseUs - context.nowUs;
    if (waitUs <= 0 || this.#kept.length === MAX_KEPT) return false;
    if (this.#kept.length === 0) context.setTimer(MISCONDUCT_TIMER, waitUs);
    this.#kept.push({ to, vote: message });
    this.bites++;
    return true;
  }

  onTimer(context: Context): void {
    const kept = this.#kept;
    this.#kept = [];
    for (const { to, vote } of kept) context.broadcast(to, vote);
  }
}
