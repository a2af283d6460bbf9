/** A link of one device to its gateway that others do not disturb. */
export interface LinkProfile {
  readonly about: string;
  /** Largest frame, and what of it is not payload. */
  readonly frameBytes: number;
  readonly overheadBytes: number;
  readonly uplinkBitsPerSecond: number;
  readonly downlinkBitsPerSecond: number;
  /** One way, besides what the bits take. */
  readonly latencyUs: number;
  /** Each frame costs this besides its bits: contention, preamble, acknowledgement. */
  readonly frameUs: number;
  /** How often a frame is sent until it is given up, at least 1. */
  readonly attempts: number;
  /** From one attempt to the next. */
  readonly retryUs: number;
  /** Frames begin at multiples of this after the device's own moment; 0: at any time. */
  readonly connectionIntervalUs: number;
  /** Frames in one such interval. */
  readonly framesAnInterval: number;
  /** To the first bit where there is no connection: at first, and after `idleAfterUs` at rest. The radio receives meanwhile. */
  readonly setupUs: number;
  readonly idleAfterUs: number;
  /** Whether it is still connected when its device wakes from deep sleep, as a modem of its own is. */
  readonly keepsAsleep: boolean;
  /** At rest it listens only this often, so that whatever is for it waits; 0: always. */
  readonly pagingUs: number;
  /** Whether its radio listens all the time that the device is awake. */
  readonly listens: boolean;
  /** Farther away no frame arrives. */
  readonly reachMetres: number;
  /** From one gateway to another: nothing is sent meanwhile, and the radio receives. */
  readonly handoverUs: number;
}

const ALWAYS_THERE = {
  connectionIntervalUs: 0,
  framesAnInterval: 1,
  setupUs: 0,
  idleAfterUs: Number.MAX_SAFE_INTEGER,
  keepsAsleep: true,
  pagingUs: 0,
  listens: false,
  reachMetres: Infinity,
  handoverUs: 0,
};

/**
 * From the first part of a message to the last one; the rest is not waited for any longer. A receiver holds one message of each device, as they
 * come one after the other. Source: RFC 8200, section 4.5.
 */
export const REASSEMBLY_TIMEOUT_US = 60_000_000;

/** Links by name, with what their figures come from. */
export const LINK_PROFILES = {
  /** Source: 100BASE-TX, IEEE 802.3 clause 24; 18 bytes of frame, 20 of IPv4, 8 of UDP and 20 of preamble and gap. */
  wire: {
    about: "an Ethernet cable of 100 Mbit/s to the home's router",
    frameBytes: 1538,
    overheadBytes: 66,
    uplinkBitsPerSecond: 100_000_000,
    downlinkBitsPerSecond: 100_000_000,
    latencyUs: 200,
    frameUs: 0,
    attempts: 1,
    retryUs: 0,
    ...ALWAYS_THERE,
  },
  /** Source: ITU-T G.993.2 lines as sold: 50 and 10 Mbit/s; latency of the access network as measured by FCC, MBA report 2018. */
  "home-line": {
    about: "a home's VDSL line: 10 Mbit/s up, 50 down, 12 ms",
    frameBytes: 1500,
    overheadBytes: 36,
    uplinkBitsPerSecond: 10_000_000,
    downlinkBitsPerSecond: 50_000_000,
    latencyUs: 12_000,
    frameUs: 0,
    attempts: 1,
    retryUs: 0,
    ...ALWAYS_THERE,
  },
  /**
   * Source: IEEE 802.11n, 20 MHz, one stream, MCS 3 (26 Mbit/s); DIFS 28 µs, mean back-off 7.5 slots of 9 µs, preamble 40 µs, SIFS 10 µs
   * and acknowledgement 44 µs make 190 µs a frame (clauses 10.3, 19.3); seven attempts (dot11ShortRetryLimit).
   */
  wifi: {
    about: "802.11n at 26 Mbit/s, seven attempts a frame",
    frameBytes: 1534,
    overheadBytes: 62,
    uplinkBitsPerSecond: 26_000_000,
    downlinkBitsPerSecond: 26_000_000,
    latencyUs: 1_000,
    frameUs: 190,
    attempts: 7,
    retryUs: 500,
    ...ALWAYS_THERE,
    listens: true,
    // Indoors at this rate; probing, authentication and association: A. Mishra, M. Shin, W. Arbaugh, CCR 33(2), 2003: 50 to 400 ms.
    reachMetres: 40,
    setupUs: 200_000,
    handoverUs: 200_000,
    keepsAsleep: false,
  },
  /**
   * Source: 3GPP TS 36.306, UE category NB1 (Release 13): peaks of 62.5 kbit/s up and 26.15 kbit/s down with one HARQ process;
   * R. Ratasuk et al., NB-IoT System for M2M Communication, WCNC 2016, for latency and set-up; inactivity 20 s, as networks set it.
   */
  "nb-iot": {
    about: "NB-IoT: 62.5 kbit/s up, 26 down, 1.5 s to connect, pages each 2.56 s",
    frameBytes: 1358,
    overheadBytes: 42,
    uplinkBitsPerSecond: 62_500,
    downlinkBitsPerSecond: 26_150,
    latencyUs: 120_000,
    frameUs: 0,
    attempts: 4,
    retryUs: 64_000,
    connectionIntervalUs: 0,
    framesAnInterval: 1,
    setupUs: 1_500_000,
    idleAfterUs: 20_000_000,
    keepsAsleep: true,
    pagingUs: 2_560_000,
    listens: false,
    // Cells cover the land; NB-IoT selects a cell anew, from rest: 3GPP TS 36.133, section 4.6.
    reachMetres: Infinity,
    handoverUs: 2_000_000,
  },
  /** Source: 3GPP TS 36.306, category M1 half duplex: 375 kbit/s up, 300 down; set-up and inactivity as GSMA, LTE-M deployment guide, 2019. */
  "lte-m": {
    about: "LTE-M: 375 kbit/s up, 300 down, 0.3 s to connect, pages each 1.28 s",
    frameBytes: 1358,
    overheadBytes: 42,
    uplinkBitsPerSecond: 375_000,
    downlinkBitsPerSecond: 300_000,
    latencyUs: 50_000,
    frameUs: 0,
    attempts: 4,
    retryUs: 16_000,
    connectionIntervalUs: 0,
    framesAnInterval: 1,
    setupUs: 300_000,
    idleAfterUs: 10_000_000,
    keepsAsleep: true,
    pagingUs: 1_280_000,
    listens: false,
    reachMetres: Infinity,
    handoverUs: 50_000,
  },
  /**
   * Source: Bluetooth Core 5.2, volume 6, part B: 1M PHY, data length 251, packet of 10 bytes around it, two gaps of 150 µs and an empty
   * packet of 80 µs in return; connection interval 50 ms, four packets an event, as phones allow. A lost packet goes in the next event.
   */
  ble: {
    about: "a Bluetooth Low Energy connection of 1 Mbit/s, 50 ms from event to event",
    frameBytes: 261,
    overheadBytes: 24,
    uplinkBitsPerSecond: 1_000_000,
    downlinkBitsPerSecond: 1_000_000,
    latencyUs: 0,
    frameUs: 380,
    attempts: 64,
    retryUs: 0,
    connectionIntervalUs: 50_000,
    framesAnInterval: 4,
    setupUs: 150_000,
    idleAfterUs: Number.MAX_SAFE_INTEGER,
    keepsAsleep: false,
    pagingUs: 0,
    listens: false,
    // Indoors at 0 dBm; scanning for an advertisement each 100 ms, and the connection's first event.
    reachMetres: 20,
    handoverUs: 150_000,
  },
} as const satisfies Record<string, LinkProfile>;

export type LinkProfileName = keyof typeof LINK_PROFILES;

const BIT_US_PER_BYTE = 8e6;

/** @returns what a frame takes, µs */
export function frameUs(profile: LinkProfile, isUp: boolean, payloadBytes: number): number {
  const rate = isUp ? profile.uplinkBitsPerSecond : profile.downlinkBitsPerSecond;
  return Math.ceil(((payloadBytes + profile.overheadBytes) * BIT_US_PER_BYTE) / rate) + profile.frameUs;
}
