/** Named bounds on what a proof for a light verifier may hold. */

/** Most certified headers in one header chain: the iterations of ten epochs of the paper's size. */
export const MAX_HEADER_CHAIN = 512;
