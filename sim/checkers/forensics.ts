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
export const MAX_DOSSIER_MESSAGES = 16_384;

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
    const collection = new Collection(height, this.#signatures);
    for (const message of this.#dossiers.at(height) ?? []) collection.take(message);
    const culprits: Culprit[] = [];
    for (const [delegate, { votes, changes }] of collection.statements) {
      const offence = offenceIn([...votes.values()], [...changes.values()], collection.newViews);
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

/** What one delegate said about a height, by what it said. */
interface Statements {
  readonly votes: Map<string, Vote>;
  readonly changes: Map<string, ViewChange>;
}

/** Genuine statements about one height by signer, each content once however many copies there are. */
class Collection {
  readonly statements = new Map<DelegateId, Statements>();
  /** By what prepares refer to. */
  readonly newViews = new Map<Hash, NewView>();
  readonly #height: number;
  readonly #signatures: Signatures;

  constructor(height: number, signatures: Signatures) {
    this.#height = height;
    this.#signatures = signatures;
  }

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
    const { view, preparedView, preparedHash, certificate } = change;
    const { changes } = this.#of(change.signer);
    const content = `${view} ${preparedView} ${preparedHash}`;
    if (changes.has(content) || !this.#isGenuine(change)) return;
    changes.set(content, change);
    if (certificate !== null) this.#takeCertificate(certificate);
  }

  #takeVotes(statements: readonly Vote[]): void {
    for (const vote of statements) {
      const { votes } = this.#of(vote.signer);
      const content = `${vote.view} ${vote.phase} ${vote.blockHash} ${vote.newViewHash}`;
      if (!votes.has(content) && this.#isGenuine(vote)) votes.set(content, vote);
    }
  }

  #isGenuine(statement: Vote | ViewChange): boolean {
    return statement.height === this.#height && this.#signatures.hold(statement);
  }

  #of(signer: DelegateId): Statements {
    const known = this.statements.get(signer) ?? { votes: new Map(), changes: new Map() };
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
