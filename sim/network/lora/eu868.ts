/** Regional parameters of EU863-870. Source: LoRa Alliance RP002-1.0.3, section 2.4; ETSI EN 300 220-2, annex B. */

export const SPREADING_FACTORS = [7, 8, 9, 10, 11, 12] as const;
export const LOWEST_FACTOR = 7;
export const HIGHEST_FACTOR = 12;
/** At which all channels here are spread. */
export const BANDWIDTH_HZ = 125_000;

/** A part of the band and how much of the time one transmitter may use it. */
export interface SubBand {
  readonly name: string;
  /** 0 … 1. */
  readonly dutyCycle: number;
  /** Most effective radiated power, dBm. */
  readonly powerDbm: number;
}

export const SUB_BANDS: readonly SubBand[] = [
  { name: "868.0-868.6", dutyCycle: 0.01, powerDbm: 14 },
  { name: "865.0-868.0", dutyCycle: 0.01, powerDbm: 14 },
  { name: "869.4-869.65", dutyCycle: 0.1, powerDbm: 27 },
];

/** Uplink channels and the sub-bands that they are in: the three that every device knows, and the five that operators add. */
export const UPLINK_CHANNELS: readonly { readonly hz: number; readonly subBand: number }[] = [
  { hz: 868_100_000, subBand: 0 },
  { hz: 868_300_000, subBand: 0 },
  { hz: 868_500_000, subBand: 0 },
  { hz: 867_100_000, subBand: 1 },
  { hz: 867_300_000, subBand: 1 },
  { hz: 867_500_000, subBand: 1 },
  { hz: 867_700_000, subBand: 1 },
  { hz: 867_900_000, subBand: 1 },
];

/** The channel of the second window, 869.525 MHz, counts as the one behind the uplink channels. */
export const RX2_CHANNEL = UPLINK_CHANNELS.length;
export const RX2_SUB_BAND = 2;

/** Bytes of application payload that a frame holds at each spreading factor, from 7 on, where no repeater is in between. */
const MOST_PAYLOAD_BYTES = [242, 242, 115, 51, 51, 51];

/** @returns the most application bytes of one frame */
export function mostPayloadBytes(spreadingFactor: number): number {
  return MOST_PAYLOAD_BYTES[spreadingFactor - LOWEST_FACTOR] as number;
}

/** MHDR, device address, control, counter, port and integrity code. Source: LoRaWAN 1.0.4, chapter 4. */
export const FRAME_OVERHEAD_BYTES = 13;
/** Rule, window and fragment number of SCHC. Source: RFC 9011, section 5.6. */
export const FRAGMENT_HEADER_BYTES = 1;

/** From an uplink's end to the two windows in which a device listens. Source: RP002-1.0.3, section 2.4.7. */
export const RX1_DELAY_US = 1_000_000;
export const RX2_DELAY_US = 2_000_000;

/** Signal to noise that a factor needs, from 7 on, dB. Source: SX1276 datasheet, table 13. */
const LEAST_SNR_DB = [-7.5, -10, -12.5, -15, -17.5, -20];

export function leastSnrDb(spreadingFactor: number): number {
  return LEAST_SNR_DB[spreadingFactor - LOWEST_FACTOR] as number;
}

/** Thermal noise in 125 kHz (−174 dBm/Hz) under a receiver's noise figure of 6 dB: SF7 is heard down to −124.5 dBm, SF12 to −137. */
export const NOISE_DBM = -117;

/** A frame is taken although another one of its channel and factor overlaps it where it is so much stronger. Source: SX1276 datasheet. */
export const CAPTURE_DB = 6;
/** Frames that a gateway's chip can take in at one time. Source: SX1301 datasheet. */
export const DEMODULATORS = 8;
