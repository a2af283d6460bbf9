/** Named bounds on what a proof for a light verifier may hold. */

/** Most certified headers in one header chain: the iterations of ten epochs of the paper's size. */
export const MAX_HEADER_CHAIN = 512;

/** Most checkpoints that a client takes at once: one answer of its server. */
export const MAX_CHECKPOINT_LINKS = 64;

/** Past checkpoints that a client keeps, to start proofs from and to tell conflicting ones. */
export const KEPT_CHECKPOINTS = 16;

/** Followed headers that a trail keeps at the least. */
export const KEPT_TRAIL = 64;
