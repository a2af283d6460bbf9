import { assert } from "../../protocol/core/assert.ts";
import { RadioState } from "./access/medium.ts";

/** What a device draws in each state, W. Asleep is always paid for; the others come on top. */
export interface PowerProfile {
  readonly sleepWatts: number;
  readonly computeWatts: number;
  readonly listenWatts: number;
  readonly receiveWatts: number;
  readonly transmitWatts: number;
}

/** What energy goes into; the first three are a radio's states. */
export const EnergyCause = { listen: 0, receive: 1, transmit: 2, compute: 3, sleep: 4 } as const;
export type EnergyCause = (typeof EnergyCause)[keyof typeof EnergyCause];
export const ENERGY_CAUSES = ["listen", "receive", "transmit", "compute", "sleep"] as const;
const CAUSES = ENERGY_CAUSES.length;

/** Sees which state a device's radio or processor was in, and when. Times of one device and cause come in order. */
export interface PowerWatcher {
  onPower(device: number, cause: EnergyCause, fromUs: number, untilUs: number): void;
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
 * Accounts for the energy of devices by cause. A radio is in one state at a time; between the spans that it is told of it rests,
 * listening or asleep. A hundred bytes a device.
 */
export class EnergyMeter {
  private readonly powers: readonly PowerProfile[];
  private readonly profiles: Uint16Array;
  private readonly watcher: PowerWatcher | null;
  /** Microjoules by device and cause. */
  private readonly spent: Float64Array;
  /** By device: until when its radio and its processor are accounted for. */
  private readonly radioUs: Float64Array;
  private readonly computedUs: Float64Array;
  private readonly listens: Uint8Array;
  /** Microjoules by profile that a battery holds. */
  private readonly capacities: Float64Array;
  /** By device: what it has spent besides its sleeping power, µJ. */
  private readonly drawn: Float64Array;
  /** By device: until when a life that was cut short is paid for, when its battery is looked at next, and when that was empty. */
  private readonly paidUs: Float64Array;
  private readonly lookUs: Float64Array;
  private readonly emptyUs: Float64Array;
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
    this.powers = powers;
    this.profiles = profiles;
    this.watcher = watcher;
    this.capacities = Float64Array.from(powers, (_, profile) => (joules[profile] ?? Infinity) * 1e6);
    this.drawn = new Float64Array(profiles.length);
    this.paidUs = new Float64Array(profiles.length);
    this.lookUs = new Float64Array(profiles.length).fill(NEVER);
    this.emptyUs = new Float64Array(profiles.length).fill(NEVER);
    this.spent = new Float64Array(profiles.length * CAUSES);
    this.radioUs = new Float64Array(profiles.length);
    this.computedUs = new Float64Array(profiles.length);
    this.listens = new Uint8Array(profiles.length);
  }

  /** From now on somebody looks after the batteries. */
  watch(batteries: BatteryWatch): void {
    this.batteries = batteries;
    for (let device = 0; device < this.profiles.length; device++) this.foresee(device, 0);
  }

  /** A radio was, or is about to be, in a state. */
  radio(device: number, state: RadioState, beganUs: number, untilUs: number): void {
    const paidUs = this.paidUs[device] as number;
    const fromUs = beganUs < paidUs ? Math.min(paidUs, untilUs) : beganUs;
    assert(fromUs >= (this.radioUs[device] as number), "a radio is in one state at a time");
    this.restUntil(device, fromUs);
    this.spend(device, state, fromUs, untilUs);
    this.radioUs[device] = Math.max(untilUs, paidUs);
    this.foresee(device, fromUs);
  }

  /** From now on a radio listens while nothing else is told of it, or sleeps. */
  rests(device: number, listening: boolean, atUs: number): void {
    this.restUntil(device, atUs);
    this.listens[device] = listening ? 1 : 0;
    this.foresee(device, atUs);
  }

  private restUntil(device: number, atUs: number): void {
    const sinceUs = this.radioUs[device] as number;
    if (atUs <= sinceUs) return;
    if (this.listens[device] === 1) this.spend(device, RadioState.listen, sinceUs, atUs);
    this.radioUs[device] = atUs;
  }

  /** A processor worked. */
  computed(device: number, fromUs: number, untilUs: number): void {
    assert(fromUs >= (this.computedUs[device] as number), "a processor does one thing at a time");
    this.spend(device, EnergyCause.compute, fromUs, untilUs);
    this.computedUs[device] = untilUs;
    this.foresee(device, fromUs);
  }

  /** A device lost its power: what its radio was told to do next is paid for, and not once more by its next life. */
  cut(device: number): void {
    this.paidUs[device] = this.radioUs[device] as number;
  }

  /**
   * @returns when a battery is empty if the device goes on as it rests now, µs; never before what it has begun is over, which is
   * paid for whole
   */
  private emptiesUs(device: number): number {
    const profile = this.profiles[device] as number;
    const { sleepWatts, listenWatts } = this.powers[profile] as PowerProfile;
    const radioUs = this.radioUs[device] as number;
    const left = (this.capacities[profile] as number) - (this.drawn[device] as number);
    if (this.listens[device] === 0) return left / sleepWatts;
    const atUs = (left + listenWatts * radioUs) / (sleepWatts + listenWatts);
    return atUs < radioUs ? left / sleepWatts : atUs;
  }

  isEmpty(device: number, nowUs: number): boolean {
    const atUs = this.emptiesUs(device);
    if (atUs <= nowUs) return true;
    this.lookUs[device] = NEVER;
    this.foresee(device, nowUs);
    return false;
  }

  /** Has somebody look at a battery when it may be empty. */
  private foresee(device: number, nowUs: number): void {
    const { batteries } = this;
    if (batteries === null || this.emptyUs[device] !== NEVER) return;
    const atUs = this.emptiesUs(device);
    if (atUs > batteries.horizonUs) return;
    const lookUs = this.lookUs[device] as number;
    if (lookUs !== NEVER && atUs > lookUs - Math.min((lookUs - nowUs) / EARLIER_PART, EARLIER_MOST_US)) return;
    this.lookUs[device] = atUs;
    batteries.drainedAt(device, atUs);
  }

  /** A battery is empty: its device draws nothing from now on. */
  die(device: number, atUs: number): void {
    this.rests(device, false, atUs);
    this.emptyUs[device] = Math.max(atUs, this.busyUntilUs(device));
    this.spend(device, EnergyCause.sleep, 0, this.emptyUs[device] as number);
    this.watcher?.onEmpty(device, atUs);
  }

  /** @returns when a battery was empty, µs; −1 while it is not */
  emptySinceUs(device: number): number {
    return this.emptyUs[device] as number;
  }

  private spend(device: number, cause: EnergyCause, fromUs: number, untilUs: number): void {
    const at = device * CAUSES + cause;
    const energy = (untilUs - fromUs) * this.watts(device, cause);
    this.spent[at] = (this.spent[at] as number) + energy;
    if (cause !== EnergyCause.sleep) this.drawn[device] = (this.drawn[device] as number) + energy;
    this.watcher?.onPower(device, cause, fromUs, untilUs);
  }

  private watts(device: number, cause: EnergyCause): number {
    const power = this.powers[this.profiles[device] as number] as PowerProfile;
    switch (cause) {
      case EnergyCause.listen:
        return power.listenWatts;
      case EnergyCause.receive:
        return power.receiveWatts;
      case EnergyCause.transmit:
        return power.transmitWatts;
      case EnergyCause.compute:
        return power.computeWatts;
      case EnergyCause.sleep:
        return power.sleepWatts;
    }
  }

  /** Accounts for what rests, up to the end of the run; work that was begun is paid for whole. */
  finish(endUs: number): void {
    for (let device = 0; device < this.profiles.length; device++) {
      if (this.emptyUs[device] !== NEVER) continue;
      this.restUntil(device, endUs);
      this.spend(device, EnergyCause.sleep, 0, Math.max(endUs, this.busyUntilUs(device)));
    }
  }

  /** @returns until when a device is accounted for beyond what rests, µs */
  private busyUntilUs(device: number): number {
    return Math.max(this.radioUs[device] as number, this.computedUs[device] as number);
  }

  /** @returns what a device has spent on a cause so far, J */
  joules(device: number, cause: EnergyCause): number {
    return (this.spent[device * CAUSES + cause] as number) / 1e6;
  }

  /** @returns how a battery is, in whole microjoules and parts of ten thousand; one object for all of them */
  noteOf(device: number, atUs: number): Note {
    const { note } = this;
    const profile = this.profiles[device] as number;
    const of = (cause: EnergyCause) => Math.floor(this.spent[device * CAUSES + cause] as number);
    note.listen = of(EnergyCause.listen);
    note.receive = of(EnergyCause.receive);
    note.transmit = of(EnergyCause.transmit);
    note.compute = of(EnergyCause.compute);
    note.sleep = Math.floor((this.powers[profile] as PowerProfile).sleepWatts * atUs);
    const part = ((this.drawn[device] as number) + note.sleep) / (this.capacities[profile] as number);
    note.charge = Math.floor(10_000 * Math.max(0, 1 - part));
    return note;
  }

  get devices(): number {
    return this.profiles.length;
  }
}
