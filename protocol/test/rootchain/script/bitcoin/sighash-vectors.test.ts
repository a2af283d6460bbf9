import { expect, test } from "vitest";
import { describeVectors, fromHex, readVectors, toHex } from "../../../crypto/vectors.ts";
import { signatureHash } from "./sighash.ts";
import { parseTransaction, serializeTransaction } from "./transaction.ts";

type Row = readonly [transaction: string, script: string, index: number, hashType: number, hash: string];

describeVectors("Bitcoin's sighash.json", () => {
  test("every legacy signature hash is as listed", () => {
    const rows = readVectors<readonly unknown[][]>("bitcoin-script/sighash.json").filter((row) => row.length > 1);
    for (const [bytes, script, index, hashType, hash] of rows as unknown as readonly Row[]) {
      const transaction = parseTransaction(fromHex(bytes));
      expect(toHex(serializeTransaction(transaction))).toBe(bytes);
      const computed = signatureHash(transaction, { script: fromHex(script), index, hashType });
      expect(toHex(computed.toReversed())).toBe(hash);
    }
    expect(rows.length).toBeGreaterThan(200);
  });
});
