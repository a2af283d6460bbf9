import { equalBytes } from "@noble/curves/utils.js";
import { VRF_OUTPUT_BYTES, VRF_PROOF_BYTES } from "../../protocol/crypto/ecvrf.ts";
import { digestJoined, digestTagged, HASH_BYTES } from "../../protocol/crypto/hash.ts";
import type { CryptoBackend } from "../../protocol/crypto/node-crypto.ts";
import { perKeyPair } from "../../protocol/crypto/per-key-pair.ts";
import { type KeyPair, SIGNATURE_BYTES } from "../../protocol/crypto/signed-object.ts";

/** Stands in the key's place where there is none. */
const NO_KEY = new Uint8Array(HASH_BYTES);

/** @returns a digest, repeated to the length of what it stands for */
function stretched(digest: Uint8Array, sizeBytes: number): Uint8Array {
  const bytes = new Uint8Array(sizeBytes);
  for (let at = 0; at < sizeBytes; at++) bytes[at] = digest[at % HASH_BYTES] as number;
  return bytes;
}

/**
 * Stand-in for real cryptography: same sizes and promises at the price of a hash.
 *
 * Signatures, proofs and outputs are digests keyed with a secret that only this backend holds, over the key and the message.
 * Making one takes the key's own seed, since the public key that enters is derived from it and not taken from the caller.
 *
 * @param secret of the simulation, never shown to a node
 */
export function createModelledBackend(secret: Uint8Array): CryptoBackend {
  const secretDigest = digestTagged("orrery/modelled-secret", secret);
  const signature = (publicKey: Uint8Array, message: Uint8Array) =>
    stretched(digestJoined("orrery/modelled-signature", secretDigest, publicKey, message), SIGNATURE_BYTES);
  const proofOf = (publicKey: Uint8Array, alpha: Uint8Array) =>
    stretched(digestJoined("orrery/modelled-vrf-proof", secretDigest, publicKey, alpha), VRF_PROOF_BYTES);
  const outputOf = (proof: Uint8Array) =>
    stretched(digestJoined("orrery/modelled-vrf-output", secretDigest, NO_KEY, proof), VRF_OUTPUT_BYTES);
  const proves = (publicKey: Uint8Array, alpha: Uint8Array, proof: Uint8Array): boolean =>
    publicKey.length === HASH_BYTES && equalBytes(proofOf(publicKey, alpha), proof);
  return {
    name: "modelled",
    keyPairFromSeed: (seed) => new ModelledKeyPair(seed),
    sign: (keyPair, message) => signature(ModelledKeyPair.publicKeyOf(keyPair), message),
    verify: (publicKey, message, given) =>
      publicKey.length === HASH_BYTES && equalBytes(signature(publicKey, message), given),
    vrfProve: (keyPair, alpha) => proofOf(ModelledKeyPair.publicKeyOf(keyPair), alpha),
    vrfVerify: (publicKey, alpha, proof) => (proves(publicKey, alpha, proof) ? outputOf(proof) : null),
    vrfOutput: (proof) => (proof.length === VRF_PROOF_BYTES ? outputOf(proof) : null),
  };
}

const derivedFrom = perKeyPair(({ secretKey }) => derivePublicKey(secretKey));

/** A key pair that this backend made, and so knows to belong together. */
class ModelledKeyPair implements KeyPair {
  readonly publicKey: Uint8Array;
  readonly secretKey: Uint8Array;
  readonly #derived: Uint8Array;

  constructor(seed: Uint8Array) {
    this.#derived = derivePublicKey(seed);
    this.publicKey = this.#derived;
    this.secretKey = seed;
  }

  /** @returns the public key that a pair's seed gives, whoever made the pair */
  static publicKeyOf(keyPair: KeyPair): Uint8Array {
    return #derived in keyPair ? keyPair.#derived : derivedFrom(keyPair);
  }
}

function derivePublicKey(seed: Uint8Array): Uint8Array {
  return digestTagged("orrery/modelled-key", seed);
}
