import type { ScriptFault } from "./fault.ts";

/**
 * What a script asks about the transaction that it guards: signature scheme, encodings and the hash that is signed are
 * parameters together. One object stands for one input of one transaction. None of its methods throws, whatever the bytes,
 * nor alters or keeps them: items of the stack are views of scripts and are shared.
 */
export interface SignatureScheme {
  /**
   * Judges the form of a signature before it is checked. The empty signature, a deliberate no, is always well formed.
   *
   * @param flags bits of `ScriptFlag`
   */
  signatureFault(signature: Uint8Array, flags: number): ScriptFault | null;

  /** Judges the form of a public key before it is used. @param flags bits of `ScriptFlag` */
  publicKeyFault(publicKey: Uint8Array, flags: number): ScriptFault | null;

  /**
   * The script that a signature covers, without the signature itself, where the scheme takes it out (FindAndDelete).
   *
   * @returns the same object where nothing is taken out
   */
  withoutSignature(scriptCode: Uint8Array, signature: Uint8Array): Uint8Array;

  /**
   * @param scriptCode the script under execution from its last CODESEPARATOR on, after `withoutSignature`
   * @returns whether the signature over this input's transaction and `scriptCode` holds
   */
  checkSignature(signature: Uint8Array, publicKey: Uint8Array, scriptCode: Uint8Array): boolean;

  /** BIP 65. @param lockTime 0 … 2^39 − 1 @returns whether the transaction cannot be included before it */
  checkLockTime(lockTime: number): boolean;

  /** BIP 112. @param sequence 0 … 2^39 − 1, bit 31 clear @returns whether the input is at least that old */
  checkSequence(sequence: number): boolean;
}
