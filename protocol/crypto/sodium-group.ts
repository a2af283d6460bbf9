import { ed25519 } from "@noble/curves/ed25519.js";
import { bytesToNumberBE, concatBytes, equalBytes, numberToBytesLE } from "@noble/curves/utils.js";
import { sha512 } from "@noble/hashes/sha2.js";
import type { EcvrfGroup } from "./ecvrf.ts";
import { isOddElligatorX } from "./elligator-sign.ts";

/** What is used of libsodium; whoever starts the program awaits its `ready` first. */
export type Sodium = Pick<
  typeof import("libsodium-wrappers-sumo"),
  | "crypto_core_ed25519_add"
  | "crypto_core_ed25519_from_uniform"
  | "crypto_core_ed25519_scalar_add"
  | "crypto_core_ed25519_scalar_mul"
  | "crypto_core_ed25519_scalar_reduce"
  | "crypto_core_ed25519_sub"
  | "crypto_scalarmult_ed25519_base_noclamp"
  | "crypto_scalarmult_ed25519_noclamp"
  | "crypto_sign_detached"
  | "crypto_sign_seed_keypair"
  | "crypto_sign_verify_detached"
>;

const { Fp } = ed25519.Point;
const POINT_BYTES = 32;
const IDENTITY = numberToBytesLE(1n, POINT_BYTES);

/** edwards25519 over libsodium; points are canonical encodings. Multiplication throws unless point and product have prime order. */
export function createSodiumGroup(sodium: Sodium): EcvrfGroup<Uint8Array> {
  const add = (left: Uint8Array, right: Uint8Array): Uint8Array => sodium.crypto_core_ed25519_add(left, right);
  const double = (point: Uint8Array): Uint8Array => add(point, point);
  const clearCofactor = (point: Uint8Array): Uint8Array => double(double(double(point)));
  return {
    decode: (bytes) => decode(sodium, bytes),
    encode: (point) => point,
    isSmallOrder: (point) => equalBytes(clearCofactor(point), IDENTITY),
    subtract: (left, right) => sodium.crypto_core_ed25519_sub(left, right),
    multiply: (scalar, point) => sodium.crypto_scalarmult_ed25519_noclamp(scalar, point),
    multiplyBase: (scalar) => sodium.crypto_scalarmult_ed25519_base_noclamp(scalar),
    clearCofactor,
    encodeToCurve: (message, tag) => mapToCurve(sodium, hashToField(message, tag)),
    reduce: (wide) => sodium.crypto_core_ed25519_scalar_reduce(wide),
    multiplyAdd: (left, right, addend) =>
      sodium.crypto_core_ed25519_scalar_add(sodium.crypto_core_ed25519_scalar_mul(left, right), addend),
  };
}

function decode(sodium: Sodium, bytes: Uint8Array): Uint8Array | null {
  const point = addOrNull(sodium, bytes, IDENTITY);
  // The library reads an encoding that is not canonical, but writes the canonical one.
  return point !== null && equalBytes(point, bytes) ? point : null;
}

/** @returns null when `left` is no point */
function addOrNull(sodium: Sodium, left: Uint8Array, right: Uint8Array): Uint8Array | null {
  if (left.length !== POINT_BYTES) return null;
  try {
    return sodium.crypto_core_ed25519_add(left, right);
  } catch {
    // This is how the library says that the bytes, a peer's perhaps, are no point.
    return null;
  }
}

const SHA512_BLOCK_BYTES = 128;
const UNIFORM_BYTES = 48;

/** hash_to_field, one element, by expand_message_xmd over SHA-512. Source: RFC 9380, sections 5.2 and 5.3.1. */
function hashToField(message: Uint8Array, tag: Uint8Array): bigint {
  const suffix = concatBytes(tag, Uint8Array.of(tag.length));
  const length = Uint8Array.of(0, UNIFORM_BYTES, 0);
  const first = sha512(concatBytes(new Uint8Array(SHA512_BLOCK_BYTES), message, length, suffix));
  const uniform = sha512(concatBytes(first, Uint8Array.of(1), suffix));
  return Fp.create(bytesToNumberBE(uniform.subarray(0, UNIFORM_BYTES)));
}

/** The Elligator 2 map with the cofactor cleared; the library takes the sign of x from the top bit. */
function mapToCurve(sodium: Sodium, element: bigint): Uint8Array {
  const encoded = numberToBytesLE(element, POINT_BYTES);
  const isOdd = isOddElligatorX(element, (left, right) => addOrNull(sodium, left, right));
  encoded[31] = (encoded[31] as number) | (isOdd ? 0x80 : 0);
  return sodium.crypto_core_ed25519_from_uniform(encoded);
}
