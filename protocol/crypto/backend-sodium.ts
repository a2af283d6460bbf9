import { nobleGroup } from "./backend-noble.ts";
import { Ecvrf, type EcvrfSuite, ELL2, type Vrf } from "./ecvrf.ts";
import { expandKey } from "./expanded-key.ts";
import type { CryptoBackend } from "./node-crypto.ts";
import { perKeyPair } from "./per-key-pair.ts";
import { SIGNATURE_BYTES } from "./signed-object.ts";
import { createSodiumGroup, type Sodium } from "./sodium-group.ts";

const PUBLIC_KEY_BYTES = 32;

/**
 * The fast backend: libsodium as WebAssembly, with the verdicts and bytes of the reference.
 *
 * @param sodium the initialised library
 */
export function createSodiumBackend(sodium: Sodium): CryptoBackend {
  const vrf = createSodiumEcvrf(sodium, ELL2);
  const privateKeyOf = perKeyPair(({ secretKey }) => sodium.crypto_sign_seed_keypair(secretKey).privateKey);
  return {
    name: "libsodium",
    keyPairFromSeed: (seed) => ({ publicKey: sodium.crypto_sign_seed_keypair(seed).publicKey, secretKey: seed }),
    sign: (keyPair, message) => sodium.crypto_sign_detached(message, privateKeyOf(keyPair)),
    // The library applies the project's acceptance rule, and throws for other lengths.
    verify: (publicKey, message, signature) =>
      publicKey.length === PUBLIC_KEY_BYTES &&
      signature.length === SIGNATURE_BYTES &&
      sodium.crypto_sign_verify_detached(signature, message, publicKey),
    vrfProve: (keyPair, alpha) => vrf.prove(expandKey(keyPair), alpha),
    vrfVerify: (publicKey, alpha, proof) => vrf.verify(publicKey, alpha, proof),
    vrfOutput: (proof) => vrf.output(proof),
  };
}

/**
 * ECVRF over libsodium.
 *
 * The library multiplies points of prime order only and throws for others, some of which the RFC admits in a proof. What it
 * refuses is left to the reference; only a forger's keys and proofs get there.
 */
export function createSodiumEcvrf(sodium: Sodium, suite: EcvrfSuite): Vrf {
  const fast = new Ecvrf(createSodiumGroup(sodium), suite);
  const reference = new Ecvrf(nobleGroup, suite);
  return {
    prove: (key, alpha) => fast.prove(key, alpha),
    output: (proof) => fast.output(proof),
    verify(publicKey, alpha, proof) {
      try {
        return fast.verify(publicKey, alpha, proof);
      } catch {
        return reference.verify(publicKey, alpha, proof);
      }
    },
  };
}
