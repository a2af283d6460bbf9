import { ed25519 } from "@noble/curves/ed25519.js";
import { bytesToNumberLE, concatBytes, numberToBytesLE } from "@noble/curves/utils.js";
import { sha512 } from "@noble/hashes/sha2.js";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { expandKey } from "../../crypto/expanded-key.ts";
import { libsodium, noble } from "./backends.ts";
import { describeVectors, fromHex, readVectors, toHex } from "./vectors.ts";

const { Point } = ed25519;
const { Fn } = Point;

/** The verdict of both backends, which must be one. */
function judge(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const verdict = noble.verify(publicKey, message, signature);
  expect(libsodium.verify(publicKey, message, signature)).toBe(verdict);
  return verdict;
}

interface WycheproofFile {
  testGroups: { publicKey: { pk: string }; tests: { tcId: number; msg: string; sig: string; result: string }[] }[];
}

describeVectors("Wycheproof", () => {
  const { testGroups } = readVectors<WycheproofFile>("wycheproof/ed25519_test.json");
  const cases = testGroups.flatMap(({ publicKey, tests }) => tests.map((each) => ({ ...each, pk: publicKey.pk })));
  test.each(cases)("case $tcId is $result", ({ pk, msg, sig, result }) => {
    expect(judge(fromHex(pk), fromHex(msg), fromHex(sig))).toBe(result === "valid");
  });
});

// The corpora below disagree among implementations on purpose. The project's rule is libsodium's: A and R canonical and not of small
// order, S below L, and the equation without cofactor.
describeVectors("edge cases of Taming the many EdDSAs", () => {
  const cases = readVectors<{ message: string; pub_key: string; signature: string }[]>(
    "ed25519/voi_speccheck_cases.json",
  );
  const verdicts: [verdict: boolean, why: string][] = [
    [false, "A and R of small order, S = 0"],
    [false, "A of small order, R mixed"],
    [false, "A mixed, R of small order"],
    [true, "A and R mixed, the equation holds without cofactor"],
    [false, "A and R mixed, the equation holds with cofactor only"],
    [false, "A mixed, the equation holds with cofactor only"],
    [false, "S above L"],
    [false, "S far above L"],
    [false, "R not canonical and of small order, reduced in the hash"],
    [false, "R not canonical and of small order, not reduced in the hash"],
    [false, "A not canonical and of small order, reduced in the hash"],
    [false, "A not canonical and of small order, not reduced in the hash"],
  ];
  it("has a verdict for each", () => expect(cases.length).toBe(verdicts.length));
  test.each(verdicts.map(([verdict, why], index) => ({ index, verdict, why })))(
    "$index: $verdict, $why",
    ({ index, verdict }) => {
      const { pub_key, message, signature } = cases[index] as (typeof cases)[number];
      expect(judge(fromHex(pub_key), fromHex(message), fromHex(signature))).toBe(verdict);
    },
  );
});

describeVectors("ZIP 215", () => {
  // All combinations of 14 encodings of small order, canonical or not, as A and R with S = 0. ZIP 215 accepts them all; here a
  // point of small order is never a key nor a commitment.
  const cases = readVectors<[publicKey: string, signature: string][]>("ed25519/voi_zip215.json");
  it("has 196 cases that are all refused", () => {
    const accepted = cases.filter(([pk, sig]) => judge(fromHex(pk), Buffer.from("Zcash"), fromHex(sig)));
    expect([cases.length, accepted]).toEqual([196, []]);
  });
});

describe("signatures", () => {
  // Source: RFC 8032, section 7.1, tests 1 to 3.
  test.each([
    {
      seed: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
      publicKey: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
      message: "",
      signature:
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    },
    {
      seed: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
      publicKey: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
      message: "72",
      signature:
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    },
    {
      seed: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
      publicKey: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
      message: "af82",
      signature:
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    },
  ])("of RFC 8032 for message '$message'", ({ seed, publicKey, message, signature }) => {
    for (const backend of [noble, libsodium]) {
      const keyPair = backend.keyPairFromSeed(fromHex(seed));
      expect(toHex(keyPair.publicKey)).toBe(publicKey);
      expect(toHex(backend.sign(keyPair, fromHex(message)))).toBe(signature);
    }
    expect(judge(fromHex(publicKey), fromHex(message), fromHex(signature))).toBe(true);
  });

  const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });

  it("are equal byte for byte in both backends, and accepted", () => {
    fc.assert(
      fc.property(bytes32, fc.uint8Array(), (seed, message) => {
        const keyPair = noble.keyPairFromSeed(seed);
        expect(libsodium.keyPairFromSeed(seed)).toEqual(keyPair);
        const signature = noble.sign(keyPair, message);
        expect(libsodium.sign(keyPair, message)).toEqual(signature);
        expect(judge(keyPair.publicKey, message, signature)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it("are made with the seed's own public key, whatever key stands beside the seed", () => {
    const keyPair = noble.keyPairFromSeed(new Uint8Array(32).fill(1));
    const other = { ...keyPair, publicKey: noble.keyPairFromSeed(new Uint8Array(32).fill(2)).publicKey };
    for (const backend of [noble, libsodium]) {
      expect(backend.sign(other, new Uint8Array())).toEqual(noble.sign(keyPair, new Uint8Array()));
    }
  });

  it("are refused when a bit of key, message or signature differs, or S is not reduced", () => {
    fc.assert(
      fc.property(bytes32, fc.uint8Array({ minLength: 1 }), fc.nat(), (seed, message, choice) => {
        const keyPair = noble.keyPairFromSeed(seed);
        const signature = noble.sign(keyPair, message);
        expect(judge(flipBit(keyPair.publicKey, choice), message, signature)).toBe(false);
        expect(judge(keyPair.publicKey, flipBit(message, choice), signature)).toBe(false);
        expect(judge(keyPair.publicKey, message, flipBit(signature, choice))).toBe(false);
        const unreduced = numberToBytesLE(bytesToNumberLE(signature.subarray(32)) + Fn.ORDER, 32);
        expect(judge(keyPair.publicKey, message, concatBytes(signature.subarray(0, 32), unreduced))).toBe(false);
      }),
      { numRuns: 30 },
    );
  });

  it("by mixed keys and commitments are accepted exactly when the equation holds without cofactor", () => {
    // Encodes one of the two halves of order 8 points; its multiples are all eight points of small order.
    const torsion = Point.fromHex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05");
    const verdicts = new Set<boolean>();
    fc.assert(
      fc.property(bytes32, fc.nat(7), fc.nat(7), (seed, keyPart, commitmentPart) => {
        const { scalar, prefix } = expandKey(noble.keyPairFromSeed(seed));
        const a = Fn.create(bytesToNumberLE(scalar));
        const r = Fn.create(bytesToNumberLE(prefix));
        const publicKey = Point.BASE.multiply(a)
          .add(torsion.multiplyUnsafe(BigInt(keyPart)))
          .toBytes();
        const commitment = Point.BASE.multiply(r)
          .add(torsion.multiplyUnsafe(BigInt(commitmentPart)))
          .toBytes();
        const k = Fn.create(bytesToNumberLE(sha512(concatBytes(commitment, publicKey, seed))));
        const signature = concatBytes(commitment, numberToBytesLE(Fn.create(r + k * a), 32));
        const verdict = (Number(k % 8n) * keyPart + commitmentPart) % 8 === 0;
        expect(judge(publicKey, seed, signature)).toBe(verdict);
        verdicts.add(verdict);
      }),
      { numRuns: 120, examples: [[new Uint8Array(32), 0, 0]] },
    );
    expect(verdicts.size).toBe(2);
  });

  it("of any bytes of any length are refused without throwing", () => {
    const length = fc.constantFrom(0, 1, 31, 32, 33, 63, 64, 65);
    const bytes = length.chain((size) => fc.uint8Array({ minLength: size, maxLength: size }));
    fc.assert(
      fc.property(bytes, bytes, bytes, (key, message, signature) => {
        expect(judge(key, message, signature)).toBe(false);
      }),
    );
    const keyPair = noble.keyPairFromSeed(new Uint8Array(32));
    const signature = noble.sign(keyPair, new Uint8Array());
    for (const size of [0, 63])
      expect(judge(keyPair.publicKey, new Uint8Array(), signature.subarray(0, size))).toBe(false);
    expect(judge(keyPair.publicKey, new Uint8Array(), concatBytes(signature, Uint8Array.of(0)))).toBe(false);
    expect(judge(keyPair.publicKey.subarray(1), new Uint8Array(), signature)).toBe(false);
  });
});

function flipBit(bytes: Uint8Array, choice: number): Uint8Array {
  const flipped = Uint8Array.from(bytes);
  const at = (choice >> 3) % bytes.length;
  flipped[at] = (flipped[at] as number) ^ (1 << (choice & 7));
  return flipped;
}
