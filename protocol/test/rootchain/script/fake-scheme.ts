import type { ScriptFault, SignatureScheme } from "../../../rootchain/script/index.ts";

const SIGNATURE_BYTES = 64;
const KEY_BYTES = 32;

/** Answers from a table: a signature is valid for the key whose bytes it repeats. Any script code does. */
export class FakeScheme implements SignatureScheme {
  readonly lockTime: number;
  readonly sequence: number;

  constructor({ lockTime = 0, sequence = 0 }: { lockTime?: number; sequence?: number } = {}) {
    this.lockTime = lockTime;
    this.sequence = sequence;
  }

  signatureFault(signature: Uint8Array): ScriptFault | null {
    return signature.length === 0 || signature.length === SIGNATURE_BYTES ? null : "signature-encoding";
  }

  publicKeyFault(publicKey: Uint8Array): ScriptFault | null {
    return publicKey.length === KEY_BYTES ? null : "public-key-encoding";
  }

  withoutSignature(scriptCode: Uint8Array): Uint8Array {
    return scriptCode;
  }

  checkSignature(signature: Uint8Array, publicKey: Uint8Array): boolean {
    return signature.length === SIGNATURE_BYTES && publicKey.every((byte, i) => signature[i] === byte);
  }

  checkLockTime(lockTime: number): boolean {
    return lockTime <= this.lockTime;
  }

  checkSequence(sequence: number): boolean {
    return sequence <= this.sequence;
  }
}

/** A public key told from others by one number. */
export function fakeKey(id: number): Uint8Array {
  return new Uint8Array(KEY_BYTES).fill(id);
}

/** What `FakeScheme` takes for a signature by a key. */
export function fakeSignature(publicKey: Uint8Array): Uint8Array {
  const signature = new Uint8Array(SIGNATURE_BYTES);
  signature.set(publicKey);
  return signature;
}
