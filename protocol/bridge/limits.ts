/** Named bounds on what the rootchain keeps about subchains. */

/** The latest anchored headers of one subchain, all of which a proof may start from. */
export const MAX_RECENT_ANCHORS = 32;
/** All of them, with a few from further back. */
export const MAX_ANCHORS = MAX_RECENT_ANCHORS + 8;
/** Keys that may act in one seat one after another; all of them answer for the bond, so all are kept. */
export const MAX_NOMINATIONS = 8;
/** Longest entry of a subchain's ledger that a proof may show, in bytes. */
export const MAX_PROVEN_ENTRY_BYTES = 1024;
/** Bids that are kept for one period: a better one displaces the worst, whose deposit goes back. */
export const MAX_BIDS = 256;
/** Grants of one period: no bid is for less than one piece of so many. */
export const MAX_GRANTS = 64;
/** Largest amount of any token: one more would not fit an entry. */
export const MAX_AMOUNT = (1n << 128n) - 1n;
