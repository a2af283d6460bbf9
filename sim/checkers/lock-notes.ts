import type { NewView, ViewChange } from "../../protocol/consensus/view-change.ts";
import { Phase, type Vote } from "../../protocol/consensus/vote.ts";
import type { DelegateId, Hash } from "../../protocol/core/ids.ts";

/** What one honest member has bound itself to at one height. */
export class Pledge {
  votes: { readonly vote: Vote; readonly leftUs: number }[] = [];
  changes: { readonly change: ViewChange; readonly leftUs: number }[] = [];
  /** The highest view in which it holds a prepared certificate since it last started, −1 for none. */
  heldView = -1;

  /** @returns whether it said the same before */
  knows(vote: Vote): boolean {
    return this.votes.some(({ vote: { view, phase, blockHash } }) => {
      return view === vote.view && phase === vote.phase && blockHash === vote.blockHash;
    });
  }

  /** @returns whether it moved beyond a view */
  gaveUp(view: number): boolean {
    return this.changes.some(({ change }) => change.view > view);
  }

  /** @returns the highest view that it committed in, −1 for none */
  highestCommit(): number {
    return this.votes.reduce((top, { vote }) => (vote.phase === Phase.commit ? Math.max(top, vote.view) : top), -1);
  }
}

interface Prepares {
  readonly view: number;
  readonly blockHash: Hash;
  readonly signers: Set<DelegateId>;
}

/** What was said at one height, as far as locks depend on it. */
export class LockNotes {
  /** By what prepares refer to. */
  readonly newViews = new Map<Hash, NewView>();
  readonly #newViewFaults = new Map<Hash, string | null>();
  readonly #prepares: Prepares[] = [];
  readonly #pledges = new Map<DelegateId, Pledge>();

  pledgeOf(delegate: DelegateId): Pledge {
    const known = this.#pledges.get(delegate);
    if (known !== undefined) return known;
    const pledge = new Pledge();
    this.#pledges.set(delegate, pledge);
    return pledge;
  }

  countPrepare({ view, blockHash, signer }: Vote): void {
    const known = this.#prepares.find((each) => each.view === view && each.blockHash === blockHash);
    if (known !== undefined) known.signers.add(signer);
    else this.#prepares.push({ view, blockHash, signers: new Set([signer]) });
  }

  /** @returns how many of the members sent a prepare for a block in a view */
  preparesFor(view: number, blockHash: Hash, members: readonly DelegateId[]): number {
    const known = this.#prepares.find((each) => each.view === view && each.blockHash === blockHash);
    return known === undefined ? 0 : members.filter((id) => known.signers.has(id)).length;
  }

  /** @returns what `judge` finds, asked once for each new view */
  newViewFault(hash: Hash, judge: () => string | null): string | null {
    const known = this.#newViewFaults.get(hash);
    if (known !== undefined) return known;
    const fault = judge();
    this.#newViewFaults.set(hash, fault);
    return fault;
  }

  crash(delegate: DelegateId, atUs: number): void {
    const pledge = this.#pledges.get(delegate);
    if (pledge === undefined) return;
    pledge.votes = pledge.votes.filter(({ leftUs }) => leftUs <= atUs);
    pledge.changes = pledge.changes.filter(({ leftUs }) => leftUs <= atUs);
    pledge.heldView = -1;
  }
}
