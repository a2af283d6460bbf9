import {
  ENERGY_CAUSES,
  type EnergyCause,
  type EnergyMeter,
  type PowerProfile,
  type PowerWatcher,
} from "../network/energy.ts";
import { type CheckerReport, Findings } from "./checker.ts";

/** Radio states; a radio is in one of them at a time. */
const RADIO_CAUSES = 3;
const COMPUTE = 3;
const LISTEN = 0;
const TRANSMIT = 2;
/** The two sums add the same terms in different orders. */
const TOLERANCE = 1e-9;
/** A battery's end may be noticed so late. */
const NOTICED_US = 2_000_000;

/** What the checker knows of the devices besides what it sees. */
export interface EnergyWorld {
  readonly firstNode: number;
  /** By device. */
  readonly powerOf: (device: number) => PowerProfile;
  /** What its battery holds, J. */
  readonly batteryOf: (device: number) => number;
  readonly devices: number;
}

/**
 * Watches that the energy of each device, added over its causes as its meter has it, is the integral of the power that it was told
 * of: it adds up the time in each state for itself, with sleep's power under all of it from the beginning to the run's end, the
 * battery's, or the last work's. It sees that no radio and no processor is in two states at once, and that nothing goes on once a
 * battery is empty. It sees intervals only as media and machines report them: a state that nobody reported, such as listening that
 * was never told of, is missing from both sums alike, and tests of each medium's closed forms have to find it.
 */
export class EnergyChecker implements PowerWatcher {
  readonly #world: EnergyWorld;
  readonly #findings = new Findings("energy", "");
  /** Of each device: time in each state, µs, and until when its radio and its processor have been seen. */
  readonly #timesUs: Float64Array;
  /** Of each device: what it sent with reduced power, W × µs, by what its profile says of that step. */
  readonly #reducedMicrojoules: Float64Array;
  readonly #radioUs: Float64Array;
  readonly #computedUs: Float64Array;
  /** By device: when its battery was empty. */
  readonly #emptyUs: Float64Array;
  /** What a device has begun it ends: no frame or step took longer. */
  #longestUs = 0;

  constructor(world: EnergyWorld) {
    this.#world = world;
    this.#timesUs = new Float64Array(world.devices * ENERGY_CAUSES.length);
    this.#reducedMicrojoules = new Float64Array(world.devices);
    this.#radioUs = new Float64Array(world.devices);
    this.#computedUs = new Float64Array(world.devices);
    this.#emptyUs = new Float64Array(world.devices).fill(Infinity);
  }

  onPower(device: number, cause: EnergyCause, fromUs: number, untilUs: number, powerStep = 0): void {
    const at = device * ENERGY_CAUSES.length + cause;
    if (powerStep === 0) this.#timesUs[at] = (this.#timesUs[at] as number) + untilUs - fromUs;
    else this.#sentWeaker(device, cause, untilUs - fromUs, powerStep);
    const seen = cause < RADIO_CAUSES ? this.#radioUs : cause === COMPUTE ? this.#computedUs : null;
    if (seen === null) return;
    if (fromUs < (seen[device] as number) || untilUs < fromUs) {
      const name = ENERGY_CAUSES[cause];
      this.#findings.violation(fromUs, [this.#world.firstNode + device], `${name} overlaps what was before`);
    }
    seen[device] = untilUs;
    if (cause !== LISTEN) this.#longestUs = Math.max(this.#longestUs, untilUs - fromUs);
    if (fromUs <= (this.#emptyUs[device] as number)) return;
    const detail = `${ENERGY_CAUSES[cause]} after the battery was empty`;
    this.#findings.violation(fromUs, [this.#world.firstNode + device], detail);
  }

  #sentWeaker(device: number, cause: EnergyCause, tookUs: number, powerStep: number): void {
    const { transmitWatts, reducedWatts } = this.#world.powerOf(device);
    const watts = reducedWatts === undefined ? transmitWatts : reducedWatts[powerStep - 1];
    if (watts !== undefined && cause === TRANSMIT) {
      this.#reducedMicrojoules[device] = (this.#reducedMicrojoules[device] as number) + watts * tookUs;
      return;
    }
    const detail = `${ENERGY_CAUSES[cause]} with power reduced by ${powerStep} steps, which its radio does not have`;
    this.#findings.violation(0, [this.#world.firstNode + device], detail);
  }

  onEmpty(device: number, atUs: number): void {
    this.#emptyUs[device] = atUs;
  }

  /** @param meter whose sums are judged */
  finish(meter: Pick<EnergyMeter, "joules">, endUs: number): CheckerReport {
    for (let device = 0; device < this.#world.devices; device++) this.#judge(meter, device, endUs);
    if (this.#world.devices === 0) this.#findings.note = "no devices";
    return this.#findings.report();
  }

  #judge(meter: Pick<EnergyMeter, "joules">, device: number, endUs: number): void {
    this.#findings.samples++;
    const time = (cause: number) => this.#timesUs[device * ENERGY_CAUSES.length + cause] as number;
    const { listenWatts, receiveWatts, transmitWatts, computeWatts, sleepWatts } = this.#world.powerOf(device);
    const watts = [listenWatts, receiveWatts, transmitWatts, computeWatts];
    // Asleep or not, the device draws its sleeping power all the time, from the beginning to when its last work is done.
    const lastUs = Math.min(endUs, this.#emptyUs[device] as number);
    const wholeUs = Math.max(lastUs, this.#radioUs[device] as number, this.#computedUs[device] as number);
    const fullUJ = watts.reduce((sum, each, cause) => sum + each * time(cause), sleepWatts * wholeUs);
    const integral = (fullUJ + (this.#reducedMicrojoules[device] as number)) / 1e6;
    const told = ENERGY_CAUSES.reduce((sum, _, cause) => sum + meter.joules(device, cause as EnergyCause), 0);
    this.#judgeBattery(device, told, endUs);
    if (Math.abs(told - integral) <= TOLERANCE * integral) return;
    const detail = `its causes add up to ${told} J, its power to ${integral} J`;
    this.#findings.violation(endUs, [this.#world.firstNode + device], detail);
  }

  /** A device lives on its battery alone: it ends when that is empty, but for a step or frame under way, and no sooner. */
  #judgeBattery(device: number, spentJoules: number, endUs: number): void {
    const battery = this.#world.batteryOf(device);
    const { listenWatts, receiveWatts, transmitWatts, computeWatts, sleepWatts } = this.#world.powerOf(device);
    const most = Math.max(listenWatts, receiveWatts, transmitWatts) + computeWatts + sleepWatts;
    const isOver = spentJoules > battery + most * ((NOTICED_US + this.#longestUs) / 1e6);
    // A frame is told of when it ends: until then it counts as listening, which may draw more.
    const overrated = Math.max(0, listenWatts - Math.min(receiveWatts, transmitWatts)) * (this.#longestUs / 1e6);
    const isEarly = this.#emptyUs[device] !== Infinity && spentJoules < battery * (1 - TOLERANCE) - overrated;
    if (!isOver && !isEarly) return;
    const detail = `${spentJoules} J from a battery of ${battery} J, ${isEarly ? "which then was called empty" : "and goes on"}`;
    this.#findings.violation(
      Math.min(endUs, this.#emptyUs[device] as number),
      [this.#world.firstNode + device],
      detail,
    );
  }
}
