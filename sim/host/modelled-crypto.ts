import { equalBytes } from "@noble/curves/utils.js";
import { VRF_OUTPUT_BYTES, VRF_PROOF_BYTES } from "../../protocol/crypto/ecvrf.ts";
import { digestTagged } from "../../protocol/crypto/hash.ts";
import type { CryptoBackend } from "../../protocol/crypto/node-crypto.ts";
import { perKeyPair } from "../../protocol/crypto/per-key-pair.ts";
import { SIGNATURE_BYTES } from "../../protocol/crypto/signed-object.ts";

/**
 * Stand-in for real cryptography: same sizes and promises at the price of a hash.
 *
 * Signatures, proofs and outputs are digests keyed with a secret that only this backend holds, over the key and the message.
 * Making one takes the key's own seed, since the public key that enters is derived from it and not taken from the caller.
 *
 * @param secret of the simulation, never shown to a node
 */
export function createModelledBackend(secret: Uint8Array): CryptoBackend {
  const publicKeyOf = perKeyPair(({ secretKey }) => derivePublicKey(secretKey));
  const sign = (publicKey: Uint8Array, message: Uint8Array): Uint8Array =>
    stretch(digestTagged("orrery/modelled-signature", secret, publicKey, message), SIGNATURE_BYTES);
  const prove = (publicKey: Uint8Array, alpha: Uint8Array): Uint8Array =>
    stretch(digestTagged("orrery/modelled-vrf-proof", secret, publicKey, alpha), VRF_PROOF_BYTES);
  const outputOf = (proof: Uint8Array): Uint8Array =>
    stretch(digestTagged("orrery/modelled-vrf-output", secret, proof), VRF_OUTPUT_BYTES);
  return {
    name: "modelled",
    keyPairFromSeed: (seed) => ({ publicKey: derivePublicKey(seed), secretKey: seed }),
    sign: (keyPair, message) => sign(publicKeyOf(keyPair), message),
    verify: (publicKey, message, signature) => equalBytes(sign(publicKey, message), signature),
    vrfProve: (keyPair, alpha) => prove(publicKeyOf(keyPair), alpha),
    vrfVerify: (publicKey, alpha, proof) => (equalBytes(prove(publicKey, alpha), proof) ? outputOf(proof) : null),
    vrfOutput: (proof) => (proof.length === VRF_PROOF_BYTES ? outputOf(proof) : null),
  };
}

function derivePublicKey(seed: Uint8Array): Uint8Array {
  return digestTagged("orrery/modelled-key", seed);
}

/** @returns the digest, repeated to the length of what it stands for */
function stretch(digest: Uint8Array, sizeBytes: number): Uint8Array {
  const bytes = new Uint8Array(sizeBytes);
  for (let start = 0; start < sizeBytes; start += digest.length)
    bytes.set(digest.subarray(0, sizeBytes - start), start);
  return bytes;
}
