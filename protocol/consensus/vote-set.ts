import { assert } from "../core/assert.ts";
import type { Hash } from "../core/ids.ts";
import type { Vote } from "./vote.ts";

interface Tally {
  readonly blockHash: Hash;
  readonly newViewHash: Hash;
  count: number;
}

/** Votes of one phase and view: the first of each seat counts, towards what it says and no more than once. */
export class VoteSet {
  readonly #votes: (Vote | null)[];
  /** One entry in the honest case; an equivocator adds no more than its own. */
  readonly #tallies: Tally[] = [];

  constructor(seats: number) {
    this.#votes = new Array<Vote | null>(seats).fill(null);
  }

  /** @returns the vote counted for a seat */
  of(seat: number): Vote | null {
    return this.#votes[seat] ?? null;
  }

  /**
   * Counts a verified vote.
   *
   * @returns how many equal votes there are now
   */
  add(seat: number, vote: Vote): number {
    assert(this.#votes[seat] === null, "a seat counts once");
    this.#votes[seat] = vote;
    for (const tally of this.#tallies) {
      if (tally.blockHash === vote.blockHash && tally.newViewHash === vote.newViewHash) return ++tally.count;
    }
    this.#tallies.push({ blockHash: vote.blockHash, newViewHash: vote.newViewHash, count: 1 });
    return 1;
  }

  /** @returns how many votes are for this block under this new view */
  count(blockHash: Hash, newViewHash: Hash): number {
    for (const tally of this.#tallies) {
      if (tally.blockHash === blockHash && tally.newViewHash === newViewHash) return tally.count;
    }
    return 0;
  }

  /**
   * @param seats in the order in which the votes are wanted
   * @returns the votes for this block under this new view
   */
  matching(blockHash: Hash, newViewHash: Hash, seats: readonly number[]): Vote[] {
    const votes: Vote[] = [];
    for (const seat of seats) {
      const vote = this.#votes[seat];
      if (vote != null && vote.blockHash === blockHash && vote.newViewHash === newViewHash) votes.push(vote);
    }
    return votes;
  }

  /** @returns every vote counted */
  all(): Vote[] {
    return this.#votes.filter((vote) => vote !== null);
  }
}
