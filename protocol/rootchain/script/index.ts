export type { ScriptFault } from "./fault.ts";
export { BLOCK_SCRIPT_FLAGS, MEMPOOL_SCRIPT_FLAGS, ScriptFlag } from "./flags.ts";
export { hash160 } from "./hash160.ts";
export { verifyScript } from "./interpreter.ts";
export { decodeNumber, encodeNumber } from "./item.ts";
export * from "./limits.ts";
export { Opcode } from "./opcode.ts";
export { isPayToScript, isPushOnly, ScriptReader } from "./reader.ts";
export type { SignatureScheme } from "./scheme.ts";
export { countSignatureChecks, countSpendingChecks } from "./signature-count.ts";
export {
  classifyScript,
  hashTimeLock,
  lockingScript,
  multisig,
  payToKey,
  payToScript,
  type StandardForm,
} from "./standard.ts";
export {
  claimHashTimeLock,
  refundHashTimeLock,
  unlockMultisig,
  unlockPayToKey,
  unlockPayToScript,
} from "./unlocking.ts";
