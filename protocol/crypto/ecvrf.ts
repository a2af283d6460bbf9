import { asciiToBytes, bytesToNumberLE, concatBytes, equalBytes } from "@noble/curves/utils.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { assert } from "../core/assert.ts";
import type { ExpandedKey } from "./expanded-key.ts";

/** Length of a proof: a point, a 16-byte challenge and a scalar. */
export const VRF_PROOF_BYTES = 80;
/** Length of an output: one SHA-512 digest. */
export const VRF_OUTPUT_BYTES = 64;

const POINT_BYTES = 32;
const CHALLENGE_BYTES = 16;
const GROUP_ORDER = 0x1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3edn;

/** The arithmetic of edwards25519 that ECVRF needs; scalars are 32 little-endian bytes. */
export interface EcvrfGroup<Point> {
  /** @returns null for anything but the canonical encoding of a point. Source: RFC 8032, section 5.1.3. */
  decode(bytes: Uint8Array): Point | null;
  encode(point: Point): Uint8Array;
  isSmallOrder(point: Point): boolean;
  subtract(left: Point, right: Point): Point;
  multiply(scalar: Uint8Array, point: Point): Point;
  multiplyBase(scalar: Uint8Array): Point;
  /** @returns 8 · point */
  clearCofactor(point: Point): Point;
  /** encode_to_curve of the suite edwards25519_XMD:SHA-512_ELL2_NU_ under a domain tag. Source: RFC 9380, section 8.5. */
  encodeToCurve(message: Uint8Array, tag: Uint8Array): Point;
  /** @param wide 64 little-endian bytes @returns them modulo the group order */
  reduce(wide: Uint8Array): Uint8Array;
  /** @returns left · right + addend modulo the group order */
  multiplyAdd(left: Uint8Array, right: Uint8Array, addend: Uint8Array): Uint8Array;
}

/** How a suite turns the input into a point. Source: RFC 9381, section 5.5. */
export interface EcvrfSuite {
  readonly octet: number;
  /** @returns a point of prime order, or null when none was found */
  encodeToCurve<Point>(group: EcvrfGroup<Point>, salt: Uint8Array, alpha: Uint8Array): Point | null;
}

const ELL2_TAG = asciiToBytes("ECVRF_edwards25519_XMD:SHA-512_ELL2_NU_\x04");

/** ECVRF-EDWARDS25519-SHA512-ELL2. Source: RFC 9381, section 5.4.1.2. */
export const ELL2: EcvrfSuite = {
  octet: 0x04,
  encodeToCurve(group, salt, alpha) {
    return group.encodeToCurve(concatBytes(salt, alpha), ELL2_TAG);
  },
};

/** ECVRF-EDWARDS25519-SHA512-TAI. Source: RFC 9381, section 5.4.1.1. */
export const TAI: EcvrfSuite = {
  octet: 0x03,
  encodeToCurve(group, salt, alpha) {
    for (let counter = 0; counter < 256; counter++) {
      const digest = sha512(concatBytes(Uint8Array.of(0x03, 0x01), salt, alpha, Uint8Array.of(counter, 0x00)));
      const point = group.decode(digest.subarray(0, POINT_BYTES));
      if (point !== null && !group.isSmallOrder(point)) return group.clearCofactor(point);
    }
    return null;
  },
};

/** A verifiable random function. */
export interface Vrf {
  /** @returns the 80-byte proof for `alpha` */
  prove(key: ExpandedKey, alpha: Uint8Array): Uint8Array;
  /** @returns the 64-byte output, or null when the key is not valid or the proof does not hold; never throws */
  verify(publicKey: Uint8Array, alpha: Uint8Array, proof: Uint8Array): Uint8Array | null;
  /** @returns the 64-byte output that a proof known to hold stands for, or null when its point is none */
  output(proof: Uint8Array): Uint8Array | null;
}

/** ECVRF over one implementation of the group. Source: RFC 9381. */
export class Ecvrf<Point> implements Vrf {
  readonly #group: EcvrfGroup<Point>;
  readonly #suite: EcvrfSuite;

  constructor(group: EcvrfGroup<Point>, suite: EcvrfSuite) {
    this.#group = group;
    this.#suite = suite;
  }

  /** Source: RFC 9381, section 5.1. */
  prove(key: ExpandedKey, alpha: Uint8Array): Uint8Array {
    const group = this.#group;
    const input = this.#suite.encodeToCurve(group, key.publicKey, alpha);
    assert(input !== null, "an input without a point has a chance of 2^-256");
    const encodedInput = group.encode(input);
    const gamma = group.encode(group.multiply(key.scalar, input));
    const nonce = group.reduce(sha512(concatBytes(key.prefix, encodedInput))); // section 5.4.2.2
    const commitments = [group.encode(group.multiplyBase(nonce)), group.encode(group.multiply(nonce, input))];
    const challenge = this.#challenge([key.publicKey, encodedInput, gamma, ...commitments]);
    return concatBytes(gamma, challenge, group.multiplyAdd(scalarOf(challenge), key.scalar, nonce));
  }

  /** Source: RFC 9381, section 5.3. */
  verify(publicKey: Uint8Array, alpha: Uint8Array, proof: Uint8Array): Uint8Array | null {
    const group = this.#group;
    if (publicKey.length !== POINT_BYTES || proof.length !== VRF_PROOF_BYTES) return null;
    const [encodedGamma, challenge, response] = splitProof(proof);
    if (bytesToNumberLE(response) >= GROUP_ORDER) return null;
    const key = group.decode(publicKey);
    if (key === null || group.isSmallOrder(key)) return null; // section 5.4.5
    const gamma = group.decode(encodedGamma);
    const input = this.#suite.encodeToCurve(group, publicKey, alpha);
    if (gamma === null || input === null) return null;
    const scalar = scalarOf(challenge);
    const u = group.subtract(group.multiplyBase(response), group.multiply(scalar, key));
    const v = group.subtract(group.multiply(response, input), group.multiply(scalar, gamma));
    const points = [publicKey, group.encode(input), encodedGamma, group.encode(u), group.encode(v)];
    return equalBytes(challenge, this.#challenge(points)) ? this.#outputOf(gamma) : null;
  }

  /** Source: RFC 9381, section 5.2. */
  output(proof: Uint8Array): Uint8Array | null {
    if (proof.length !== VRF_PROOF_BYTES) return null;
    const gamma = this.#group.decode(proof.slice(0, POINT_BYTES));
    return gamma === null ? null : this.#outputOf(gamma);
  }

  /** Source: RFC 9381, section 5.4.3. */
  #challenge(points: readonly Uint8Array[]): Uint8Array {
    const digest = sha512(concatBytes(Uint8Array.of(this.#suite.octet, 0x02), ...points, Uint8Array.of(0x00)));
    return digest.slice(0, CHALLENGE_BYTES);
  }

  #outputOf(gamma: Point): Uint8Array {
    const cleared = this.#group.encode(this.#group.clearCofactor(gamma));
    return sha512(concatBytes(Uint8Array.of(this.#suite.octet, 0x03), cleared, Uint8Array.of(0x00)));
  }
}

function splitProof(proof: Uint8Array): [gamma: Uint8Array, challenge: Uint8Array, response: Uint8Array] {
  const responseStart = POINT_BYTES + CHALLENGE_BYTES;
  return [proof.slice(0, POINT_BYTES), proof.slice(POINT_BYTES, responseStart), proof.slice(responseStart)];
}

function scalarOf(challenge: Uint8Array): Uint8Array {
  const scalar = new Uint8Array(32);
  scalar.set(challenge);
  return scalar;
}
