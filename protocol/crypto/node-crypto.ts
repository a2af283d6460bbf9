import type { KeyPair, SignedObject } from "./signed-object.ts";

/** One node's cryptography: every call charges the node's CPU, remembered results included. */
export interface NodeCrypto {
  /** Fills `object.signature`. */
  sign(object: SignedObject, keyPair: KeyPair): void;
  /** @returns whether the signature is one of `publicKey` under the project's acceptance rule */
  verify(object: SignedObject, publicKey: Uint8Array): boolean;
  /** @returns an 80-byte ECVRF-EDWARDS25519-SHA512-ELL2 proof for `alpha` */
  vrfProve(keyPair: KeyPair, alpha: Uint8Array): Uint8Array;
  /** @returns the 64-byte VRF output, or null when the proof does not hold */
  vrfVerify(publicKey: Uint8Array, alpha: Uint8Array, proof: Uint8Array): Uint8Array | null;
}

/** The primitives under NodeCrypto, without charges: a backend (libsodium, noble) or the modelled stand-in. */
export interface CryptoBackend {
  readonly name: string;
  keyPairFromSeed(seed: Uint8Array): KeyPair;
  sign(keyPair: KeyPair, message: Uint8Array): Uint8Array;
  /** Never throws, whatever the bytes. */
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
  /** @returns the 80-byte proof */
  vrfProve(keyPair: KeyPair, alpha: Uint8Array): Uint8Array;
  /** @returns the 64-byte output, or null; never throws, whatever the bytes */
  vrfVerify(publicKey: Uint8Array, alpha: Uint8Array, proof: Uint8Array): Uint8Array | null;
  /** @returns the output of a proof that is known to hold, at a tenth of the price of verifying it; else of no meaning, or null */
  vrfOutput(proof: Uint8Array): Uint8Array | null;
}
