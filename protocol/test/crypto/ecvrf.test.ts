import sodium from "libsodium-wrappers-sumo";
import { describe, expect, it, test } from "vitest";
import { nobleGroup } from "../../crypto/backend-noble.ts";
import { ELL2, Ecvrf, TAI } from "../../crypto/ecvrf.ts";
import { expandKey } from "../../crypto/expanded-key.ts";
import { describeVectors, fromHex, readVectors, toHex } from "./vectors.ts";

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

// Only the RFC's own file is loaded. The cardano_vrf_ver13_* files beside it hold 128-byte "batch-compatible" proofs of an older
// draft, which carry both commitments instead of the challenge: another format, which nothing here accepts.
describeVectors("ECVRF of RFC 9381", () => {
  const { suites } = readVectors<{ suites: Record<string, EcvrfVector[]> }>("ecvrf/rfc9381_edwards25519.json");
  const cases = Object.entries(suites).flatMap(([name, vectors]) =>
    vectors.map((vector) => ({ ...vector, suite: name.includes("ELL2") ? ELL2 : TAI })),
  );
  test.each(cases)("example $example", ({ suite, SK, PK, alpha, x, H, pi, beta }) => {
    const key = expandKey({ publicKey: fromHex(PK), secretKey: fromHex(SK) });
    expect(toHex(key.scalar)).toBe(x);
    const point = suite.encodeToCurve(nobleGroup, key.publicKey, fromHex(alpha));
    expect(point && toHex(nobleGroup.encode(point))).toBe(H);
    const vrf = new Ecvrf(nobleGroup, suite);
    expect(toHex(vrf.prove(key, fromHex(alpha)))).toBe(pi);
    expect(toHex(vrf.verify(key.publicKey, fromHex(alpha), fromHex(pi)) ?? new Uint8Array())).toBe(beta);
  });
});
