/** Unslotted IEEE 802.15.4 at 2.4 GHz. Source: IEEE 802.15.4-2006, tables 2, 85, 86 and clauses 6.5, 7.5.1.4, 7.5.6.4. */

const SYMBOL_US = 16;
export const BYTE_US = 32;
/** aUnitBackoffPeriod, CCA detection time and aTurnaroundTime. */
export const BACKOFF_US = 20 * SYMBOL_US;
export const SENSE_US = 8 * SYMBOL_US;
export const TURNAROUND_US = 12 * SYMBOL_US;
/** What the standard lets a network set: macMinBE, macMaxBE, macMaxCSMABackoffs and macMaxFrameRetries. */
export interface ChannelAccess {
  /** Exponents of the back-off's length: at the first attempt to sense, and at most. */
  readonly leastExponent: number;
  readonly mostExponent: number;
  readonly mostBackoffs: number;
  readonly mostRetries: number;
}

export const DEFAULT_ACCESS: ChannelAccess = { leastExponent: 3, mostExponent: 5, mostBackoffs: 4, mostRetries: 3 };

/** macAckWaitDuration. */
export const ACK_WAIT_US = 54 * SYMBOL_US;
/** Between two frames of one station: after long and after short ones. */
const LONG_GAP_US = 40 * SYMBOL_US;
const SHORT_GAP_US = 12 * SYMBOL_US;
const SHORT_FRAME_BYTES = 18;

/** Preamble, delimiter and length; then at most 127 bytes. */
const PHY_BYTES = 6;
const FRAME_BYTES = 127;
/** Frame control, number, one network id, two short addresses, and the check sequence. */
const MAC_BYTES = 11;
const ACK_BYTES = 5;
export const ACK_US = (PHY_BYTES + ACK_BYTES) * BYTE_US;

/** IPv6 and UDP headers, compressed as far as they go. Source: RFC 6282. */
const LOWPAN_BYTES = 6;
/** Header of a fragment, and the unit in which fragments are cut. Source: RFC 4944, section 5.3. */
const FRAGMENT_BYTES = 5;
const FRAGMENT_UNIT = 8;
export const MOST_WHOLE_BYTES = FRAME_BYTES - MAC_BYTES - LOWPAN_BYTES;
const MOST_FRAGMENT_BYTES =
  Math.floor((FRAME_BYTES - MAC_BYTES - LOWPAN_BYTES - FRAGMENT_BYTES) / FRAGMENT_UNIT) * FRAGMENT_UNIT;

/** Largest message; it goes in several datagrams, as one holds 2047 bytes. */
export const MOST_MESSAGE_BYTES = 64 * 1024;

/**
 * Messages of which a device holds a part at most, and a coordinator. Source: RIOT, CONFIG_GNRC_SIXLOWPAN_FRAG_RBUF_SIZE, 4; the other one
 * is assumed: so many of the largest fill the 4 MiB that Linux keeps for fragments.
 */
export const DEVICE_REASSEMBLIES = 4;
export const COORDINATOR_REASSEMBLIES = 64;
/** From the first part to the last one. Source: RFC 4944, section 5.3; Linux, LOWPAN_FRAG_TIMEOUT. */
export const REASSEMBLY_TIMEOUT_US = 60_000_000;

/** @returns the bytes that the next frame of a message takes, of what is left of it */
export function fragmentBytes(sizeBytes: number, sentBytes: number): number {
  if (sentBytes === 0 && sizeBytes <= MOST_WHOLE_BYTES) return sizeBytes;
  return Math.min(sizeBytes - sentBytes, MOST_FRAGMENT_BYTES);
}

/** @returns time on air of a data frame, µs @param isFragment whether it has a fragment's header */
export function frameUs(payloadBytes: number, isFragment: boolean): number {
  return (PHY_BYTES + MAC_BYTES + LOWPAN_BYTES + (isFragment ? FRAGMENT_BYTES : 0) + payloadBytes) * BYTE_US;
}

/** @returns how long a station waits after a frame, µs @param airUs of that frame */
export function gapUs(airUs: number): number {
  return airUs / BYTE_US - PHY_BYTES > SHORT_FRAME_BYTES ? LONG_GAP_US : SHORT_GAP_US;
}

/** Source: IEEE 802.15.4-2006, clause 6.5.3.3 for the least sensitivity; energy above this counts as busy (6.9.9). */
export const SENSITIVITY_DBM = -85;
export const BUSY_DBM = -75;
export const POWER_DBM = 0;
/** A frame is received under another one that is so much weaker. Source: clause 6.5.3.4, receivers of today. */
export const CAPTURE_DB = 3;

/** A device looks for coordinators on 16 channels, for 15.36 ms × 3 each (ScanDuration 1). Source: clause 7.5.2.1, table 2. */
export const SCAN_US = 16 * 3 * 15_360;
/** An association request and a data request of 27 bytes each with their share of back-offs. Source: clauses 7.3.1, 7.3.4. */
export const ASSOCIATION_US = 2 * (27 * BYTE_US + 4 * BACKOFF_US);
/** A coordinator has to be so much stronger to be worth it. */
export const BETTER_DB = 6;
