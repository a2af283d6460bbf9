import { expect, test } from "vitest";
import { sha256 } from "../../../../crypto/hash.ts";
import { ScriptFlag } from "../../../../rootchain/script/index.ts";
import { describeVectors, fromHex, readVectors } from "../../../crypto/vectors.ts";
import { verifyEcdsa } from "./ecdsa.ts";
import { BitcoinScheme } from "./scheme.ts";

interface Group {
  readonly publicKey: { readonly uncompressed: string };
  readonly tests: readonly {
    readonly tcId: number;
    readonly msg: string;
    readonly sig: string;
    readonly result: string;
  }[];
}

const SIGHASH_ALL = 1;
const nothing = { version: 1, inputs: [], outputs: [], lockTime: 0 };

describeVectors("Wycheproof's ECDSA of Bitcoin", () => {
  test("signatures in their strict form with a low second number hold where they are valid, and no others", () => {
    const file = readVectors<{ testGroups: readonly Group[] }>("wycheproof/ecdsa_secp256k1_sha256_bitcoin_test.json");
    const scheme = new BitcoinScheme(nothing, 0);
    const seen = { valid: 0, invalid: 0 };
    for (const { publicKey, tests } of file.testGroups) {
      const key = fromHex(publicKey.uncompressed);
      for (const { tcId, msg, sig, result } of tests) {
        const signature = Uint8Array.of(...fromHex(sig), SIGHASH_ALL);
        const isWellFormed = scheme.signatureFault(signature, ScriptFlag.DERSIG | ScriptFlag.LOW_S) === null;
        const holds = isWellFormed && verifyEcdsa(signature.subarray(0, -1), key, sha256(fromHex(msg)));
        expect(holds, `test ${tcId}`).toBe(result === "valid");
        seen[holds ? "valid" : "invalid"]++;
      }
    }
    expect(seen.valid).toBeGreaterThan(100);
    expect(seen.invalid).toBeGreaterThan(100);
  });
});
