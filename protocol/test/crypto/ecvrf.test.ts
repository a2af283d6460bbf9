import { ed25519 } from "@noble/curves/ed25519.js";
import { bytesToNumberLE, concatBytes, numberToBytesLE } from "@noble/curves/utils.js";
import { sha512 } from "@noble/hashes/sha2.js";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { nobleGroup } from "../../crypto/backend-noble.ts";
import { ELL2, type EcvrfSuite, TAI } from "../../crypto/ecvrf.ts";
import { expandKey } from "../../crypto/expanded-key.ts";
import type { KeyPair } from "../../crypto/signed-object.ts";
import { ecvrfs, libsodium, noble, sodiumGroup } from "./backends.ts";
import { describeVectors, fromHex, readVectors, toHex } from "./vectors.ts";

const { Point } = ed25519;
const { Fn } = Point;

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

interface CurveVectors {
  dst: string;
  vectors: { msg: string; P: { x: string; y: string }; u: string[]; Q?: CurvePoint; Q0?: CurvePoint; Q1?: CurvePoint }[];
}
type CurvePoint = { x: string; y: string };

describeVectors("hashing to the curve", () => {
  const { dst, vectors } = readVectors<CurveVectors>("ed25519/h2c_edwards25519_XMD_SHA-512_ELL2_NU_.json");
  test.each(vectors)("encodes '$msg'", ({ msg, P }) => {
    const expected = Point.fromAffine({ x: BigInt(P.x), y: BigInt(P.y) }).toBytes();
    for (const group of [nobleGroup, sodiumGroup]) {
      expect(encode(group, Buffer.from(msg), Buffer.from(dst))).toEqual(expected);
    }
  });
});

function encode<P>(group: { encodeToCurve(message: Uint8Array, tag: Uint8Array): P; encode(point: P): Uint8Array }, message: Uint8Array, tag: Uint8Array): Uint8Array {
  return group.encode(group.encodeToCurve(Uint8Array.from(message), Uint8Array.from(tag)));
}
