import type { Proposal } from "../../protocol/consensus/messages.ts";
import type { NewView, ViewChange } from "../../protocol/consensus/view-change.ts";
import type { Vote } from "../../protocol/consensus/vote.ts";
import type { Message } from "../../protocol/core/machine.ts";
import { WireKind } from "../../protocol/core/wire-kind.ts";
import { type Checker, type CheckerReport, Findings, type World } from "./checker.ts";
import { type FinalChain, HeightNotes } from "./final-chain.ts";
import type { People } from "./people.ts";
import { viewChangesDiffer, votesDiffer } from "./statements.ts";

/** A view's fourth statement, after the three phases. */
const VIEW_CHANGE = 3;
const STATEMENTS_PER_VIEW = 4;
/** Views that fit a key; no honest member lives to see a later one. */
const VIEWS = 16_777_216;

interface Spoken {
  readonly statement: Vote | ViewChange;
  readonly node: number;
  readonly leftUs: number;
}

/** An honest node makes at most one statement for each height, view and phase, whatever crashes. */
export class SingleVoteChecker implements Checker {
  readonly name = "single-vote";
  readonly #findings: Findings;
  readonly #people: People;
  /** For each height the first statement of each signer on each matter. */
  readonly #spoken: HeightNotes<Map<number, Spoken>>;

  constructor(world: World, chain: FinalChain, people: People) {
    this.#findings = new Findings("single-vote", world.chain);
    this.#people = people;
    this.#spoken = new HeightNotes(chain, () => new Map());
  }

  onEmit(node: number, atUs: number, message: Message | null): void {
    switch (message?.kind) {
      case WireKind.vote:
        this.#judgeVote(node, atUs, message as Vote);
        return;
      case WireKind.proposal:
        this.#judgeVote(node, atUs, (message as Proposal).vote);
        return;
      case WireKind.newView:
        this.#judgeVote(node, atUs, (message as NewView).vote);
        return;
      case WireKind.viewChange:
        this.#judgeViewChange(node, atUs, message as ViewChange);
        return;
    }
  }

  /** What had not left when the node went down was never said. */
  onCrash(node: number, atUs: number): void {
    for (const spoken of this.#spoken.all()) {
      for (const [key, each] of spoken) if (each.node === node && each.leftUs > atUs) spoken.delete(key);
    }
  }

  finish(): CheckerReport {
    return this.#findings.report();
  }

  #judgeVote(node: number, atUs: number, vote: Vote): void {
    const earlier = this.#remember(node, atUs, vote, vote.phase);
    if (earlier === null || !votesDiffer(earlier as Vote, vote)) return;
    this.#blame(node, atUs, `phase ${vote.phase} of view ${vote.view} at height ${vote.height}`);
  }

  #judgeViewChange(node: number, atUs: number, change: ViewChange): void {
    const earlier = this.#remember(node, atUs, change, VIEW_CHANGE);
    if (earlier === null || !viewChangesDiffer(earlier as ViewChange, change)) return;
    this.#blame(node, atUs, `the change to view ${change.view} at height ${change.height}`);
  }

  /** @returns the signer's earlier statement on the same matter, or null */
  #remember(node: number, atUs: number, statement: Vote | ViewChange, slot: number): Vote | ViewChange | null {
    if (!this.#people.speaksForItself(node, statement.signer) || statement.view >= VIEWS) return null;
    const spoken = this.#spoken.at(statement.height);
    if (spoken === null) return null;
    const key = (statement.signer * VIEWS + statement.view) * STATEMENTS_PER_VIEW + slot;
    const earlier = spoken.get(key);
    if (earlier !== undefined) return earlier.statement === statement ? null : earlier.statement;
    this.#findings.samples++;
    spoken.set(key, { statement, node, leftUs: atUs });
    return null;
  }

  #blame(node: number, atUs: number, matter: string): void {
    this.#findings.violation(atUs, [node], `the node signed two different statements for ${matter}`);
  }
}
