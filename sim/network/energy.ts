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
}

/**
 * Accounts for the energy of devices by cause. A radio is in one state at a time; between the spans that it is told of it rests,
 * listening or asleep. Sixty bytes a device.
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

  /** @param profiles by device: number of its power profile */
  constructor(powers: readonly PowerProfile[], profiles: Uint16Array, watcher: PowerWatcher | null) {
    this.powers = powers;
    this.profiles = profiles;
    this.watcher = watcher;
    this.spent = new Float64Array(profiles.length * CAUSES);
    this.radioUs = new Float64Array(profiles.length);
    this.computedUs = new Float64Array(profiles.length);
    this.listens = new Uint8Array(profiles.length);
  }

  /** A radio was, or is about to be, in a state. */
  radio(device: number, state: RadioState, fromUs: number, untilUs: number): void {
    assert(fromUs >= (this.radioUs[device] as number), "a radio is in one state at a time");
    this.restUntil(device, fromUs);
    this.spend(device, state, fromUs, untilUs);
    this.radioUs[device] = untilUs;
  }

  /** From now on a radio listens while nothing else is told of it, or sleeps. */
  rests(device: number, listening: boolean, atUs: number): void {
    this.restUntil(device, atUs);
    this.listens[device] = listening ? 1 : 0;
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
  }

  private spend(device: number, cause: EnergyCause, fromUs: number, untilUs: number): void {
    const at = device * CAUSES + cause;
    this.spent[at] = (this.spent[at] as number) + (untilUs - fromUs) * this.watts(device, cause);
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

  get devices(): number {
    return this.profiles.length;
  }
}
