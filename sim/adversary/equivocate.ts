import { Proposal } from "../../protocol/consensus/messages.ts";
import type { Identity } from "../../protocol/consensus/pbft-node.ts";
import { Vote } from "../../protocol/consensus/vote.ts";
import type { Hash, PeerId } from "../../protocol/core/ids.ts";
import type { Context, Message } from "../../protocol/core/machine.ts";
import type { Misconduct } from "./byzantine-node.ts";
import { forkOf, voteFor } from "./fork.ts";

/** Forks that the members of one conspiracy have made, by the hash of the block they stand against. */
export type Conspiracy = Map<Hash, Hash>;

/**
 * Proposes one block to half of the members and another to the rest, and votes with each half for its own block. Members of
 * one conspiracy support each other's forks, so that more than f of them can make two quorums.
 */
export class Equivocate implements Misconduct {
  bites = 0;
  readonly #identity: Identity;
  readonly #conspiracy: Conspiracy;
  readonly #accomplices: ReadonlySet<PeerId>;

  /** @param accomplices addresses of the conspirators, who are shown the first block */
  constructor(identity: Identity, conspiracy: Conspiracy, accomplices: ReadonlySet<PeerId>) {
    this.#identity = identity;
    this.#conspiracy = conspiracy;
    this.#accomplices = accomplices;
  }

  intercept(context: Context, to: readonly PeerId[], message: Message): boolean {
    if (message instanceof Proposal) return this.#propose(context, to, message);
    return message instanceof Vote && this.#vote(context, to, message);
  }

  #propose(context: Context, to: readonly PeerId[], proposal: Proposal): boolean {
    if (this.#identity.id !== proposal.vote.signer) return false;
    const fork = forkOf(proposal.block);
    this.#conspiracy.set(proposal.block.hash, fork.hash);
    const vote = voteFor(context, this.#identity, { vote: proposal.vote, blockHash: fork.hash });
    this.#split(context, to, proposal, new Proposal(vote, fork));
    return true;
  }

  #vote(context: Context, to: readonly PeerId[], vote: Vote): boolean {
    const blockHash = this.#conspiracy.get(vote.blockHash);
    // The statement of another leader, passed on, is not this node's to forge.
    if (blockHash === undefined || vote.signer !== this.#identity.id) return false;
    this.#split(context, to, vote, voteFor(context, this.#identity, { vote, blockHash }));
    return true;
  }

  /** Sends the first message to accomplices and every other victim, the second to the rest. */
  #split(context: Context, to: readonly PeerId[], first: Message, second: Message): void {
    const fooled = (peer: PeerId) => !this.#accomplices.has(peer) && peer % 2 === 1;
    const others = to.filter(fooled);
    context.broadcast(
      to.filter((peer) => !fooled(peer)),
      first,
    );
    context.broadcast(others, second);
    this.bites += others.length;
  }
}
