import type { ChannelAccess } from "../../network/csma/ieee802154.ts";

/** What a decoupled model says of saturated stations. */
export interface Saturation {
  /** Frames a second that are delivered, of all stations together. */
  readonly framesPerSecond: number;
  /** Probability that a station finds the channel busy. */
  readonly busy: number;
  /** Frames that collide, of all. */
  readonly collision: number;
}

const BACKOFF_US = 320;
const SENSE_US = 128;
const TURNAROUND_US = 192;
const ACK_US = 352;
const ACK_WAIT_US = 864;
const GAP_US = 640;
/** Between a frame and its acknowledgement others may sense nothing, for so long. */
const HOLE_US = TURNAROUND_US - SENSE_US;
const ROUNDS = 400;

/** @returns how often a station senses that is backing off, a µs, if it finds the channel busy with a probability */
function senseRate({ leastExponent, mostExponent, mostBackoffs }: ChannelAccess, busy: number): number {
  let [senses, waitingUs] = [0, 0];
  for (let attempt = 0; attempt <= mostBackoffs; attempt++) {
    const periods = (2 ** Math.min(mostExponent, leastExponent + attempt) - 1) / 2;
    senses += busy ** attempt;
    waitingUs += busy ** attempt * (periods * BACKOFF_US + SENSE_US);
  }
  return senses / waitingUs;
}

/**
 * Unslotted CSMA/CA of IEEE 802.15.4 under saturation by a fixed point in the manner of Bianchi: a station that backs off senses at a
 * rate that depends on nothing but how often it finds the channel busy, whatever happened before.
 *
 * A cycle of the channel is the idle time to the first successful sense, the 192 µs until that station sends, in which others find the
 * channel idle too and collide, the frame, and its acknowledgement where it was alone. In the 64 µs of the pause between frame and
 * acknowledgement that a sense fits into, one more may come in: the acknowledgement is lost, and the frame is delivered twice.
 *
 * Source: G. Bianchi, JSAC 18 (2000), for the decoupling; P. Di Marco et al., IEEE TVT 61 (2012), for CSMA/CA without slots.
 */
export function saturatedCsma(stations: number, payloadBytes: number, access: ChannelAccess): Saturation {
  const frameUs = (6 + 11 + 6 + payloadBytes) * 32;
  let [busy, contenders] = [0.3, stations];
  let result = { framesPerSecond: 0, busy, collision: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    const rate = senseRate(access, busy);
    const joins = 1 - Math.exp(-rate * TURNAROUND_US);
    const senders = 1 + (contenders - 1) * joins;
    const alone = (1 - joins) ** (contenders - 1);
    const together = senders - alone;
    const hole = alone * (1 - Math.exp(-rate * HOLE_US * (contenders - 1)));
    const idleUs = 1 / (contenders * rate);
    // Of a collision, the frames begin at different times; whoever comes in by the hole adds a frame.
    const airUs = frameUs + alone * (TURNAROUND_US + ACK_US) + ((1 - alone) * TURNAROUND_US) / 2 + hole * frameUs;
    const heardUs = airUs + SENSE_US;
    const sensed = senders + hole;
    const foundBusy = rate * Math.max(0, contenders - sensed) * heardUs;
    busy = (busy + foundBusy / (foundBusy + sensed)) / 2;
    // Whoever has sent does not contend for a while.
    const spanUs = idleUs + TURNAROUND_US;
    const away = alone * Math.min(1, GAP_US / spanUs) + (together + hole) * Math.min(1, ACK_WAIT_US / spanUs);
    contenders = (contenders + stations - Math.min(stations - 1, away)) / 2;
    const cycleUs = idleUs + TURNAROUND_US + airUs;
    result = {
      framesPerSecond: ((alone - hole) / cycleUs) * 1e6,
      busy,
      collision: (together + hole) / (senders + hole),
    };
  }
  return result;
}
