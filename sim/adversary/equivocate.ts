import type { ChainState } from "../../protocol/consensus/chain-state.ts";
import { Proposal } from "../../protocol/consensus/messages.ts";
import type { Identity } from "../../protocol/consensus/pbft-node.ts";
import { Vote } from "../../protocol/consensus/vote.ts";
import type { Hash, PeerId } from "../../protocol/core/ids.ts";
import type { Context, Message } from "../../protocol/core/machine.ts";
import type { Misconduct } from "./byzantine-node.ts";
import { forkOf, voteFor } from "./fork.ts";

/** A second block in a block's place, and the victims who are shown it: every other one. */
interface Fork {
  readonly blockHash: Hash;
  readonly fooled: ReadonlySet<PeerId>;
}

/** Forks that the members of one conspiracy have made, by the hash of the block they stand against. */
export type Conspiracy = Map<Hash, Fork>;

/**
 * Proposes one block to half of the members and another to the rest, and votes with each half for its own block. Members of
 * one conspiracy support each other's forks, so that more than f of them can make two quorums.
 */
export class Equivocate implements Misconduct {
  bites = 0;
  readonly #identity: Identity;
  readonly #state: () => ChainState;
  readonly #conspiracy: Conspiracy;
  readonly #accomplices: ReadonlySet<PeerId>;

  /** @param state the node's last final one @param accomplices addresses of the conspirators, who are shown the first block */
  constructor(
    identity: Identity,
    state: () => ChainState,
    { conspiracy, accomplices }: { conspiracy: Conspiracy; accomplices: ReadonlySet<PeerId> },
  ) {
    this.#state = state;
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
    const parent = this.#state();
    if (parent.blockHash !== proposal.block.header.previousHash) return false;
    const block = forkOf(context, parent, proposal.block);
    const victims = to.filter((peer) => !this.#accomplices.has(peer));
    const fooled = new Set(victims.filter((_, index) => index % 2 === 1));
    const fork = this.#conspiracy.get(proposal.block.hash) ?? { blockHash: block.hash, fooled };
    this.#conspiracy.set(proposal.block.hash, fork);
    const vote = voteFor(context, this.#identity, { vote: proposal.vote, blockHash: block.hash });
    this.#split(context, to, fork, [proposal, new Proposal(vote, block)]);
    return true;
  }

  #vote(context: Context, to: readonly PeerId[], vote: Vote): boolean {
    const fork = this.#conspiracy.get(vote.blockHash);
    // The statement of another leader, passed on, is not this node's to forge.
    if (fork === undefined || vote.signer !== this.#identity.id) return false;
    const { blockHash } = fork;
    this.#split(context, to, fork, [vote, voteFor(context, this.#identity, { vote, blockHash })]);
    return true;
  }

  /** Sends the second message to those who are fooled, the first to all others. */
  #split(
    context: Context,
    to: readonly PeerId[],
    { fooled }: Fork,
    [first, second]: readonly [Message, Message],
  ): void {
    const others = to.filter((peer) => fooled.has(peer));
    context.broadcast(
      to.filter((peer) => !fooled.has(peer)),
      first,
    );
    context.broadcast(others, second);
    this.bites += others.length;
  }
}
