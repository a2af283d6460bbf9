import type { ChainState } from "../../protocol/consensus/chain-state.ts";
import { Proposal } from "../../protocol/consensus/messages.ts";
import type { Identity } from "../../protocol/consensus/pbft-node.ts";
import { forcedBy, NewView, newViewHash } from "../../protocol/consensus/view-change.ts";
import { Phase, Vote } from "../../protocol/consensus/vote.ts";
import { type Hash, type PeerId, ZERO_HASH } from "../../protocol/core/ids.ts";
import type { Context, Message } from "../../protocol/core/machine.ts";
import type { Block } from "../../protocol/ledger/block.ts";
import type { Misconduct } from "./byzantine-node.ts";
import { forkOf, voteFor } from "./fork.ts";
import type { Peers } from "./setting.ts";

/** A second block in a block's place, and who is shown it. */
interface Fork {
  readonly view: number;
  readonly blockHash: Hash;
  /** What prepares for it refer to. */
  readonly newViewHash: Hash;
  readonly fooled: ReadonlySet<PeerId>;
}

/** Forks that the members of one conspiracy have made, by the hash of the block they stand against. */
export type Conspiracy = Map<Hash, Fork>;

/** What becomes of an own block. */
export interface Forgery {
  /** @returns the block that is shown in its place, or null where it is left alone */
  remake(context: Context, parent: ChainState, block: Block): Block | null;
  /** @returns who is shown it, of the others in the committee */
  fooled(audience: readonly PeerId[]): readonly PeerId[];
}

/** Another block for every other one. @param accomplices addresses of the conspirators, who are shown the first block */
export function toHalf(accomplices: Peers): Forgery {
  const fooled = (audience: readonly PeerId[]) =>
    audience.filter((peer) => !accomplices.has(peer)).filter((_, index) => index % 2 === 1);
  return { remake: forkOf, fooled };
}

/** Another block for one alone. @param victim null: the first of the audience that is no accomplice */
export function toOne(accomplices: Peers, victim: number | null): Forgery {
  const fooled = (audience: readonly PeerId[]) =>
    audience.filter((peer) => (victim === null ? !accomplices.has(peer) : peer === victim)).slice(0, 1);
  return { remake: forkOf, fooled };
}

/** Another block for everybody: the first one is never shown. */
export function toAll(remake: Forgery["remake"]): Forgery {
  return { remake, fooled: (audience) => audience };
}

/**
 * Proposes one block to some of the members and another to the rest, and votes with each for its own block. Members of one
 * conspiracy support each other's forks, so that more than f of them can make two quorums.
 */
export class Equivocate implements Misconduct {
  bites = 0;
  readonly #identity: Identity;
  readonly #state: () => ChainState;
  readonly #conspiracy: Conspiracy;
  readonly #forgery: Forgery;

  /** @param state the node's last final one */
  constructor(
    identity: Identity,
    state: () => ChainState,
    { conspiracy, forgery }: { conspiracy: Conspiracy; forgery: Forgery },
  ) {
    this.#state = state;
    this.#identity = identity;
    this.#conspiracy = conspiracy;
    this.#forgery = forgery;
  }

  intercept(context: Context, to: readonly PeerId[], message: Message): boolean {
    if (message instanceof Proposal) return this.#lead(context, to, message);
    // A block that was prepared is carried on unchanged: another in its place would fool nobody.
    if (message instanceof NewView) return forcedBy(message.viewChanges) === null && this.#lead(context, to, message);
    return message instanceof Vote && this.#vote(context, to, message);
  }

  #lead(context: Context, to: readonly PeerId[], lead: Proposal | NewView): boolean {
    const { vote, block } = lead;
    if (this.#identity.id !== vote.signer) return false;
    const parent = this.#state();
    if (parent.blockHash !== block.header.previousHash) return false;
    const other = this.#forgery.remake(context, parent, block);
    if (other === null) return false;
    const referred = lead instanceof NewView ? newViewHash(lead.viewChanges, other.hash) : ZERO_HASH;
    const fresh = { view: vote.view, blockHash: other.hash, newViewHash: referred };
    const fork = this.#conspiracy.get(block.hash) ?? { ...fresh, fooled: new Set(this.#forgery.fooled(to)) };
    this.#conspiracy.set(block.hash, fork);
    const own = voteFor(context, this.#identity, { vote, blockHash: other.hash, newViewHash: referred });
    this.#split(context, to, fork, [
      lead,
      lead instanceof NewView ? new NewView(lead.viewChanges, own, other) : new Proposal(own, other),
    ]);
    return true;
  }

  #vote(context: Context, to: readonly PeerId[], vote: Vote): boolean {
    const fork = this.#conspiracy.get(vote.blockHash);
    // The statement of another leader, passed on, is not this node's to forge.
    if (fork === undefined || vote.signer !== this.#identity.id) return false;
    const { blockHash, view } = fork;
    const referred = vote.phase === Phase.prepare && vote.view === view ? fork.newViewHash : vote.newViewHash;
    this.#split(context, to, fork, [
      vote,
      voteFor(context, this.#identity, { vote, blockHash, newViewHash: referred }),
    ]);
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
