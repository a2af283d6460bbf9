import { assert } from "../../protocol/core/assert.ts";
import { RadioState } from "./access/medium.ts";

/** What a device draws in each state, W. Asleep is always paid for; the others come on top. */
export interface PowerProfile {
  readonly sleepWatts: number;
  readonly computeWatts: number;
  readonly listenWatts: number;
  readonly receiveWatts: number;
  /** With all of its power. */
  readonly transmitWatts: number;
  /** With less and less of it, one step after the other, the most first; absent: it always sends with all of it. */
  readonly reducedWatts?: readonly number[];
}

/** Steps by which a radio may reduce its power, and no reduction. Source: LoRa Alliance RP002-1.0.3, section 2.4.3: TXPower 0 to 7. */
export const POWER_STEPS = 8;

/** What energy goes into; the first three are a radio's states. */
export const EnergyCause = { listen: 0, receive: 1, transmit: 2, compute: 3, sleep: 4 } as const;
export type EnergyCause = (typeof EnergyCause)[keyof typeof EnergyCause];
export const ENERGY_CAUSES = ["listen", "receive", "transmit", "compute", "sleep"] as const;
const CAUSES = ENERGY_CAUSES.length;

/** Sees which state a device's radio or processor was in, and when. Times of one device and cause come in order. */
export interface PowerWatcher {
  /** @param powerStep by which a sender's power is reduced */
  onPower(device: number, cause: EnergyCause, fromUs: number, untilUs: number, powerStep: number): void;
  /** A device's battery is empty: it draws nothing from now on, beyond what it has begun. */
  onEmpty(device: number, atUs: number): void;
}

/** Is told when a battery may be empty, to look then. */
export interface BatteryWatch {
  /** Nobody wants to know of later times. */
  readonly horizonUs: number;
  drainedAt(device: number, atUs: number): void;
}

type Note = Record<(typeof ENERGY_CAUSES)[number] | "charge", number>;

/** A look is not put forward for less than this part of the time until then, nor for less than this time. */
const EARLIER_PART = 64;
const EARLIER_MOST_US = 1_000_000;
const NEVER = -1;

/**
 * What is kept of each device, side by side: one event of a sleepy device finds it all in two lines of the cache. First its energy by
 * cause, µJ; then until when its radio and its processor are accounted for; what it has spent besides its sleeping power, µJ; until when a
 * life that was cut short is paid for; when its battery is looked at next, and when that was empty.
 */
const Kept = { radioUs: 5, computedUs: 6, drawn: 7, paidUs: 8, lookUs: 9, emptyUs: 10 } as const;
const KEPT = 11;

/**
 * Accounts for the energy of devices by cause. A radio is in one state at a time; between the spans that it is told of it rests,
 * listening or asleep. A hundred bytes a device.
 */
export class EnergyMeter {
  private readonly profiles: Uint16Array;
  private readonly watcher: PowerWatcher | null;
  /** By profile and cause, W. */
  private readonly watts: Float64Array;
  /** By profile and step of reduced power, of a sender, W. */
  private readonly stepWatts: Float64Array;
  /** Microjoules by profile that a battery holds. */
  private readonly capacities: Float64Array;
  /** By device and place, see `Kept`. */
  private readonly kept: Float64Array;
  private readonly listens: Uint8Array;
  private batteries: BatteryWatch | null = null;
  private readonly note: Note = { listen: 0, receive: 0, transmit: 0, compute: 0, sleep: 0, charge: 0 };

  /**
   * @param profiles by device: number of its power profile
   * @param joules by profile: what a battery holds; as much as anybody wants where left out
   */
  constructor(
    powers: readonly PowerProfile[],
    profiles: Uint16Array,
    watcher: PowerWatcher | null,
    joules: readonly number[] = [],
  ) {
    this.profiles = profiles;
    this.watcher = watcher;
    this.watts = Float64Array.from(powers.flatMap(wattsByCause));
    this.stepWatts = Float64Array.from(powers.flatMap(wattsByStep));
    this.capacities = Float64Array.from(powers, (_, profile) => (joules[profile] ?? Infinity) * 1e6);
    this.kept = new Float64Array(profiles.length * KEPT);
    this.listens = new Uint8Array(profiles.length);
    for (let device = 0; device < profiles.length; device++) {
      this.kept[device * KEPT + Kept.lookUs] = NEVER;
      this.kept[device * KEPT + Kept.emptyUs] = NEVER;
    }
  }

  /** From now on somebody looks after the batteries. */
  watch(batteries: BatteryWatch): void {
    this.batteries = batteries;
    for (let device = 0; device < this.profiles.length; device++) this.foresee(device, 0);
  }

  private of(device: number, place: number): number {
    return this.kept[device * KEPT + place] as number;
  }

  /** A radio was, or is about to be, in a state. */
  radio(device: number, state: RadioState, beganUs: number, untilUs: number, powerStep = 0): void {
    const paidUs = this.of(device, Kept.paidUs);
    if (untilUs <= paidUs) return;
    const fromUs = Math.max(beganUs, paidUs);
    assert(fromUs >= this.of(device, Kept.radioUs), "a radio is in one state at a time");
    this.restUntil(device, fromUs);
    this.spend(device, state, fromUs, untilUs, powerStep);
    this.kept[device * KEPT + Kept.radioUs] = untilUs;
    this.foresee(device, fromUs);
  }

  /** From now on a radio listens while nothing else is told of it, or sleeps. */
  rests(device: number, listening: boolean, atUs: number): void {
    this.restUntil(device, atUs);
    this.listens[device] = listening ? 1 : 0;
    this.foresee(device, atUs);
  }

  private restUntil(device: number, atUs: number): void {
    const sinceUs = this.of(device, Kept.radioUs);
    if (atUs <= sinceUs) return;
    if (this.listens[device] === 1) this.spend(device, RadioState.listen, sinceUs, atUs);
    this.kept[device * KEPT + Kept.radioUs] = atUs;
  }

  /** A processor worked. */
  computed(device: number, fromUs: number, untilUs: number): void {
    assert(fromUs >= this.of(device, Kept.computedUs), "a processor does one thing at a time");
    this.spend(device, EnergyCause.compute, fromUs, untilUs);
    this.kept[device * KEPT + Kept.computedUs] = untilUs;
    this.foresee(device, fromUs);
  }

  /** A device lost its power: what its radio was told to do next is paid for, and not once more by its next life. */
  cut(device: number): void {
    this.kept[device * KEPT + Kept.paidUs] = this.of(device, Kept.radioUs);
  }

  /**
   * @returns when a battery is empty if the device goes on as it rests now, µs; never before what it has begun is over, which is
   * paid for whole
   */
  private emptiesUs(device: number): number {
    const profile = this.profiles[device] as number;
    const sleepWatts = this.watts[profile * CAUSES + EnergyCause.sleep] as number;
    const radioUs = this.of(device, Kept.radioUs);
    const left = (this.capacities[profile] as number) - this.of(device, Kept.drawn);
    if (this.listens[device] === 0) return left / sleepWatts;
    const listenWatts = this.watts[profile * CAUSES + EnergyCause.listen] as number;
    const atUs = (left + listenWatts * radioUs) / (sleepWatts + listenWatts);
    return atUs < radioUs ? left / sleepWatts : atUs;
  }

  isEmpty(device: number, nowUs: number): boolean {
    const atUs = this.emptiesUs(device);
    if (atUs <= nowUs) return true;
    this.kept[device * KEPT + Kept.lookUs] = NEVER;
    this.foresee(device, nowUs);
    return false;
  }

  /** Has somebody look at a battery when it may be empty. */
  private foresee(device: number, nowUs: number): void {
    const { batteries } = this;
    if (batteries === null || this.of(device, Kept.emptyUs) !== NEVER) return;
    const atUs = this.emptiesUs(device);
    if (atUs > batteries.horizonUs) return;
    const lookUs = this.of(device, Kept.lookUs);
    if (lookUs !== NEVER && atUs > lookUs - Math.min((lookUs - nowUs) / EARLIER_PART, EARLIER_MOST_US)) return;
    this.kept[device * KEPT + Kept.lookUs] = atUs;
    batteries.drainedAt(device, atUs);
  }

  /** A battery is empty: its device draws nothing from now on. */
  die(device: number, atUs: number): void {
    this.rests(device, false, atUs);
    const emptyUs = Math.max(atUs, this.busyUntilUs(device));
    this.kept[device * KEPT + Kept.emptyUs] = emptyUs;
    this.spend(device, EnergyCause.sleep, 0, emptyUs);
    this.watcher?.onEmpty(device, atUs);
  }

  /** @returns when a battery was empty, µs; −1 while it is not */
  emptySinceUs(device: number): number {
    return this.of(device, Kept.emptyUs);
  }

  private spend(device: number, cause: EnergyCause, fromUs: number, untilUs: number, powerStep = 0): void {
    const { kept } = this;
    const at = device * KEPT;
    const profile = this.profiles[device] as number;
    const watts =
      powerStep === 0 ? this.watts[profile * CAUSES + cause] : this.stepWatts[profile * POWER_STEPS + powerStep];
    const energy = (untilUs - fromUs) * (watts as number);
    kept[at + cause] = (kept[at + cause] as number) + energy;
    if (cause !== EnergyCause.sleep) kept[at + Kept.drawn] = (kept[at + Kept.drawn] as number) + energy;
    this.watcher?.onPower(device, cause, fromUs, untilUs, powerStep);
  }

  /** Accounts for what rests, up to the end of the run; work that was begun is paid for whole. */
  finish(endUs: number): void {
    for (let device = 0; device < this.profiles.length; device++) {
      if (this.of(device, Kept.emptyUs) !== NEVER) continue;
      this.restUntil(device, endUs);
      this.spend(device, EnergyCause.sleep, 0, Math.max(endUs, this.busyUntilUs(device)));
    }
  }

  /** @returns until when a device is accounted for beyond what rests, µs */
  private busyUntilUs(device: number): number {
    return Math.max(this.of(device, Kept.radioUs), this.of(device, Kept.computedUs));
  }

  /** @returns what a device has spent on a cause so far, J */
  joules(device: number, cause: EnergyCause): number {
    return this.of(device, cause) / 1e6;
  }

  /** @returns how a battery is, in whole microjoules and parts of ten thousand; one object for all of them */
  noteOf(device: number, atUs: number): Note {
    const { note } = this;
    const profile = this.profiles[device] as number;
    note.listen = Math.floor(this.of(device, EnergyCause.listen));
    note.receive = Math.floor(this.of(device, EnergyCause.receive));
    note.transmit = Math.floor(this.of(device, EnergyCause.transmit));
    note.compute = Math.floor(this.of(device, EnergyCause.compute));
    note.sleep = Math.floor((this.watts[profile * CAUSES + EnergyCause.sleep] as number) * atUs);
    const part = (this.of(device, Kept.drawn) + note.sleep) / (this.capacities[profile] as number);
    note.charge = Math.floor(10_000 * Math.max(0, 1 - part));
    return note;
  }

  get devices(): number {
    return this.profiles.length;
  }
}

/** @returns what a device draws, in the order of the causes */
function wattsByCause(power: PowerProfile): number[] {
  const { listenWatts, receiveWatts, transmitWatts, computeWatts, sleepWatts } = power;
  return [listenWatts, receiveWatts, transmitWatts, computeWatts, sleepWatts];
}

/** @returns what a sender draws at each step of reduced power: beyond those that it has, as much as at the last */
function wattsByStep({ transmitWatts, reducedWatts = [] }: PowerProfile): number[] {
  const steps = [transmitWatts, ...reducedWatts];
  return Array.from({ length: POWER_STEPS }, (_, step) => steps[Math.min(step, steps.length - 1)] as number);
}
