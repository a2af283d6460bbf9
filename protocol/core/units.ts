/** Base units in one IOTX: 10^18. */
export const IOTX = 1_000_000_000_000_000_000n;

/** Microseconds in a second. */
export const SECOND_US = 1_000_000;

/** Microseconds in a millisecond. */
export const MILLISECOND_US = 1_000;

/** Bytes in a KiB. */
export const KIB = 1024;
