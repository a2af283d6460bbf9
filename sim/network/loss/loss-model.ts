import { assert } from "../../../protocol/core/assert.ts";
import { exponential } from "../../kernel/exact-math.ts";
import { absorb, finish } from "../../kernel/random.ts";

const WORD = 2 ** 32;

/** Decides which frames of a link get lost, whatever else becomes of them. */
export interface LossModel {
  /**
   * @param link number of the directed link, 0 …
   * @param atUs when the frame begins; never before the time of the link's last frame
   * @param random this frame's own 32 bits
   */
  loses(link: number, atUs: number, random: number): boolean;
}

/** Each frame is lost by itself with the same probability. */
export class BernoulliLoss implements LossModel {
  private readonly threshold: number;

  /** @param probability 0 … 1 */
  constructor(probability: number) {
    this.threshold = probability * WORD;
  }

  loses(_link: number, _atUs: number, random: number): boolean {
    return random < this.threshold;
  }
}

/** A channel that is good or bad for exponentially distributed times. */
export interface GilbertElliottOptions {
  readonly key: number;
  /** Directed links. */
  readonly links: number;
  readonly meanGoodUs: number;
  readonly meanBadUs: number;
  /** Probability that a frame is lost in each state, 0 … 1. */
  readonly lossGood: number;
  readonly lossBad: number;
}

const Channel = { unknown: 0, good: 1, bad: 2 } as const;

/**
 * Loss in bursts: each directed link is a Markov chain of two states in continuous time, advanced only when a frame asks. The state
 * at a frame is drawn from the exact law of the chain over the time since the last one, by a number of the link and that time, so that
 * one link's traffic shifts no other's channel. Nine bytes a link.
 *
 * Source: E. N. Gilbert, Capacity of a Burst-Noise Channel, BSTJ 39 (1960); E. O. Elliott, BSTJ 42 (1963).
 */
export class GilbertElliottLoss implements LossModel {
  private readonly key: number;
  private readonly states: Uint8Array;
  private readonly atUs: Float64Array;
  /** Part of the time in which a link is bad. */
  private readonly badShare: number;
  /** Of both rates together, a µs. */
  private readonly changeRate: number;
  private readonly goodThreshold: number;
  private readonly badThreshold: number;

  constructor({ key, links, meanGoodUs, meanBadUs, lossGood, lossBad }: GilbertElliottOptions) {
    assert(meanGoodUs > 0 && meanBadUs > 0, "both states last for a while");
    this.key = key;
    this.states = new Uint8Array(links);
    this.atUs = new Float64Array(links);
    this.badShare = meanBadUs / (meanGoodUs + meanBadUs);
    this.changeRate = 1 / meanGoodUs + 1 / meanBadUs;
    this.goodThreshold = lossGood * WORD;
    this.badThreshold = lossBad * WORD;
  }

  loses(link: number, atUs: number, random: number): boolean {
    return random < (this.isBad(link, atUs) ? this.badThreshold : this.goodThreshold);
  }

  private isBad(link: number, atUs: number): boolean {
    const state = this.states[link] as number;
    const elapsedUs = atUs - (this.atUs[link] as number);
    if (state !== Channel.unknown && elapsedUs <= 0) return state === Channel.bad;
    const memory = state === Channel.unknown ? 0 : exponential(-this.changeRate * elapsedUs);
    const chance = this.badShare + ((state === Channel.bad ? 1 : 0) - this.badShare) * memory;
    const label = absorb(absorb(absorb(this.key, link), atUs % WORD), Math.floor(atUs / WORD));
    const bad = finish(label) < chance * WORD;
    this.states[link] = bad ? Channel.bad : Channel.good;
    this.atUs[link] = atUs;
    return bad;
  }
}

/** What was measured somewhere: from each time on, a probability of loss. */
export interface LossTrace {
  /** Ascending, the first 0. */
  readonly fromUs: readonly number[];
  /** 0 … 1, one for each time. */
  readonly lossProbability: readonly number[];
  /** After this it begins again; above the last of `fromUs`. */
  readonly lengthUs: number;
  /** Whether links are shifted against each other; not there: they are. */
  readonly isShifted?: boolean;
}

/** Loss as a trace has it, over and over. Links are shifted against each other, so that they do not fail all at once, unless it is told to be the same for all. */
export class TracedLoss implements LossModel {
  private readonly key: number;
  private readonly fromUs: Float64Array;
  private readonly thresholds: Float64Array;
  private readonly lengthUs: number;
  private readonly isShifted: boolean;

  constructor(key: number, { fromUs, lossProbability, lengthUs, isShifted = true }: LossTrace) {
    assert(fromUs[0] === 0 && fromUs.length === lossProbability.length, "a trace has a probability from time 0 on");
    this.key = key;
    this.fromUs = Float64Array.from(fromUs);
    this.thresholds = Float64Array.from(lossProbability, (probability) => probability * WORD);
    this.lengthUs = lengthUs;
    this.isShifted = isShifted;
  }

  loses(link: number, atUs: number, random: number): boolean {
    const shiftUs = this.isShifted ? Math.floor((finish(absorb(this.key, link)) / WORD) * this.lengthUs) : 0;
    const placeUs = (atUs + shiftUs) % this.lengthUs;
    let [low, high] = [0, this.fromUs.length];
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((this.fromUs[middle] as number) <= placeUs) low = middle;
      else high = middle;
    }
    return random < (this.thresholds[low] as number);
  }
}
