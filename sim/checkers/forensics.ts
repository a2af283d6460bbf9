import type { Certificate } from "../../protocol/consensus/certificate.ts";
import type { CertifiedBlock, Proposal } from "../../protocol/consensus/messages.ts";
import type { NewView, ViewChange } from "../../protocol/consensus/view-change.ts";
import { Phase, type Vote } from "../../protocol/consensus/vote.ts";
import type { DelegateId, Hash } from "../../protocol/core/ids.ts";
import type { Message } from "../../protocol/core/machine.ts";
import { WireKind } from "../../protocol/core/wire-kind.ts";
import {
  isDoubleViewChange,
  isDoubleVote,
  isForgottenCommit,
  isUnjustifiedPrepare,
  type Offence,
} from "./accusations.ts";
import { type FinalChain, HeightNotes } from "./final-chain.ts";
import { newViewDigest, type Signatures } from "./statements.ts";

/** Messages of one height that are kept to name culprits from. */
export const MAX_DOSSIER_MESSAGES = 65_536;

/** A delegate that signed what no honest one signs. */
export interface Culprit {
  readonly delegate: DelegateId;
  readonly offence: Offence;
}

/** Keeps what was signed about heights that are not settled, and names from it who broke the rules (C6). */
export class Forensics {
  readonly #dossiers: HeightNotes<Set<Message>>;
  readonly #signatures: Signatures;

  constructor(chain: FinalChain, signatures: Signatures) {
    this.#dossiers = new HeightNotes(chain, () => new Set());
    this.#signatures = signatures;
  }

  /** Files a message, whoever sent it: what counts is who signed it. */
  file(message: Message): void {
    const height = heightOf(message);
    const dossier = height < 0 ? null : this.#dossiers.at(height);
    if (dossier !== null && dossier.size < MAX_DOSSIER_MESSAGES) dossier.add(message);
  }

  /** @returns each guilty delegate of a height once, with its first offence, in order of delegate */
  culprits(height: number): Culprit[] {
    const collection = new Collection();
    for (const message of this.#dossiers.at(height) ?? []) collection.take(message);
    const culprits: Culprit[] = [];
    for (const [delegate, { votes, changes }] of collection.statements) {
      const sound = votes.filter((vote) => vote.height === height && this.#signatures.hold(vote));
      const soundChanges = changes.filter((change) => change.height === height && this.#signatures.hold(change));
      const offence = offenceIn(sound, soundChanges, collection.newViews);
      if (offence !== null) culprits.push({ delegate, offence });
    }
    return culprits.sort((a, b) => a.delegate - b.delegate);
  }
}

/** @returns the height that a message's statements are about, −1 for a message without */
function heightOf(message: Message): number {
  switch (message.kind) {
    case WireKind.vote:
      return (message as Vote).height;
    case WireKind.viewChange:
      return (message as ViewChange).height;
    case WireKind.proposal:
      return (message as Proposal).vote.height;
    case WireKind.newView:
      return (message as NewView).vote.height;
    case WireKind.certifiedBlock:
      return (message as CertifiedBlock).certificate.height;
    default:
      return -1;
  }
}

/** Statements by signer, each object once. */
class Collection {
  readonly statements = new Map<DelegateId, { votes: Vote[]; changes: ViewChange[] }>();
  /** By what prepares refer to. */
  readonly newViews = new Map<Hash, NewView>();
  readonly #taken = new Set<object>();

  take(message: Message): void {
    switch (message.kind) {
      case WireKind.vote:
        return this.#takeVotes([message as Vote]);
      case WireKind.viewChange:
        return this.#takeViewChange(message as ViewChange);
      case WireKind.proposal:
        return this.#takeVotes([(message as Proposal).vote]);
      case WireKind.newView:
        return this.#takeNewView(message as NewView);
      case WireKind.certifiedBlock:
        return this.#takeCertificate((message as CertifiedBlock).certificate);
    }
  }

  #takeCertificate({ votes }: Certificate): void {
    this.#takeVotes(votes);
  }

  #takeNewView(newView: NewView): void {
    this.newViews.set(newViewDigest(newView), newView);
    this.#takeVotes([newView.vote]);
    for (const change of newView.viewChanges) this.#takeViewChange(change);
  }

  #takeViewChange(change: ViewChange): void {
    if (this.#taken.has(change)) return;
    this.#taken.add(change);
    this.#of(change.signer).changes.push(change);
    if (change.certificate !== null) this.#takeCertificate(change.certificate);
  }

  #takeVotes(votes: readonly Vote[]): void {
    for (const vote of votes) {
      if (this.#taken.has(vote)) continue;
      this.#taken.add(vote);
      this.#of(vote.signer).votes.push(vote);
    }
  }

  #of(signer: DelegateId): { votes: Vote[]; changes: ViewChange[] } {
    const known = this.statements.get(signer) ?? { votes: [], changes: [] };
    this.statements.set(signer, known);
    return known;
  }
}

/** @returns the first offence in what one delegate signed about one height, or null */
function offenceIn(
  votes: readonly Vote[],
  changes: readonly ViewChange[],
  newViews: ReadonlyMap<Hash, NewView>,
): Offence | null {
  if (votes.some((one, index) => votes.slice(index + 1).some((other) => isDoubleVote(one, other)))) {
    return "a: double vote";
  }
  if (votes.some((vote) => changes.some((change) => isForgottenCommit(vote, change)))) return "b: forgotten commit";
  for (const vote of votes) {
    const newView = vote.phase === Phase.prepare ? newViews.get(vote.newViewHash) : undefined;
    if (newView !== undefined && isUnjustifiedPrepare(vote, newView)) return "c: unjustified prepare";
  }
  const doubled = changes.some((one, index) =>
    changes.slice(index + 1).some((other) => isDoubleViewChange(one, other)),
  );
  return doubled ? "d: double view change" : null;
}
