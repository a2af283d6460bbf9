import { ed25519 } from "@noble/curves/ed25519.js";
import { bytesToNumberLE, concatBytes, numberToBytesLE } from "@noble/curves/utils.js";
import { sha512 } from "@noble/hashes/sha2.js";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { nobleGroup } from "../../crypto/backend-noble.ts";
import { type EcvrfSuite, ELL2, TAI } from "../../crypto/ecvrf.ts";
import { isOddElligatorX } from "../../crypto/elligator-sign.ts";
import { expandKey } from "../../crypto/expanded-key.ts";
import type { KeyPair } from "../../crypto/signed-object.ts";
import { ecvrfs, libsodium, noble, sodiumGroup } from "./backends.ts";
import { describeVectors, fromHex, readVectors, toHex } from "./vectors.ts";

const { Point } = ed25519;
const { Fn } = Point;
const ELL2_TAG = Uint8Array.from(Buffer.from("ECVRF_edwards25519_XMD:SHA-512_ELL2_NU_\u0004"));

interface EcvrfVector {
  example: number;
  SK: string;
  PK: string;
  alpha: string;
  x: string;
  H: string;
  pi: string;
  beta: string;
}

// Only the RFC's own file is loaded. The cardano_vrf_ver13_* files beside it hold 128-byte "batch-compatible" proofs of an earlier
// draft, which carry both commitments in place of the challenge: another format, which nothing here speaks.
describeVectors("ECVRF of RFC 9381", () => {
  const { suites } = readVectors<{ suites: Record<string, EcvrfVector[]> }>("ecvrf/rfc9381_edwards25519.json");
  const cases = Object.entries(suites).flatMap(([name, vectors]) =>
    vectors.map((vector) => ({ ...vector, suite: name.includes("ELL2") ? ELL2 : TAI })),
  );
  it("has three examples of each suite", () => {
    expect(cases.map(({ suite }) => suite.octet)).toEqual([3, 3, 3, 4, 4, 4]);
  });
  test.each(cases)("example $example", ({ suite, SK, PK, alpha, x, H, pi, beta }) => {
    const key = expandKey({ publicKey: fromHex(PK), secretKey: fromHex(SK) });
    const input = fromHex(alpha);
    expect(toHex(key.scalar)).toBe(x);
    expect(nobleGroup.encode(suite.encodeToCurve(nobleGroup, key.publicKey, input) ?? Point.ZERO)).toEqual(fromHex(H));
    expect(suite.encodeToCurve(sodiumGroup, key.publicKey, input)).toEqual(fromHex(H));
    for (const vrf of ecvrfs(suite)) {
      expect(toHex(vrf.prove(key, input))).toBe(pi);
      expect(vrf.verify(key.publicKey, input, fromHex(pi))).toEqual(fromHex(beta));
      expect(vrf.output(fromHex(pi))).toEqual(fromHex(beta));
    }
  });
});

interface CurvePoint {
  x: string;
  y: string;
}

interface CurveVectors {
  dst: string;
  vectors: { msg: string; P: CurvePoint; u: string[]; Q?: CurvePoint; Q0?: CurvePoint; Q1?: CurvePoint }[];
}

const NON_UNIFORM = "ed25519/h2c_edwards25519_XMD_SHA-512_ELL2_NU_.json";
const RANDOM_ORACLE = "ed25519/h2c_edwards25519_XMD_SHA-512_ELL2_RO_.json";

describeVectors("hashing to the curve", () => {
  const { dst, vectors } = readVectors<CurveVectors>(NON_UNIFORM);
  test.each(vectors)("encodes '$msg'", ({ msg, P }) => {
    const [message, tag] = [Buffer.from(msg), Buffer.from(dst)];
    const point = Point.fromAffine({ x: BigInt(P.x), y: BigInt(P.y) }).toBytes();
    expect(nobleGroup.encodeToCurve(message, tag).toBytes()).toEqual(point);
    expect(sodiumGroup.encodeToCurve(message, tag)).toEqual(point);
  });

  // The suite with two points added (RO) is not what ECVRF uses, but its map is the same: each element's point is checked.
  const mapped = [NON_UNIFORM, RANDOM_ORACLE]
    .flatMap((path) => readVectors<CurveVectors>(path).vectors)
    .flatMap(({ u, Q, Q0, Q1 }) => u.map((element, i) => ({ element, point: Q ?? (i === 0 ? Q0 : Q1) })));
  test.each(mapped)("finds the sign of x for $element", ({ element, point }) => {
    expect(isOddElligatorX(BigInt(element), addOrNull)).toBe((BigInt(point?.x ?? 0) & 1n) === 1n);
  });
});

function addOrNull(left: Uint8Array, right: Uint8Array): Uint8Array | null {
  const point = nobleGroup.decode(left);
  const other = nobleGroup.decode(right);
  return point === null || other === null ? null : point.add(other).toBytes();
}

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
const suite = fc.constantFrom(ELL2, TAI);

/** The verdict of both implementations, which must be one. */
function judge(suite: EcvrfSuite, publicKey: Uint8Array, alpha: Uint8Array, proof: Uint8Array): Uint8Array | null {
  const [reference, fast] = ecvrfs(suite);
  const output = reference.verify(publicKey, alpha, proof);
  expect(fast.verify(publicKey, alpha, proof)).toEqual(output);
  return output;
}

// All points of small order are the multiples of this one.
const torsion = Point.fromHex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05");

describe("ECVRF", () => {
  it("makes equal proofs with both implementations, and accepts them", () => {
    fc.assert(
      fc.property(suite, bytes32, fc.uint8Array(), (suite, seed, alpha) => {
        const keyPair = noble.keyPairFromSeed(seed);
        const [reference, fast] = ecvrfs(suite);
        const proof = reference.prove(expandKey(keyPair), alpha);
        expect(fast.prove(expandKey(keyPair), alpha)).toEqual(proof);
        const output = reference.output(proof);
        expect(fast.output(proof)).toEqual(output);
        expect(judge(suite, keyPair.publicKey, alpha, proof)).toEqual(output);
      }),
      { numRuns: 20 },
    );
  });

  it("is ELL2 in the backends", () => {
    const keyPair = noble.keyPairFromSeed(new Uint8Array(32));
    const [reference] = ecvrfs(ELL2);
    const proof = reference.prove(expandKey(keyPair), Uint8Array.of(1));
    for (const backend of [noble, libsodium]) expect(backend.vrfProve(keyPair, Uint8Array.of(1))).toEqual(proof);
  });

  it("refuses a proof when a bit of key, input or proof differs, or the response is not reduced", () => {
    fc.assert(
      fc.property(suite, bytes32, fc.uint8Array({ minLength: 1 }), fc.nat(), (suite, seed, alpha, choice) => {
        const keyPair = noble.keyPairFromSeed(seed);
        const proof = ecvrfs(suite)[1].prove(expandKey(keyPair), alpha);
        expect(judge(suite, flipBit(keyPair.publicKey, choice), alpha, proof)).toBeNull();
        expect(judge(suite, keyPair.publicKey, flipBit(alpha, choice), proof)).toBeNull();
        expect(judge(suite, keyPair.publicKey, alpha, flipBit(proof, choice))).toBeNull();
        const unreduced = numberToBytesLE(bytesToNumberLE(proof.subarray(48)) + Fn.ORDER, 32);
        expect(judge(suite, keyPair.publicKey, alpha, concatBytes(proof.subarray(0, 48), unreduced))).toBeNull();
      }),
      { numRuns: 20 },
    );
  });

  it("refuses every key of small order and every encoding that is not canonical", () => {
    const identity = Uint8Array.of(1, ...new Uint8Array(31));
    const proof = ecvrfs(ELL2)[0].prove(expandKey(noble.keyPairFromSeed(identity)), identity);
    const notCanonical = [`${"01".padEnd(62, "0")}80`, `ee${"ff".repeat(30)}7f`, `ed${"ff".repeat(30)}ff`].map(fromHex);
    const keys = Array.from({ length: 8 }, (_, i) => torsion.multiplyUnsafe(BigInt(i)).toBytes());
    for (const key of [...keys, ...notCanonical]) {
      expect(judge(ELL2, key, identity, forge(key, identity))).toBeNull();
      expect(judge(ELL2, key, identity, concatBytes(key, proof.subarray(32)))).toBeNull();
    }
  });

  it("accepts with the honest output a proof whose point has a part of small order that the challenge cancels", () => {
    // The RFC's verdict: the cofactor keeps the output unique. Only the holder of the key can make such a proof.
    const keyPair = noble.keyPairFromSeed(new Uint8Array(32).fill(5));
    const alpha = Uint8Array.of(1, 2, 3);
    const honest = libsodium.vrfVerify(keyPair.publicKey, alpha, libsodium.vrfProve(keyPair, alpha));
    for (const order of [2n, 4n, 8n]) {
      const proof = proveMixed(keyPair, alpha, torsion.multiplyUnsafe(8n / order), order);
      expect(judge(ELL2, keyPair.publicKey, alpha, proof)).toEqual(honest);
      expect(honest).not.toBeNull();
    }
  });

  it("refuses any bytes of any length without throwing", () => {
    const length = fc.constantFrom(0, 1, 31, 32, 33, 79, 80, 81);
    const bytes = length.chain((size) => fc.uint8Array({ minLength: size, maxLength: size }));
    fc.assert(
      fc.property(suite, bytes, bytes, bytes, (suite, key, alpha, proof) => {
        expect(judge(suite, key, alpha, proof)).toBeNull();
      }),
    );
    const noPoint = new Uint8Array(80).fill(0xff);
    for (const bad of [new Uint8Array(), noPoint.subarray(1), new Uint8Array(81), noPoint]) {
      for (const vrf of ecvrfs(ELL2)) expect(vrf.output(bad)).toBeNull();
    }
  });
});

function challengeOf(points: readonly Uint8Array[]): Uint8Array {
  return sha512(concatBytes(Uint8Array.of(4, 2), ...points, Uint8Array.of(0))).slice(0, 16);
}

/** The proof that someone without any secret makes for the key of small order: all its points are those of secret 0. */
function forge(key: Uint8Array, alpha: Uint8Array): Uint8Array {
  const input = nobleGroup.encodeToCurve(concatBytes(key, alpha), ELL2_TAG);
  const [gamma, nonce] = [Point.ZERO.toBytes(), 8n];
  const u = Point.BASE.multiply(nonce).toBytes();
  const challenge = challengeOf([key, input.toBytes(), gamma, u, input.multiplyUnsafe(nonce).toBytes()]);
  return concatBytes(gamma, challenge, numberToBytesLE(nonce, 32));
}

/** A proof over Γ + `part`, with a nonce for which the challenge is a multiple of the part's order. */
function proveMixed(keyPair: KeyPair, alpha: Uint8Array, part: typeof torsion, order: bigint): Uint8Array {
  const x = Fn.create(bytesToNumberLE(expandKey(keyPair).scalar));
  const input = nobleGroup.encodeToCurve(concatBytes(keyPair.publicKey, alpha), ELL2_TAG);
  const gamma = input.multiply(x).add(part).toBytes();
  for (let nonce = 1n; ; nonce++) {
    const commitments = [Point.BASE.multiply(nonce).toBytes(), input.multiply(nonce).toBytes()];
    const challenge = challengeOf([keyPair.publicKey, input.toBytes(), gamma, ...commitments]);
    const c = bytesToNumberLE(challenge);
    if (c % order === 0n) return concatBytes(gamma, challenge, numberToBytesLE(Fn.create(nonce + c * x), 32));
  }
}

function flipBit(bytes: Uint8Array, choice: number): Uint8Array {
  const flipped = Uint8Array.from(bytes);
  const at = (choice >> 3) % bytes.length;
  flipped[at] = (flipped[at] as number) ^ (1 << (choice & 7));
  return flipped;
}
