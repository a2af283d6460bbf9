import type { Rotation } from "../../protocol/consensus/rotation.ts";
import { chanceOfAtLeast } from "./hypergeometric.ts";

/** How often something happened, and what chances it had, one for each time that it could. */
export interface Rate {
  readonly tries: number;
  readonly hits: number;
  /** Sum of the chances. */
  readonly expected: number;
  /** Sum of p · (1 − p). */
  readonly variance: number;
}

class Tally implements Rate {
  tries = 0;
  hits = 0;
  expected = 0;
  variance = 0;

  add(hit: boolean, chance: number): void {
    this.tries++;
    if (hit) this.hits++;
    this.expected += chance;
    this.variance += chance * (1 - chance);
  }
}

/** What a candidate had in all draws that it took part in. */
interface Seats {
  count: number;
  expected: number;
  variance: number;
}

/** Chances of one committee. */
interface Chances {
  readonly stallable: number;
  readonly capturable: number;
}

/**
 * Whom the draws of one chain's committees have seated, against what an even chance for every candidate gives. Byzantine
 * members can stall a committee once the others are no quorum, and capture it once two quorums may have none but them in
 * common.
 */
export class CommitteeFigures {
  drawn = 0;
  seats = 0;
  byzantineSeats = 0;
  readonly stallable = new Tally();
  readonly capturable = new Tally();
  /** Whole epochs in which that is true of some committee. */
  readonly stallableEpochs = new Tally();
  readonly capturableEpochs = new Tally();
  readonly #isByzantine: (id: number) => boolean;
  readonly #bySeat = new Map<number, Seats>();
  readonly #chances = new Map<string, Chances>();
  #iteration = 0;
  /** Who could be drawn next, as the last state had it. */
  #candidates: readonly number[] = [];
  /** Of the epoch under way: chances that none of its committees so far could be, and whether one was. */
  #epoch = { first: -1, committees: 0, stall: false, capture: false, noStall: 1, noCapture: 1 };

  /** @param isByzantine of a delegate of this chain, at any time of the run */
  constructor(isByzantine: (id: number) => boolean) {
    this.#isByzantine = isByzantine;
  }

  /** Takes in the state after a final block: whom it has seated for the next one. */
  onState(rotation: Rotation): void {
    const { committee, parameters } = rotation;
    const candidates = this.#candidates;
    this.#candidates = rotation.candidates;
    // The first committee is not drawn by lot, and nobody knows who sits in threshold mode.
    if (committee.iteration <= this.#iteration || committee.selfSelection !== null) return;
    this.#iteration = committee.iteration;
    if (candidates.length === 0) return;
    this.drawn++;
    const byzantine = committee.members.filter((id) => this.#isByzantine(id)).length;
    this.#seat(committee.members, candidates);
    const { quorum, members } = committee;
    const stalls = byzantine > members.length - quorum;
    const captures = byzantine >= 2 * quorum - members.length;
    const chances = this.#chancesOf(members.length, quorum, candidates);
    this.stallable.add(stalls, chances.stallable);
    this.capturable.add(captures, chances.capturable);
    this.byzantineSeats += byzantine;
    this.#count(committee.iteration, parameters.iterationsPerEpoch, { stalls, captures, chances });
  }

  #seat(members: readonly number[], candidates: readonly number[]): void {
    this.seats += members.length;
    const chance = Math.min(1, members.length / candidates.length);
    for (const id of candidates) {
      const own = this.#seatsOf(id);
      if (members.includes(id)) own.count++;
      own.expected += chance;
      own.variance += chance * (1 - chance);
    }
  }

  #seatsOf(id: number): Seats {
    const known = this.#bySeat.get(id);
    if (known !== undefined) return known;
    const seats = { count: 0, expected: 0, variance: 0 };
    this.#bySeat.set(id, seats);
    return seats;
  }

  #chancesOf(size: number, quorum: number, candidates: readonly number[]): Chances {
    const marked = candidates.filter((id) => this.#isByzantine(id)).length;
    const key = `${candidates.length} ${marked} ${size}`;
    const known = this.#chances.get(key);
    if (known !== undefined) return known;
    const draw = { population: candidates.length, marked, drawn: Math.min(size, candidates.length) };
    const chances = {
      stallable: chanceOfAtLeast(draw, size - quorum + 1),
      capturable: chanceOfAtLeast(draw, 2 * quorum - size),
    };
    this.#chances.set(key, chances);
    return chances;
  }

  #count(
    iteration: number,
    perEpoch: number,
    { stalls, captures, chances }: { stalls: boolean; captures: boolean; chances: Chances },
  ): void {
    const first = iteration - (iteration % perEpoch);
    if (this.#epoch.first !== first)
      this.#epoch = { first, committees: 0, stall: false, capture: false, noStall: 1, noCapture: 1 };
    const epoch = this.#epoch;
    epoch.committees++;
    epoch.stall ||= stalls;
    epoch.capture ||= captures;
    epoch.noStall *= 1 - chances.stallable;
    epoch.noCapture *= 1 - chances.capturable;
    if (epoch.committees < perEpoch) return;
    this.stallableEpochs.add(epoch.stall, 1 - epoch.noStall);
    this.capturableEpochs.add(epoch.capture, 1 - epoch.noCapture);
  }

  /**
   * Mean of the squared deviations of candidates' seats from their fair number, each over its variance: Pearson's statistic
   * over N, corrected for seats of one draw excluding each other. Near 1 where chances are even, give or take √(2 / (N − 1)).
   *
   * @returns null before the first draw
   */
  unevenness(): number | null {
    const each = [...this.#bySeat.values()].filter(({ variance }) => variance > 0);
    if (each.length < 2) return null;
    return (
      each.reduce((sum, { count, expected, variance }) => sum + square(count - expected) / variance, 0) / each.length
    );
  }

  /** @returns how far the candidate that is furthest off is from its fair number of seats, in standard deviations */
  deviation(): number | null {
    const each = [...this.#bySeat.values()].filter(({ variance }) => variance > 0);
    if (each.length < 2) return null;
    return each.reduce((most, { count, expected, variance }) => {
      return Math.max(most, Math.abs(count - expected) / Math.sqrt(variance));
    }, 0);
  }
}

function square(value: number): number {
  return value * value;
}

/** @returns how far a measured rate is from what its chances give, in standard deviations; null where nothing can differ */
export function deviationOf({ hits, expected, variance }: Rate): number | null {
  return variance > 0 ? Math.abs(hits - expected) / Math.sqrt(variance) : null;
}
