import { exponentialDraw, openUnit } from "../kernel/exact-math.ts";
import type { RandomStream } from "../kernel/index.ts";
import type { Arrival, TransferLoad } from "../scenario/scenario.ts";
import { boundedPareto } from "./skewed-draws.ts";

/** When a load's next transfer starts, and by whom. */
export interface Arrivals {
  /** Time from the load's start to its first transfer, µs. */
  readonly firstUs: number;
  /** @returns µs to wait after a transfer before the next one; at least 1 */
  waitUs(nowUs: number): number;
  /** @returns the account that sends at this time, or the one to begin the search for a solvent one with */
  sender(): number;
}

export type Pattern<Kind extends Arrival["kind"]> = Extract<Arrival, { kind: Kind }>;

/** @returns the pattern that a load asks for; all of it is drawn from one stream */
export function arrivalsOf(load: TransferLoad, random: RandomStream): Arrivals {
  const { arrival, accounts, intervalUs } = load;
  const sender = () => random.below(accounts);
  switch (arrival.kind) {
    case "steady":
      return { firstUs: 0, sender, waitUs: () => steadyWaitUs(intervalUs, random) };
    case "poisson":
      return { firstUs: 0, sender, waitUs: () => poissonWaitUs(intervalUs, random) };
    case "periodic":
      return new Periodic(arrival, load, random);
    case "diurnal":
      return { firstUs: 0, sender, waitUs: (nowUs) => diurnalWaitUs(arrival, { intervalUs, nowUs }, random) };
    case "bursts":
      return new Bursts(arrival, load, random);
    case "trace":
      return new Traced(arrival, load, random);
  }
}

function atLeast1(waitUs: number): number {
  return Math.max(1, Math.round(waitUs));
}

/** Half to one and a half intervals, evenly: irregular, with the mean that the scenario asks for. */
export function steadyWaitUs(intervalUs: number, random: RandomStream): number {
  return Math.max(1, Math.floor(intervalUs / 2) + random.below(Math.max(1, intervalUs)));
}

/** As if nothing had been before. */
export function poissonWaitUs(intervalUs: number, random: Pick<RandomStream, "uint32">): number {
  return atLeast1(intervalUs * exponentialDraw(random.uint32()));
}

/** @returns by how much a beat is missed, up to half of a span earlier or later */
export function strayUs(spanUs: number, random: Pick<RandomStream, "uint32">): number {
  return spanUs * (openUnit(random.uint32()) - 0.5);
}

/** Accounts send one after the other, each at its own even beat, which it misses by up to a part of the beat. */
class Periodic implements Arrivals {
  readonly firstUs = 0;
  readonly #load: TransferLoad;
  readonly #random: RandomStream;
  readonly #jitterUs: number;
  #beat = 0;

  constructor({ jitter }: Pattern<"periodic">, load: TransferLoad, random: RandomStream) {
    this.#load = load;
    this.#random = random;
    this.#jitterUs = jitter * load.intervalUs;
  }

  waitUs(nowUs: number): number {
    const { startUs, intervalUs } = this.#load;
    this.#beat++;
    const dueUs = startUs + this.#beat * intervalUs + strayUs(this.#jitterUs, this.#random);
    return atLeast1(dueUs - nowUs);
  }

  sender(): number {
    return this.#beat % this.#load.accounts;
  }
}

/**
 * A Poisson process whose rate rises and falls in straight lines, lowest at the beginning of each period and highest in its middle.
 *
 * Source: P. A. W. Lewis and G. S. Shedler, Simulation of nonhomogeneous Poisson processes by thinning (1979).
 */
export function diurnalWaitUs(
  { depth, periodUs }: Pattern<"diurnal">,
  { intervalUs, nowUs }: { intervalUs: number; nowUs: number },
  random: RandomStream,
): number {
  const highest = 1 + depth;
  let atUs = nowUs;
  for (;;) {
    atUs += (intervalUs / highest) * exponentialDraw(random.uint32());
    const phase = (atUs % periodUs) / periodUs;
    const rate = 1 + depth * (1 - 4 * Math.abs(phase - 0.5));
    if (random.unit() * highest < rate) return atLeast1(atUs - nowUs);
  }
}

/** @returns what follows the last of a row, of a mean that makes up for the time that the row itself took */
export function pauseUs({ size, gapUs }: Pattern<"bursts">, intervalUs: number, random: RandomStream): number {
  return poissonWaitUs(size * intervalUs - (size - 1) * gapUs, random);
}

/** Transfers in a row, close together, and then none until a Poisson process brings the next row. */
class Bursts implements Arrivals {
  readonly firstUs = 0;
  readonly #pattern: Pattern<"bursts">;
  readonly #load: TransferLoad;
  readonly #random: RandomStream;
  #left: number;

  constructor(pattern: Pattern<"bursts">, load: TransferLoad, random: RandomStream) {
    this.#pattern = pattern;
    this.#load = load;
    this.#random = random;
    this.#left = pattern.size - 1;
  }

  waitUs(): number {
    const { size, gapUs } = this.#pattern;
    if (this.#left-- > 0) return atLeast1(gapUs);
    this.#left = size - 1;
    return pauseUs(this.#pattern, this.#load.intervalUs, this.#random);
  }

  sender(): number {
    return this.#random.below(this.#load.accounts);
  }
}

/** Transfers at given times, and none after the last of them. */
class Traced implements Arrivals {
  readonly firstUs: number;
  readonly #atUs: readonly number[];
  readonly #load: TransferLoad;
  readonly #random: RandomStream;
  #next = 1;

  constructor({ atUs }: Pattern<"trace">, load: TransferLoad, random: RandomStream) {
    this.#atUs = atUs;
    this.#load = load;
    this.#random = random;
    this.firstUs = atUs[0] ?? load.stopUs - load.startUs;
  }

  waitUs(nowUs: number): number {
    const { startUs, stopUs } = this.#load;
    const next = this.#atUs[this.#next++];
    return atLeast1((next === undefined ? stopUs : startUs + next) - nowUs);
  }

  sender(): number {
    return this.#random.below(this.#load.accounts);
  }
}

/** @returns whom a transfer goes to: evenly, or a few much more often than most */
export function drawPartner({ accounts, partners }: TransferLoad, random: RandomStream): number {
  if (partners.kind === "even") return random.below(accounts);
  const place = boundedPareto(openUnit(random.uint32()), { low: 1, high: accounts + 1, shape: partners.shape });
  return Math.min(accounts, Math.floor(place)) - 1;
}

/** A share of 2^52 as whole number. */
const PARTS = 2 ** 52;

/** @returns base units between a load's bounds: evenly, or mostly near the lower one */
export function drawAmount({ amount, amounts }: TransferLoad, random: RandomStream): bigint {
  const lowest = BigInt(amount.min);
  const width = BigInt(amount.max) - lowest;
  if (amounts.kind === "even") return lowest + (width * BigInt(random.uint32())) / 0xffff_ffffn;
  if (width === 0n) return lowest;
  const [low, high] = [Number(lowest), Number(amount.max)];
  const drawn = boundedPareto(openUnit(random.uint32()), { low, high, shape: amounts.shape });
  const part = Math.min(1, Math.max(0, (drawn - low) / (high - low)));
  return lowest + (width * BigInt(Math.floor(part * PARTS))) / BigInt(PARTS);
}
