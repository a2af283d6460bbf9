/** Named bounds on what the rootchain's ledger holds and its nodes keep; reaching one is a refusal. */

/** Delegates that may ever be registered: every block's state commits to the standing of each. */
export const MAX_REGISTERED_DELEGATES = 4096;
/** Longest script that rewards are paid to, in bytes. */
export const MAX_REWARD_SCRIPT_BYTES = 128;
/** Largest amount of base units; one more would not fit its field. */
export const MAX_AMOUNT = (1n << 128n) - 1n;
/** Signature checks that the scripts of one transaction may ask for. */
export const MAX_TRANSACTION_CHECKS = 2048;
/** Signature checks that the scripts of one block may ask for. */
export const MAX_BLOCK_CHECKS = 65_536;
/** Signatures whose verdict is remembered with their transaction. */
export const MAX_KNOWN_SIGNATURES = 2048;
/** Epochs that one claim of rewards may look at. */
export const MAX_CLAIM_EPOCHS = 256;

/** Largest pending transaction that moves no proof, in bytes; Bitcoin's bound of what is standard. */
export const MAX_STANDARD_BYTES = 100_000;
/** Bytes of all pending transactions that a node keeps. */
export const MAX_POOL_BYTES = 32 * 1024 * 1024;
/** Unconfirmed transactions that a pending one may rest on, itself included. */
export const MAX_ANCESTORS = 25;
/** Blocks that a pending transaction in reserved space has to itself what it is about. */
export const UNRIVALLED_BLOCKS = 5;
/** Unconfirmed transactions that may rest on a pending one, itself included. */
export const MAX_DESCENDANTS = 25;
/** Pending transactions that one replacement may evict (BIP 125). */
export const MAX_REPLACED = 100;
/** Pending transactions of kinds that blocks reserve space for. */
export const MAX_RESERVED_TRANSACTIONS = 1024;
/** Bytes of pending transactions of kinds that blocks reserve space for. */
export const MAX_RESERVED_BYTES = 16 * 1024 * 1024;
/** Largest pending transaction that moves a proof, in bytes. */
export const MAX_PROOF_BYTES = 1024 * 1024;
