import { type Certificate, certificateOf } from "../../protocol/consensus/certificate.ts";
import { buildBlock, type ChainState } from "../../protocol/consensus/chain-state.ts";
import { Proposal } from "../../protocol/consensus/messages.ts";
import type { Identity } from "../../protocol/consensus/pbft-node.ts";
import { forcedBy, NewView, NOT_PREPARED, newViewHash, ViewChange } from "../../protocol/consensus/view-change.ts";
import { NO_PROOF, Phase, Vote } from "../../protocol/consensus/vote.ts";
import { type DelegateId, type Hash, type PeerId, ZERO_HASH } from "../../protocol/core/ids.ts";
import type { Context, Message } from "../../protocol/core/machine.ts";
import { hashTagged, hashToBytes } from "../../protocol/crypto/hash.ts";
import type { Misconduct } from "./byzantine-node.ts";
import type { Peers } from "./setting.ts";

/** The one honest member that is to hold each of the gang's blocks final, by the block's hash. */
export type Confidants = Map<Hash, PeerId>;

/** What a gang of liars shares. */
export interface Liars {
  /** Keys in the gang's hands, by id. */
  readonly keys: ReadonlyMap<DelegateId, Identity>;
  readonly nodes: Peers;
  readonly confidants: Confidants;
}

/** What a leader of the gang says in place of the new view that its honest part made. */
interface Usurped {
  readonly view: number;
  readonly blockHash: Hash;
  readonly newViewHash: Hash;
}

/**
 * Leads views so that a block is prepared by few and final at one, then acts as if it had never been: denies what it prepared,
 * proves with a forged certificate what never was, and leads views with another block against the certificates of the rest.
 */
export class LieViewChange implements Misconduct {
  bites = 0;
  readonly #identity: Identity;
  readonly #state: () => ChainState;
  readonly #liars: Liars;
  #usurped: Usurped | null = null;

  constructor(identity: Identity, state: () => ChainState, liars: Liars) {
    this.#identity = identity;
    this.#state = state;
    this.#liars = liars;
  }

  intercept(context: Context, to: readonly PeerId[], message: Message): boolean {
    const { id } = this.#identity;
    if (message instanceof Proposal) return message.vote.signer === id && this.#show(context, to, message);
    if (message instanceof NewView) return message.vote.signer === id && this.#usurp(context, to, message);
    if (message instanceof ViewChange) return message.signer === id && this.#lie(context, to, message);
    return message instanceof Vote && message.signer === id && this.#vote(context, to, message);
  }

  /** Shows its block to just so many that it can be prepared, others each time. */
  #show(context: Context, to: readonly PeerId[], lead: Proposal | NewView): boolean {
    const { quorum } = this.#state().rotation.committee;
    const partners = to.filter((peer) => this.#liars.nodes.has(peer));
    const honest = to.filter((peer) => !this.#liars.nodes.has(peer));
    const start = (lead.vote.height + lead.vote.view) % Math.max(1, honest.length);
    const turned = [...honest.slice(start), ...honest.slice(0, start)];
    const shown = turned.slice(0, Math.max(1, quorum - partners.length - 1));
    const [confidant] = shown;
    if (confidant === undefined) return false;
    this.#liars.confidants.set(lead.block.hash, confidant);
    context.broadcast([...partners, ...shown], lead);
    this.bites += honest.length - shown.length;
    return true;
  }

  /** Commits to a block of the gang's before one member alone, and votes for its own block in a view that it took over. */
  #vote(context: Context, to: readonly PeerId[], vote: Vote): boolean {
    const usurped = this.#usurped;
    if (usurped !== null && usurped.view === vote.view && usurped.blockHash !== vote.blockHash) {
      const referred = vote.phase === Phase.commit ? ZERO_HASH : usurped.newViewHash;
      context.broadcast(to, this.#signed(context, { ...vote, blockHash: usurped.blockHash, newViewHash: referred }));
      this.bites++;
      return true;
    }
    const confidant = vote.phase === Phase.commit ? this.#liars.confidants.get(vote.blockHash) : undefined;
    if (confidant === undefined) return false;
    if (to.includes(confidant)) context.send(confidant, vote);
    this.bites++;
    return true;
  }

  #lie(context: Context, to: readonly PeerId[], viewChange: ViewChange): boolean {
    context.broadcast(to, this.#falseStatement(context, viewChange));
    this.bites++;
    return true;
  }

  /** Denies what is prepared; where nothing is, claims that something was. The same statement makes the same lie. */
  #falseStatement(context: Context, viewChange: ViewChange): ViewChange {
    const { preparedView, view } = viewChange;
    const denial = { preparedView: NOT_PREPARED, preparedHash: ZERO_HASH };
    const certificate = preparedView === NOT_PREPARED ? this.#forgedCertificate(context, viewChange) : null;
    const claim = certificate === null ? denial : { preparedView: view - 1, preparedHash: certificate.blockHash };
    const forged = new ViewChange({ ...viewChange, ...claim }, certificate);
    context.crypto.sign(forged, this.#identity.signing);
    return forged;
  }

  /** A quorum of names under a block that nobody has seen; only the gang's own signatures are real. */
  #forgedCertificate(context: Context, { chainId, height, view }: ViewChange): Certificate {
    const { members, quorum } = this.#state().rotation.committee;
    const blockHash = hashTagged("orrery/never-prepared", hashToBytes(this.#state().blockHash));
    const gangFirst = members.toSorted((a, b) => Number(this.#isOurs(b)) - Number(this.#isOurs(a)));
    const signers = gangFirst.slice(0, quorum).sort((a, b) => a - b);
    const fields = { chainId, height, view: view - 1, phase: Phase.prepare, blockHash };
    const votes = signers.map((signer) => {
      const vote = new Vote({ ...fields, newViewHash: ZERO_HASH, signer, membership: NO_PROOF });
      const key = this.#liars.keys.get(signer);
      if (key !== undefined) context.crypto.sign(vote, key.signing);
      return vote;
    });
    return certificateOf(votes);
  }

  #isOurs(id: DelegateId): boolean {
    return this.#liars.keys.has(id);
  }

  /** Leads with another block, leaving out all who say that one was prepared. */
  #usurp(context: Context, to: readonly PeerId[], newView: NewView): boolean {
    const { vote, block } = newView;
    const state = this.#state();
    const isHere = block.header.previousHash === state.blockHash;
    if (forcedBy(newView.viewChanges) === null) return this.#show(context, to, newView);
    if (!isHere) return false;
    const viewChanges = newView.viewChanges.flatMap((each) => {
      if (each.preparedView === NOT_PREPARED) return [each];
      return each.signer === this.#identity.id ? [this.#falseStatement(context, each)] : [];
    });
    const timeUs = Math.max(context.nowUs, state.timeUs + state.rotation.parameters.roundUs, block.header.timeUs + 1);
    const plan = { originalView: vote.view, proposer: this.#identity.id, timeUs };
    const other = buildBlock(context.crypto, state, { plan, candidates: block.transactions }).block;
    const usurped = { view: vote.view, blockHash: other.hash, newViewHash: newViewHash(viewChanges, other.hash) };
    this.#usurped = usurped;
    const { blockHash } = usurped;
    const lead = this.#signed(context, { ...vote, blockHash, newViewHash: usurped.newViewHash });
    context.broadcast(to, new NewView(viewChanges, lead, other));
    this.bites++;
    return true;
  }

  #signed(context: Context, fields: ConstructorParameters<typeof Vote>[0]): Vote {
    const vote = new Vote(fields);
    context.crypto.sign(vote, this.#identity.signing);
    return vote;
  }
}
