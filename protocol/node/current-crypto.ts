import { assert } from "../core/assert.ts";
import type { NodeCrypto } from "../crypto/node-crypto.ts";
import type { KeyPair, SignedObject } from "../crypto/signed-object.ts";

/** The cryptography of the step under way, for a part that outlives it: each step charges its own. */
export class CurrentCrypto implements NodeCrypto {
  current: NodeCrypto | null = null;

  get #now(): NodeCrypto {
    assert(this.current !== null, "a step is under way");
    return this.current;
  }

  sign(object: SignedObject, keyPair: KeyPair): void {
    this.#now.sign(object, keyPair);
  }

  verify(object: SignedObject, publicKey: Uint8Array): boolean {
    return this.#now.verify(object, publicKey);
  }

  vrfProve(keyPair: KeyPair, alpha: Uint8Array): Uint8Array {
    return this.#now.vrfProve(keyPair, alpha);
  }

  vrfVerify(publicKey: Uint8Array, alpha: Uint8Array, proof: Uint8Array): Uint8Array | null {
    return this.#now.vrfVerify(publicKey, alpha, proof);
  }
}
