/** Named bounds on what a peer may make us hold or read; reaching one is an explained drop. */

/** Largest block in bytes (white paper, bandwidth section: 8 MiB). */
export const MAX_BLOCK_BYTES = 8 * 1024 * 1024;
/** Most transactions in one block, whatever their size. */
export const MAX_BLOCK_TRANSACTIONS = 65_536;
/** Largest data field of a transfer in bytes. */
export const MAX_DATA_BYTES = 4096;
/** Most members that can sign one height. */
export const MAX_COMMITTEE = 1024;
/** Heights above the current one for which consensus messages are kept. */
export const HEIGHT_WINDOW = 2;
/** Views above the current one for which votes are kept. */
export const VIEW_WINDOW = 8;
/** Consensus messages kept for later heights, for each member of the committee. */
export const EARLY_MESSAGES_PER_SEAT = 6;
/** Between two looks at a clock that should have reached a time by now, and stands still or went back. */
export const CLOCK_LOOK_US = 10_000;
/** Ids in one announcement or request. */
export const MAX_IDS = 256;
/** Blocks in one answer to a range request. */
export const MAX_RANGE_BLOCKS = 32;
/** Pending transactions that a node keeps. */
export const MAX_MEMPOOL_TRANSACTIONS = 8192;
/** Pending transactions that a node keeps for one sender. */
export const MAX_MEMPOOL_PER_SENDER = 64;
/** Ids that a node remembers to have seen, twice this many at the most. */
export const SEEN_GENERATION = 4096;
