/** Bounds of the stack script; going beyond one is a fault. Source: Bitcoin, script. */

/** Longest script that is evaluated, in bytes. */
export const MAX_SCRIPT_BYTES = 10_000;
/** Longest item that a script may push, in bytes. */
export const MAX_ELEMENT_BYTES = 520;
/** Most operations other than pushes in one script; each key of CHECKMULTISIG counts as one. */
export const MAX_OPERATIONS = 201;
/** Most items on the stack and the alternate stack together. */
export const MAX_STACK_ITEMS = 1000;
/** Most keys of one CHECKMULTISIG. */
export const MAX_MULTISIG_KEYS = 20;
/** Longest number that arithmetic reads, in bytes. */
export const MAX_NUMBER_BYTES = 4;
/** Longest number that CHECKLOCKTIMEVERIFY and CHECKSEQUENCEVERIFY read, in bytes: lock times go beyond 31 bits. */
export const MAX_LOCK_TIME_BYTES = 5;
/** Lock times are below this: 39 bits and a sign. */
export const LOCK_TIME_RANGE = 549_755_813_888;
