import { assert } from "../../../protocol/core/assert.ts";
import { FRAME_OVERHEAD_BYTES, HIGHEST_FACTOR, mostPayloadBytes, SUB_BANDS } from "./eu868.ts";
import { lorawanModulation, timeOnAirUs } from "./time-on-air.ts";

/** Over which the law counts. Source: ETSI EN 300 220-1, section 5.4. */
export const DUTY_WINDOW_US = 3_600_000_000;

const LONGEST_FRAME_US = timeOnAirUs(
  lorawanModulation(HIGHEST_FACTOR),
  FRAME_OVERHEAD_BYTES + mostPayloadBytes(HIGHEST_FACTOR),
);

/**
 * Keeps every transmitter silent for so long after each frame that in no hour, wherever it begins, it is on the air for more than its
 * part. LoRaWAN's own rule, silence for time on air × (1 / part − 1), may be over by one frame: here the longest frame is set aside.
 */
export class DutyCycle {
  private readonly freeUs: Float64Array;
  private readonly silence: readonly number[];

  /** @param transmitters devices and gateways */
  constructor(transmitters: number) {
    this.freeUs = new Float64Array(transmitters * SUB_BANDS.length);
    this.silence = SUB_BANDS.map(({ dutyCycle }) => 1 / (dutyCycle - LONGEST_FRAME_US / DUTY_WINDOW_US));
  }

  /** @returns when a transmitter may use a sub-band again, µs */
  freeFrom(transmitter: number, subBand: number): number {
    return this.freeUs[transmitter * SUB_BANDS.length + subBand] as number;
  }

  /** Notes a frame that begins now. @param airUs its time on air */
  spend(transmitter: number, subBand: number, fromUs: number, airUs: number): void {
    assert(fromUs >= this.freeFrom(transmitter, subBand), "the duty cycle is never exceeded");
    assert(airUs <= LONGEST_FRAME_US, "a frame is within the regional bound");
    const until = fromUs + Math.ceil(airUs * (this.silence[subBand] as number));
    this.freeUs[transmitter * SUB_BANDS.length + subBand] = until;
  }
}
