import { nobleHasher, RunDigest } from "../../kernel/digest.ts";
import { Kernel } from "../../kernel/kernel.ts";
import type { Medium, MediumPort, RadioState } from "../../network/access/medium.ts";

const WAKE = 0;
const OFFER = 1;
const POWER = 2;

/** A time in which a station's radio did something. */
export interface RadioSpan {
  readonly station: number;
  readonly state: RadioState;
  readonly fromUs: number;
  readonly untilUs: number;
  /** By which its power was reduced, where it was. */
  readonly powerStep?: number;
}

/** Runs one medium on a kernel of its own. Copies are numbered as they are offered. */
export class MediumStage implements MediumPort {
  readonly kernel: Kernel;
  readonly medium: Medium;
  readonly digest = new RunDigest(nobleHasher());
  /** By copy: when it was offered, and when it came to its end. */
  readonly offeredUs: number[] = [];
  readonly arrivedUs = new Map<number, number>();
  readonly outcomes = new Map<number, number>();
  readonly spans: RadioSpan[] = [];
  /** From when on radios were said to rest. */
  readonly rested: { station: number; listening: boolean; atUs: number }[] = [];
  /** By frame that a gateway without power missed: that gateway. */
  readonly misses: number[] = [];
  /** Told after each end of a copy. */
  onEnd: (copy: number) => void = () => {};
  readonly #offers: { station: number; sizeBytes: number; down: boolean }[] = [];
  readonly #stations: number;

  constructor(stations: number, make: (port: MediumPort) => Medium) {
    this.#stations = stations;
    this.kernel = new Kernel({ sources: stations + 1, digest: this.digest });
    this.medium = make(this);
    this.kernel.register(WAKE, { handle: (_kind, what, subject) => this.medium.wake(what, subject) });
    this.kernel.register(OFFER, { handle: (_kind, copy) => this.#carry(copy) });
    this.kernel.register(POWER, { handle: (_kind, station, on) => this.medium.power(station, on === 1) });
    for (let station = 0; station < stations; station++) this.medium.power(station, true);
  }

  get nowUs(): number {
    return this.kernel.nowUs;
  }

  wakeAt(atUs: number, station: number, what: number, subject: number): void {
    this.kernel.schedule(atUs, WAKE, station, what, subject, 0);
  }

  arrived(copy: number): void {
    this.#end(copy);
    this.arrivedUs.set(copy, this.nowUs);
    this.onEnd(copy);
  }

  lost(copy: number, outcome: number): void {
    this.#end(copy);
    this.outcomes.set(copy, outcome);
    this.onEnd(copy);
  }

  #end(copy: number): void {
    if (this.arrivedUs.has(copy) || this.outcomes.has(copy)) throw new Error(`copy ${copy} ends twice`);
  }

  radio(station: number, state: RadioState, fromUs: number, untilUs: number, powerStep = 0): void {
    this.spans.push({ station, state, fromUs, untilUs, ...(powerStep === 0 ? {} : { powerStep }) });
  }

  rests(station: number, listening: boolean): void {
    this.rested.push({ station, listening, atUs: this.nowUs });
  }

  missed(gateway: number): void {
    this.misses.push(gateway);
  }

  /** Lets a copy be handed to the medium at a time. @returns its number */
  offer(atUs: number, station: number, sizeBytes: number, down = false): number {
    const copy = this.#offers.push({ station, sizeBytes, down }) - 1;
    this.offeredUs.push(atUs);
    this.kernel.schedule(atUs, OFFER, this.#stations, copy, 0, 0);
    return copy;
  }

  /** Takes a station's power away from a time on for a time. */
  cut(atUs: number, station: number, forUs: number): void {
    this.kernel.schedule(atUs, POWER, this.#stations, station, 0, 0);
    this.kernel.schedule(atUs + forUs, POWER, this.#stations, station, 1, 0);
  }

  #carry(copy: number): void {
    const { station, sizeBytes, down } = this.#offers[copy] as { station: number; sizeBytes: number; down: boolean };
    if (down) this.medium.downlink(copy, station, sizeBytes);
    else this.medium.uplink(copy, station, sizeBytes);
  }

  /** Runs to the end, or to a time. */
  run(untilUs = Infinity): void {
    this.kernel.untilUs = untilUs;
    while (this.kernel.advance(1_000_000) === "slice");
  }
}
