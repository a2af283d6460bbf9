import type { Identity } from "../../protocol/consensus/pbft-node.ts";
import { NOT_PREPARED, ViewChange } from "../../protocol/consensus/view-change.ts";
import { Phase, Vote } from "../../protocol/consensus/vote.ts";
import { type PeerId, ZERO_HASH } from "../../protocol/core/ids.ts";
import { HEIGHT_WINDOW, VIEW_WINDOW } from "../../protocol/core/limits.ts";
import type { Context, Message } from "../../protocol/core/machine.ts";
import { hashTagged, hashToBytes } from "../../protocol/crypto/hash.ts";
import type { Misconduct } from "./byzantine-node.ts";
import { isConsensus } from "./silent.ts";

/** What it has heard and may say again: the last so many. */
const MAX_HEARD = 256;
/** How far ahead it votes, heights and views: within what others keep and beyond it. */
const AHEAD = [1, HEIGHT_WINDOW, HEIGHT_WINDOW + 3, VIEW_WINDOW, VIEW_WINDOW + 3, 1_000_000] as const;

/** Besides each vote of its own it repeats an old message of anybody, votes far ahead, and claims to be in a far view. */
export class StaleFuture implements Misconduct {
  bites = 0;
  readonly #identity: Identity;
  readonly #heard: Message[] = [];
  #turn = 0;

  constructor(identity: Identity) {
    this.#identity = identity;
  }

  receive(_context: Context, _from: PeerId, message: Message): boolean {
    if (isConsensus(message)) this.#heard[this.#turn++ % MAX_HEARD] = message;
    return false;
  }

  intercept(context: Context, to: readonly PeerId[], message: Message): boolean {
    if (!(message instanceof Vote) || message.phase === Phase.propose) return false;
    context.broadcast(to, message);
    const old = this.#heard[context.entropy() % Math.max(1, this.#heard.length)];
    if (old !== undefined) context.broadcast(to, old);
    const ahead = AHEAD[this.bites % AHEAD.length] as number;
    context.broadcast(to, this.#vote(context, message, { height: message.height + ahead }));
    context.broadcast(to, this.#vote(context, message, { view: message.view + ahead }));
    context.broadcast(to, this.#viewChange(context, message, message.view + ahead));
    this.bites++;
    return true;
  }

  #vote(context: Context, vote: Vote, when: { height: number } | { view: number }): Vote {
    const blockHash = hashTagged("orrery/future-vote", hashToBytes(vote.blockHash));
    const forged = new Vote({ ...vote, ...when, blockHash });
    context.crypto.sign(forged, this.#identity.signing);
    return forged;
  }

  #viewChange(context: Context, { chainId, height, membership }: Vote, view: number): ViewChange {
    const nothing = { preparedView: NOT_PREPARED, preparedHash: ZERO_HASH };
    const fields = { chainId, height, view, ...nothing, signer: this.#identity.id, membership };
    const forged = new ViewChange(fields, null);
    context.crypto.sign(forged, this.#identity.signing);
    return forged;
  }
}
