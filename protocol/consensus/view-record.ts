import { assert } from "../core/assert.ts";
import { type Hash, ZERO_HASH } from "../core/ids.ts";
import type { Message } from "../core/machine.ts";
import type { Block } from "../ledger/block.ts";
import type { ChainState } from "./chain-state.ts";
import type { NewView, ViewChange } from "./view-change.ts";
import type { Vote } from "./vote.ts";
import { VoteSet } from "./vote-set.ts";

/** The proposal that a member accepted in a view, judged sound. */
export interface Accepted {
  readonly vote: Vote;
  readonly block: Block;
  readonly after: ChainState;
  /** Null in view 0. */
  readonly newView: NewView | null;
}

/** What a member knows of one view of one height. */
export class ViewRecord {
  readonly view: number;
  readonly prepares: VoteSet;
  readonly commits: VoteSet;
  readonly #viewChanges: (ViewChange | null)[];
  #viewChangeCount = 0;
  accepted: Accepted | null = null;
  /** The proposal or new view that this member itself leads the view with. */
  lead: Message | null = null;

  constructor(view: number, seats: number) {
    this.view = view;
    this.prepares = new VoteSet(seats);
    this.commits = new VoteSet(seats);
    this.#viewChanges = view === 0 ? [] : new Array<ViewChange | null>(seats).fill(null);
  }

  /** What prepares in this view refer to; zero in view 0 and before a new view is accepted. */
  get newViewHash(): Hash {
    return this.accepted?.vote.newViewHash ?? ZERO_HASH;
  }

  get viewChangeCount(): number {
    return this.#viewChangeCount;
  }

  viewChangeOf(seat: number): ViewChange | null {
    return this.#viewChanges[seat] ?? null;
  }

  addViewChange(seat: number, viewChange: ViewChange): void {
    assert(this.#viewChanges[seat] === null, "a seat changes to a view once");
    this.#viewChanges[seat] = viewChange;
    this.#viewChangeCount++;
  }

  /** @returns the view changes in ascending order of signer */
  viewChanges(): ViewChange[] {
    return this.#viewChanges.filter((each) => each !== null).sort((a, b) => a.signer - b.signer);
  }
}
