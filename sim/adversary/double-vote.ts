import type { Identity } from "../../protocol/consensus/pbft-node.ts";
import { Phase, Vote } from "../../protocol/consensus/vote.ts";
import type { PeerId } from "../../protocol/core/ids.ts";
import type { Context, Message } from "../../protocol/core/machine.ts";
import { hashTagged, hashToBytes } from "../../protocol/crypto/hash.ts";
import type { Misconduct } from "./byzantine-node.ts";
import { voteFor } from "./fork.ts";

/** Votes for a second block in each view and phase in which it votes at all, and tells everybody. */
export class DoubleVote implements Misconduct {
  bites = 0;
  readonly #identity: Identity;

  constructor(identity: Identity) {
    this.#identity = identity;
  }

  intercept(context: Context, to: readonly PeerId[], message: Message): boolean {
    if (!(message instanceof Vote) || message.phase === Phase.propose) return false;
    const blockHash = hashTagged("orrery/second-vote", hashToBytes(message.blockHash));
    context.broadcast(to, message);
    context.broadcast(to, voteFor(context, this.#identity, { vote: message, blockHash }));
    this.bites++;
    return true;
  }
}
