export { assembleScript, type ScriptElement } from "./assemble.ts";
export type { ScriptFault } from "./fault.ts";
export { BLOCK_SCRIPT_FLAGS, MEMPOOL_SCRIPT_FLAGS, ScriptFlag } from "./flags.ts";
export { HASH160_BYTES, hash160 } from "./hash160.ts";
export { type ScriptEvaluation, verifyScript } from "./interpreter.ts";
export { decodeNumber, encodeNumber } from "./item.ts";
export * from "./limits.ts";
export { Opcode } from "./opcode.ts";
export { isPayToScript, isPushOnly, ScriptReader } from "./reader.ts";
export type { SignatureScheme } from "./scheme.ts";
export { countSignatureChecks, countSpendingChecks } from "./signature-count.ts";
export {
  classifyScript,
  type HashTimeLock,
  hashTimeLock,
  lockingScript,
  MAX_STANDARD_KEYS,
  multisig,
  payToKey,
  payToScript,
  type StandardForm,
} from "./standard.ts";
export {
  claimHashTimeLock,
  type KeySignature,
  refundHashTimeLock,
  unlockMultisig,
  unlockPayToKey,
  unlockPayToScript,
} from "./unlocking.ts";
