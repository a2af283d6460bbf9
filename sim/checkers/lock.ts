import type { NewView, ViewChange } from "../../protocol/consensus/view-change.ts";
import { Phase, type Vote } from "../../protocol/consensus/vote.ts";
import { type DelegateId, ZERO_HASH } from "../../protocol/core/ids.ts";
import type { Message } from "../../protocol/core/machine.ts";
import type { Observation } from "../../protocol/core/observation.ts";
import { WireKind } from "../../protocol/core/wire-kind.ts";
import { highestClaim } from "./accusations.ts";
import { type Checker, type CheckerReport, Findings, NOT_PROMISED, type World } from "./checker.ts";
import { type FinalChain, HeightNotes } from "./final-chain.ts";
import { LockNotes, type Pledge } from "./lock-notes.ts";
import type { People } from "./people.ts";
import type { Roster } from "./roster.ts";
import { claimFault, isQuorum, newViewDigest, type Signatures } from "./statements.ts";

/**
 * An honest member votes in a later view only under a new view that a quorum justifies, and never forgets what it prepared (C4).
 *
 * PBFT has no other lock: a member that committed alone may follow a quorum that knows of no prepared block, as two quorums
 * share an honest member. Source: Castro and Liskov 1999, section 4.4.
 */
export class LockChecker implements Checker {
  readonly name = "lock";
  readonly #findings: Findings;
  readonly #people: People;
  readonly #roster: Roster;
  readonly #signatures: Signatures;
  readonly #chainId: number;
  readonly #ranked: boolean;
  readonly #heights: HeightNotes<LockNotes>;

  constructor(world: World, chain: FinalChain, rules: { people: People; roster: Roster; signatures: Signatures }) {
    this.#findings = new Findings("lock", world.chain);
    this.#people = rules.people;
    this.#roster = rules.roster;
    this.#signatures = rules.signatures;
    this.#chainId = world.parameters.chainId;
    this.#heights = new HeightNotes(chain, () => new LockNotes());
    this.#ranked = world.parameters.sortition.mode === "ranked";
    if (!this.#ranked) this.#findings.note = NOT_PROMISED;
  }

  onEmit(node: number, atUs: number, message: Message | null): void {
    if (!this.#ranked) return;
    switch (message?.kind) {
      case WireKind.vote:
        this.#onVote(node, atUs, message as Vote);
        return;
      case WireKind.newView:
        this.#onNewView(message as NewView);
        return;
      case WireKind.viewChange:
        if (this.#people.speaksForItself(node, (message as ViewChange).signer)) {
          this.#judgeViewChange(node, atUs, message as ViewChange);
        }
        return;
    }
  }

  onObserve(node: number, _atUs: number, observation: Observation): void {
    if (!this.#ranked || observation.kind !== "prepared" || !this.#people.isHonest(node)) return;
    const delegate = this.#people.delegateOf(node) as DelegateId;
    const pledge = this.#heights.at(observation.height)?.pledgeOf(delegate);
    if (pledge !== undefined) pledge.heldView = Math.max(pledge.heldView, observation.view);
  }

  /** What had not left binds nobody, and what was held in memory only is gone. */
  onCrash(node: number, atUs: number): void {
    const delegate = this.#people.delegateOf(node) as DelegateId;
    for (const notes of this.#heights.all()) notes.crash(delegate, atUs);
  }

  finish(): CheckerReport {
    return this.#findings.report();
  }

  #onNewView(newView: NewView): void {
    this.#heights.at(newView.vote.height)?.newViews.set(newViewDigest(newView), newView);
  }

  #onVote(node: number, atUs: number, vote: Vote): void {
    const notes = this.#heights.at(vote.height);
    if (notes === null || vote.phase === Phase.propose) return;
    const own = this.#people.speaksForItself(node, vote.signer);
    if (vote.phase === Phase.prepare && (own || this.#signatures.hold(vote))) notes.countPrepare(vote);
    if (!own) return;
    const pledge = notes.pledgeOf(vote.signer);
    if (pledge.knows(vote)) return;
    const fault =
      vote.phase === Phase.prepare ? this.#prepareFault(vote, notes, pledge) : this.#commitFault(vote, notes, pledge);
    this.#record(node, atUs, vote.height, fault);
    pledge.votes.push({ vote, leftUs: atUs });
  }

  #record(node: number, atUs: number, height: number, fault: string | null): void {
    this.#findings.samples++;
    if (fault !== null) this.#findings.violation(atUs, [node], `height ${height}: ${fault}`);
  }

  #prepareFault(vote: Vote, notes: LockNotes, pledge: Pledge): string | null {
    const { view, blockHash, newViewHash } = vote;
    if (pledge.gaveUp(view)) return `a prepare in view ${view}, which the member gave up`;
    if (view === 0) return newViewHash === ZERO_HASH ? null : "a prepare in view 0 that refers to a new view";
    const newView = notes.newViews.get(newViewHash);
    if (newView === undefined) return `a prepare in view ${view} under a new view that nobody sent`;
    if (newView.block.hash !== blockHash) return `a prepare in view ${view} for another block than the new view's`;
    const fault = notes.newViewFault(newViewHash, () => this.#newViewFault(newView));
    return fault === null ? null : `a prepare in view ${view} under a new view with ${fault}`;
  }

  #newViewFault({ vote, block, viewChanges }: NewView): string | null {
    const members = this.#roster.membersAt(vote.height);
    if (members === undefined) return null;
    const signers = new Set<DelegateId>();
    for (const change of viewChanges) {
      const here = change.height === vote.height && change.view === vote.view && change.chainId === this.#chainId;
      if (!here) return "a view change to elsewhere";
      if (!members.includes(change.signer)) return `a view change of delegate ${change.signer}, who is no member`;
      if (!this.#signatures.hold(change)) return `a forged view change of delegate ${change.signer}`;
      const fault = claimFault(change, { members, signatures: this.#signatures });
      if (fault !== null) return fault;
      signers.add(change.signer);
    }
    if (!isQuorum(signers.size, members.length)) return `view changes of ${signers.size} of ${members.length} members`;
    const claimed = highestClaim(viewChanges);
    return claimed.view < 0 || claimed.blockHash === block.hash ? null : "another block than the prepared one";
  }

  #commitFault(vote: Vote, notes: LockNotes, pledge: Pledge): string | null {
    const { view, blockHash, height } = vote;
    if (pledge.gaveUp(view)) return `a commit in view ${view}, which the member gave up`;
    const members = this.#roster.membersAt(height);
    if (members === undefined) return null;
    const count = notes.preparesFor(view, blockHash, members);
    if (isQuorum(count, members.length)) return null;
    return `a commit in view ${view} to what ${count} of ${members.length} members prepared`;
  }

  #judgeViewChange(node: number, atUs: number, change: ViewChange): void {
    this.#signatures.sent(change);
    const pledge = this.#heights.at(change.height)?.pledgeOf(change.signer);
    if (pledge === undefined || pledge.changes.some((each) => each.change.view === change.view)) return;
    this.#record(node, atUs, change.height, this.#viewChangeFault(change, pledge));
    pledge.changes.push({ change, leftUs: atUs });
  }

  #viewChangeFault(change: ViewChange, pledge: Pledge): string | null {
    const members = this.#roster.membersAt(change.height);
    if (members === undefined) return null;
    const fault = claimFault(change, { members, signatures: this.#signatures });
    if (fault !== null) return `a view change with ${fault}`;
    const prepared = Math.max(pledge.heldView, pledge.highestCommit());
    if (change.preparedView >= prepared) return null;
    return `a view change that claims view ${change.preparedView} prepared, where view ${prepared} was`;
  }
}
