import { HIGHEST_FACTOR, LOWEST_FACTOR, leastSnrDb, NOISE_DBM } from "./eu868.ts";

/** Frames that the server looks at before it changes anything. */
const HISTORY_FRAMES = 20;
/** What is kept between the best frame seen and what its factor needs. */
export const MARGIN_DB = 10;
const STEP_DB = 3;
/** Power goes down from 14 dBm by steps of 2 dB, seven at most. */
const POWER_STEP_DB = 2;
const MOST_POWER_STEPS = 7;
/** A device that has heard nothing for so many frames asks, and then goes down a step for every 32 more. Source: RP002-1.0.3. */
const ASK_AFTER_FRAMES = 64;
const STEP_AFTER_FRAMES = 32;

/**
 * Adaptive data rate: the server makes devices that are heard well faster, then weaker; a device that hears nothing makes itself
 * stronger, then slower.
 *
 * Source: Semtech, LoRaWAN – simple rate adaptation recommended algorithm, 2016; LoRaWAN 1.0.4, section 4.3.1.1.
 */
export class AdaptiveRate {
  /** By device, as it sends now. */
  readonly factors: Uint8Array;
  readonly powerSteps: Uint8Array;
  private readonly adaptive: Uint8Array;
  private readonly seen: Uint8Array;
  private readonly bestSnrDb: Float32Array;
  private readonly unanswered: Uint16Array;
  /** By device: whether it has yet to say that it has done as it was told. */
  private readonly owesAnswer: Uint8Array;

  constructor(factors: Uint8Array, adaptive: Uint8Array) {
    this.factors = factors;
    this.adaptive = adaptive;
    this.powerSteps = new Uint8Array(factors.length);
    this.seen = new Uint8Array(factors.length);
    this.bestSnrDb = new Float32Array(factors.length).fill(-Infinity);
    this.unanswered = new Uint16Array(factors.length);
    this.owesAnswer = new Uint8Array(factors.length);
  }

  /** @returns what the device's power is below its most, dB */
  reducedDb(device: number): number {
    return POWER_STEP_DB * (this.powerSteps[device] as number);
  }

  /** A device has sent a frame; it waits for a sign of life. */
  sent(device: number): void {
    if (this.adaptive[device] === 0) return;
    const unanswered = (this.unanswered[device] as number) + 1;
    this.unanswered[device] = unanswered;
    if (unanswered <= ASK_AFTER_FRAMES || (unanswered - ASK_AFTER_FRAMES) % STEP_AFTER_FRAMES !== 0) return;
    if ((this.powerSteps[device] as number) > 0) this.powerSteps[device] = 0;
    else this.factors[device] = Math.min(HIGHEST_FACTOR, (this.factors[device] as number) + 1);
  }

  /** The server has heard a frame. */
  heard(device: number, levelDbm: number): void {
    if (this.adaptive[device] === 0) return;
    this.seen[device] = Math.min(HISTORY_FRAMES, (this.seen[device] as number) + 1);
    const snrDb = levelDbm - NOISE_DBM;
    if (snrDb > (this.bestSnrDb[device] as number)) this.bestSnrDb[device] = snrDb;
  }

  /** @returns whether the server has to say something: a new rate, or that it is still there */
  isDue(device: number): boolean {
    if (this.adaptive[device] === 0) return false;
    return (this.unanswered[device] as number) > ASK_AFTER_FRAMES || this.stepsFor(device) !== 0;
  }

  /** @returns whether the server has a new rate or power for a device */
  hasCommand(device: number): boolean {
    return this.adaptive[device] === 1 && this.stepsFor(device) !== 0;
  }

  /** @returns whether a device has to answer a command, in the frame that it makes now if there is room, and then no more */
  takeAnswer(device: number, hasRoom: boolean): boolean {
    if (this.owesAnswer[device] === 0 || !hasRoom) return false;
    this.owesAnswer[device] = 0;
    return true;
  }

  /** @returns by how many steps the device may become faster or weaker */
  private stepsFor(device: number): number {
    if ((this.seen[device] as number) < HISTORY_FRAMES) return 0;
    const factor = this.factors[device] as number;
    const steps = Math.floor(((this.bestSnrDb[device] as number) - leastSnrDb(factor) - MARGIN_DB) / STEP_DB);
    const most = factor - LOWEST_FACTOR + MOST_POWER_STEPS - (this.powerSteps[device] as number);
    return Math.max(0, Math.min(steps, most));
  }

  /** The device has received a frame of the server. @param isCommanded whether a new rate or power was in it */
  answered(device: number, isCommanded: boolean): void {
    this.unanswered[device] = 0;
    if (!isCommanded) return;
    let steps = this.stepsFor(device);
    this.owesAnswer[device] = 1;
    while (steps > 0 && (this.factors[device] as number) > LOWEST_FACTOR) {
      this.factors[device] = (this.factors[device] as number) - 1;
      steps--;
    }
    this.powerSteps[device] = Math.min(MOST_POWER_STEPS, (this.powerSteps[device] as number) + steps);
    this.seen[device] = 0;
    this.bestSnrDb[device] = -Infinity;
  }
}

/** @returns the fastest factor that is heard with the margin, or the slowest */
export function fastestFactor(levelDbm: number): number {
  for (let factor = LOWEST_FACTOR; factor < HIGHEST_FACTOR; factor++) {
    if (levelDbm - NOISE_DBM >= leastSnrDb(factor) + MARGIN_DB) return factor;
  }
  return HIGHEST_FACTOR;
}
