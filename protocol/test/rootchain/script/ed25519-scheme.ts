import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256 } from "../../../crypto/hash.ts";
import type { ScriptFault, SignatureScheme } from "../../../rootchain/script/index.ts";

/** A real signature scheme over a message that stands for a transaction, with the script signed behind it. */
export class Ed25519Scheme implements SignatureScheme {
  readonly #message: Uint8Array;
  readonly #lockTime: number;

  constructor(message: Uint8Array, lockTime: number) {
    this.#message = message;
    this.#lockTime = lockTime;
  }

  signatureFault(signature: Uint8Array): ScriptFault | null {
    return signature.length === 0 || signature.length === 64 ? null : "signature-encoding";
  }

  publicKeyFault(publicKey: Uint8Array): ScriptFault | null {
    return publicKey.length === 32 ? null : "public-key-encoding";
  }

  withoutSignature(scriptCode: Uint8Array): Uint8Array {
    return scriptCode;
  }

  /** The hash that a signature of this transaction over a script signs. */
  hash(scriptCode: Uint8Array): Uint8Array {
    return sha256(Uint8Array.of(...this.#message, this.#lockTime & 0xff, ...scriptCode));
  }

  checkSignature(signature: Uint8Array, publicKey: Uint8Array, scriptCode: Uint8Array): boolean {
    return signature.length === 64 && ed25519.verify(signature, this.hash(scriptCode), publicKey);
  }

  checkLockTime(lockTime: number): boolean {
    return lockTime <= this.#lockTime;
  }

  checkSequence(): boolean {
    return false;
  }
}
