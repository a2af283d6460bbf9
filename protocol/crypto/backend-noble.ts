import type { EdwardsPoint } from "@noble/curves/abstract/edwards.js";
import { ed25519, ed25519_hasher } from "@noble/curves/ed25519.js";
import { bytesToNumberLE, concatBytes, numberToBytesLE } from "@noble/curves/utils.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { Ecvrf, type EcvrfGroup, ELL2 } from "./ecvrf.ts";
import { expandKey } from "./expanded-key.ts";
import type { CryptoBackend } from "./node-crypto.ts";
import { SIGNATURE_BYTES } from "./signed-object.ts";

const { Point } = ed25519;
const { Fn } = Point;

/** edwards25519 in plain integers: the reference that every other implementation must equal. */
export const nobleGroup: EcvrfGroup<EdwardsPoint> = {
  decode,
  encode: (point) => point.toBytes(),
  isSmallOrder: (point) => point.isSmallOrder(),
  subtract: (left, right) => left.subtract(right),
  multiply: (scalar, point) => point.multiplyUnsafe(scalarOf(scalar)),
  multiplyBase: (scalar) => multiplyBase(scalarOf(scalar)),
  clearCofactor: (point) => point.clearCofactor(),
  encodeToCurve: (message, tag) => ed25519_hasher.encodeToCurve(message, { DST: tag }),
  reduce: (wide) => encodeScalar(bytesToNumberLE(wide)),
  multiplyAdd: (left, right, addend) => encodeScalar(scalarOf(left) * scalarOf(right) + scalarOf(addend)),
};

/** The reference backend. */
export function createNobleBackend(): CryptoBackend {
  const vrf = new Ecvrf(nobleGroup, ELL2);
  return {
    name: "noble",
    keyPairFromSeed: (seed) => ({ publicKey: ed25519.getPublicKey(seed), secretKey: seed }),
    sign: (keyPair, message) => ed25519.sign(message, keyPair.secretKey),
    verify,
    vrfProve: (keyPair, alpha) => vrf.prove(expandKey(keyPair), alpha),
    vrfVerify: (publicKey, alpha, proof) => vrf.verify(publicKey, alpha, proof),
    vrfOutput: (proof) => vrf.output(proof),
  };
}

/**
 * The project's one acceptance rule: A and R are canonical and not of small order, S < L, and SB − kA = R without cofactor.
 * As R is canonical, comparing points equals comparing encodings.
 */
function verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== SIGNATURE_BYTES) return false;
  const encodedR = signature.subarray(0, 32);
  const a = decode(publicKey);
  const r = decode(encodedR);
  const s = bytesToNumberLE(signature.subarray(32));
  if (a === null || r === null || s >= Fn.ORDER || a.isSmallOrder() || r.isSmallOrder()) return false;
  const k = Fn.create(bytesToNumberLE(sha512(concatBytes(encodedR, publicKey, message))));
  return multiplyBase(s).subtract(a.multiplyUnsafe(k)).equals(r);
}

function decode(bytes: Uint8Array): EdwardsPoint | null {
  try {
    return Point.fromBytes(bytes);
  } catch {
    // This is how the library says that the bytes, a peer's perhaps, are no canonical point.
    return null;
  }
}

function multiplyBase(scalar: bigint): EdwardsPoint {
  return scalar === 0n ? Point.ZERO : Point.BASE.multiply(scalar);
}

function scalarOf(bytes: Uint8Array): bigint {
  return Fn.create(bytesToNumberLE(bytes));
}

function encodeScalar(scalar: bigint): Uint8Array {
  return numberToBytesLE(Fn.create(scalar), 32);
}
