import { asciiToBytes, equalBytes } from "@noble/curves/utils.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { VRF_OUTPUT_BYTES, VRF_PROOF_BYTES } from "../../protocol/crypto/ecvrf.ts";
import { digestTagged, HASH_BYTES } from "../../protocol/crypto/hash.ts";
import type { CryptoBackend } from "../../protocol/crypto/node-crypto.ts";
import { perKeyPair } from "../../protocol/crypto/per-key-pair.ts";
import { SIGNATURE_BYTES } from "../../protocol/crypto/signed-object.ts";

type Sha256 = ReturnType<typeof sha256.create>;

/** Reset from a remembered state for each digest; nothing here yields, so no second digest can begin meanwhile. */
const hasher = sha256.create();

/** The hash state after tag, secret and key: two whole blocks, so that a message costs no more than its own. */
function keyedState(tag: string, secret: Uint8Array, publicKey: Uint8Array): Sha256 {
  const tagDigest = sha256(asciiToBytes(tag));
  return sha256
    .create()
    .update(tagDigest)
    .update(tagDigest)
    .update(digestTagged("orrery/modelled-secret", secret))
    .update(publicKey);
}

/** @returns the digest, repeated to the length of what it stands for */
function stretched(state: Sha256, message: Uint8Array, sizeBytes: number): Uint8Array {
  state._cloneInto(hasher);
  const digest = new Uint8Array(HASH_BYTES);
  hasher.update(message).digestInto(digest);
  const bytes = new Uint8Array(sizeBytes);
  for (let start = 0; start < sizeBytes; start += HASH_BYTES) {
    bytes.set(start + HASH_BYTES <= sizeBytes ? digest : digest.subarray(0, sizeBytes - start), start);
  }
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
  const signing = (publicKey: Uint8Array) => keyedState("orrery/modelled-signature", secret, publicKey);
  const proving = (publicKey: Uint8Array) => keyedState("orrery/modelled-vrf-proof", secret, publicKey);
  const ownSigning = perKeyPair(({ secretKey }) => signing(derivePublicKey(secretKey)));
  const ownProving = perKeyPair(({ secretKey }) => proving(derivePublicKey(secretKey)));
  const output = keyedState("orrery/modelled-vrf-output", secret, new Uint8Array(HASH_BYTES));
  const outputOf = (proof: Uint8Array): Uint8Array => stretched(output, proof, VRF_OUTPUT_BYTES);
  const proves = (publicKey: Uint8Array, alpha: Uint8Array, proof: Uint8Array): boolean =>
    publicKey.length === HASH_BYTES && equalBytes(stretched(proving(publicKey), alpha, VRF_PROOF_BYTES), proof);
  return {
    name: "modelled",
    keyPairFromSeed: (seed) => ({ publicKey: derivePublicKey(seed), secretKey: seed }),
    sign: (keyPair, message) => stretched(ownSigning(keyPair), message, SIGNATURE_BYTES),
    verify: (publicKey, message, signature) =>
      publicKey.length === HASH_BYTES && equalBytes(stretched(signing(publicKey), message, SIGNATURE_BYTES), signature),
    vrfProve: (keyPair, alpha) => stretched(ownProving(keyPair), alpha, VRF_PROOF_BYTES),
    vrfVerify: (publicKey, alpha, proof) => (proves(publicKey, alpha, proof) ? outputOf(proof) : null),
    vrfOutput: (proof) => (proof.length === VRF_PROOF_BYTES ? outputOf(proof) : null),
  };
}

function derivePublicKey(seed: Uint8Array): Uint8Array {
  return digestTagged("orrery/modelled-key", seed);
}
