import type { CryptoBackend, NodeCrypto } from "./node-crypto.ts";

/** A node's cryptography outside a simulation: nothing is charged, and nothing is taken for judged that was not judged now. */
export function createPlainNodeCrypto(backend: CryptoBackend): NodeCrypto {
  return {
    sign(object, keyPair) {
      object.signature = backend.sign(keyPair, object.preimage());
    },
    verify: (object, publicKey) => backend.verify(publicKey, object.preimage(), object.signature),
    vrfProve: (keyPair, alpha) => backend.vrfProve(keyPair, alpha),
    vrfVerify: (publicKey, alpha, proof) => backend.vrfVerify(publicKey, alpha, proof),
  };
}
