/** Named bounds on what a subchain keeps about other chains. */

/** The latest recorded headers of the rootchain, all of which a proof may start from. */
export const MAX_RECENT_ROOT_ANCHORS = 64;
/** All of them, with a few from further back. */
export const MAX_ROOT_ANCHORS = MAX_RECENT_ROOT_ANCHORS + 8;
/** Updates of the view of the rootchain in one block: they pay no fee. */
export const MAX_ROOT_UPDATES_PER_BLOCK = 1;
/** Deliveries and refunds that a node keeps. */
export const MAX_POOLED_PROOFS = 1024;
/** Updates of the view of the rootchain that a node keeps. */
export const MAX_POOLED_UPDATES = 8;
/** Blocks after which a node forgets a delivery or refund that no block took: its proof has aged with it. */
export const POOLED_PROOF_BLOCKS = 256;
/** Largest amount of any token: one more would not fit an entry. */
export const MAX_AMOUNT = (1n << 128n) - 1n;
/** An epoch that never comes: whoever resigned may sit from then on. */
export const NEVER_EPOCH = 4_294_967_295;
