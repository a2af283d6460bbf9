import type { Outcome } from "../drop-reasons.ts";
import type { Place } from "../path-loss.ts";

/** What a radio does besides being asleep. */
export const RadioState = { listen: 0, receive: 1, transmit: 2 } as const;
export type RadioState = (typeof RadioState)[keyof typeof RadioState];

/** What a medium tells of its stations' radios, and what becomes of what it carries. */
export interface MediumPort {
  /** Time of the event being executed, µs. */
  readonly nowUs: number;
  /** Lets `wake` be called. @param station on whose behalf */
  wakeAt(atUs: number, station: number, what: number, subject: number): void;
  /** The last bit of a copy is in at the other end of its link. */
  arrived(copy: number): void;
  /** A copy is lost for good. @param outcome a code of drop-reasons.ts */
  lost(copy: number, outcome: Outcome): void;
  /**
   * A device's radio was in a state; what it spends of one device comes in order of time, without overlaps.
   *
   * @param powerStep by which a sender's power was reduced; none where left out
   */
  radio(station: number, state: RadioState, fromUs: number, untilUs: number, powerStep?: number): void;
  /** From now on a device's radio listens whenever it does nothing else, or sleeps. */
  rests(station: number, listening: boolean): void;
  /** A gateway has missed a frame for want of power. */
  missed(gateway: number): void;
}

/**
 * A shared or private medium between devices and their gateways. Devices are its stations 0 … n − 1. It takes charge of copies and
 * ends each with one call to its port.
 */
export interface Medium {
  uplink(copy: number, station: number, sizeBytes: number): void;
  downlink(copy: number, station: number, sizeBytes: number): void;
  /** A time has come that was asked for. */
  wake(what: number, subject: number): void;
  /** A station's processor is up, or its power is cut: then it loses what it has not sent, and hears nothing. */
  power(station: number, on: boolean): void;
  /** A station's processor goes to sleep: its radio ends what it has begun, and hears nothing any more. */
  sleep(station: number): void;
  /** A gateway has power again, or loses it: then it hears, acknowledges and sends nothing, and what waited in it is lost. */
  gatewayPower(gateway: number, on: boolean): void;
  /** A device is somewhere else: it may go over to another gateway, now or with its next frame. */
  moved(station: number, place: Place): void;
  /** @returns the gateway that a station's traffic goes through now, 0 … */
  gatewayOf(station: number): number;
  readonly figures: MediumFigures;
}

/** Counts of frames, for people. */
export interface MediumFigures {
  /** Frames put on the air or the line, repetitions included. */
  frames: number;
  /** Of them, such as took damage from others. */
  collided: number;
  /** Of them, such as got lost otherwise. */
  lost: number;
  /** Time on the air of all of them together, µs. */
  airUs: number;
  /** Times that a device's gateway has become another one. */
  handovers: number;
  /** Messages of devices of which a frame has begun, and how long they had waited for that all together, µs. */
  begun: number;
  waitedUs: number;
}

export function noFigures(): MediumFigures {
  return { frames: 0, collided: 0, lost: 0, airUs: 0, handovers: 0, begun: 0, waitedUs: 0 };
}
