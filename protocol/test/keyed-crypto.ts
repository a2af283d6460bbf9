import { VRF_OUTPUT_BYTES, VRF_PROOF_BYTES } from "../crypto/ecvrf.ts";
import { digestTagged } from "../crypto/hash.ts";
import type { CryptoBackend } from "../crypto/node-crypto.ts";
import { SIGNATURE_BYTES } from "../crypto/signed-object.ts";

function stretch(digest: Uint8Array, sizeBytes: number): Uint8Array {
  return Uint8Array.from({ length: sizeBytes }, (_, at) => digest[at % digest.length] as number);
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

const sign = (publicKey: Uint8Array, message: Uint8Array) =>
  stretch(digestTagged("test/signature", publicKey, message), SIGNATURE_BYTES);
const prove = (publicKey: Uint8Array, alpha: Uint8Array) =>
  stretch(digestTagged("test/proof", publicKey, alpha), VRF_PROOF_BYTES);
const output = (proof: Uint8Array) => stretch(digestTagged("test/output", proof), VRF_OUTPUT_BYTES);

/** Keyed hashes in the place of signatures and proofs: fast, and unforgeable by whoever only calls `sign` with its own key. */
export const keyedBackend: CryptoBackend = {
  name: "keyed",
  keyPairFromSeed: (secretKey) => ({ secretKey, publicKey: digestTagged("test/key", secretKey) }),
  sign: ({ publicKey }, message) => sign(publicKey, message),
  verify: (publicKey, message, signature) => equal(sign(publicKey, message), signature),
  vrfProve: ({ publicKey }, alpha) => prove(publicKey, alpha),
  vrfVerify: (publicKey, alpha, proof) => (equal(prove(publicKey, alpha), proof) ? output(proof) : null),
  vrfOutput: output,
};
