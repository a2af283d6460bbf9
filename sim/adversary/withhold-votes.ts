import { Timer } from "../../protocol/consensus/pbft-node.ts";
import { Phase, Vote } from "../../protocol/consensus/vote.ts";
import type { PeerId } from "../../protocol/core/ids.ts";
import type { Context, Message } from "../../protocol/core/machine.ts";
import { MILLISECOND_US } from "../../protocol/core/units.ts";
import { MISCONDUCT_TIMER, type Misconduct } from "./byzantine-node.ts";

/** Votes that it keeps at one time; the ones beyond leave at once. */
const MAX_KEPT = 64;
/** It lets go of them when so much of the view's time is left, half of it at most: about as long as a vote is under way. */
const LEFT_US = 200 * MILLISECOND_US;

interface Kept {
  readonly to: readonly PeerId[];
  readonly vote: Vote;
  readonly releaseUs: number;
}

/** Keeps its prepares and commits back until just before the view's time is over, so that they may come a little too late. */
export class WithholdVotes implements Misconduct {
  bites = 0;
  #releaseUs = 0;
  /** In order of their release, but for steps of the clock. */
  #kept: Kept[] = [];

  armed(context: Context, timer: number, delayUs: number): void {
    if (timer !== Timer.view) return;
    this.#releaseUs = context.nowUs + delayUs - Math.min(LEFT_US, Math.floor(delayUs / 2));
  }

  intercept(context: Context, to: readonly PeerId[], message: Message): boolean {
    if (!(message instanceof Vote) || message.phase === Phase.propose) return false;
    const releaseUs = this.#releaseUs;
    if (releaseUs <= context.nowUs || this.#kept.length === MAX_KEPT) return false;
    this.#kept.push({ to, vote: message, releaseUs });
    this.#rearm(context);
    this.bites++;
    return true;
  }

  onTimer(context: Context): void {
    const kept = this.#kept;
    this.#kept = kept.filter(({ releaseUs }) => releaseUs > context.nowUs);
    for (const { to, vote, releaseUs } of kept) if (releaseUs <= context.nowUs) context.broadcast(to, vote);
    this.#rearm(context);
  }

  #rearm(context: Context): void {
    const nextUs = this.#kept[0]?.releaseUs;
    if (nextUs !== undefined) context.setTimer(MISCONDUCT_TIMER, Math.max(0, nextUs - context.nowUs));
  }
}
