import { expect, test } from "vitest";
import { sha256 } from "../../../../crypto/hash.ts";
import { ScriptFlag, verifyScript } from "../../../../rootchain/script/index.ts";
import { describeVectors, readVectors } from "../../../crypto/vectors.ts";
import { parseAssembly } from "./assembly.ts";
import { BitcoinScheme } from "./scheme.ts";
import { Tally } from "./tally.ts";
import { type BitcoinTransaction, serializeTransaction } from "./transaction.ts";
import { completeFlags, errorName, LEGACY_FLAGS, parseFlags, trimFlags } from "./vocabulary.ts";
import { isRuledByWitness } from "./witness.ts";

const FINAL = 0xffff_ffff;
const NO_SCRIPT = new Uint8Array(0);
const SATOSHIS = 100_000_000;

const CARRIES_WITNESS = "the row gives a witness";
const WITNESS_PROGRAM = "a witness program is spent under the rule WITNESS";

/** A row of script_tests.json. */
interface Row {
  readonly unlocking: string;
  readonly locking: string;
  readonly flags: string;
  readonly expected: string;
  readonly witness: readonly string[];
  readonly amount: bigint;
  readonly text: string;
}

function readRow(row: readonly unknown[]): Row {
  const [first] = row;
  const spent = Array.isArray(first) ? first : [];
  const [unlocking, locking, flags, expected] = (Array.isArray(first) ? row.slice(1) : row) as string[];
  return {
    unlocking: unlocking as string,
    locking: locking as string,
    flags: flags as string,
    expected: expected as string,
    witness: spent.slice(0, -1) as string[],
    amount: BigInt(Math.round(Number(spent.at(-1) ?? 0) * SATOSHIS)),
    text: JSON.stringify(row),
  };
}

/** The transaction that spends the only output of one that pays `locking`, as the vectors prescribe. */
function spendingTransaction(unlocking: Uint8Array, locking: Uint8Array, amount: bigint): BitcoinTransaction {
  const genesis = {
    hash: new Uint8Array(32),
    index: FINAL,
    unlocking: Uint8Array.of(0, 0),
    sequence: FINAL,
    witness: [],
  };
  const credit = { version: 1, inputs: [genesis], outputs: [{ value: amount, locking }], lockTime: 0 };
  const hash = sha256(sha256(serializeTransaction(credit)));
  const input = { hash, index: 0, unlocking, sequence: FINAL, witness: [] };
  return { version: 1, inputs: [input], outputs: [{ value: amount, locking: NO_SCRIPT }], lockTime: 0 };
}

/** Rules under which a passing row must still pass, and a failing one still fail. */
function variants(flags: number, passes: boolean): number[] {
  return [...LEGACY_FLAGS.values()].map((flag) => (passes ? trimFlags(flags & ~flag) : completeFlags(flags | flag)));
}

function judge(row: Row, flags: number): void {
  const unlocking = parseAssembly(row.unlocking);
  const locking = parseAssembly(row.locking);
  const scheme = new BitcoinScheme(spendingTransaction(unlocking, locking, row.amount), 0);
  const evaluate = (chosen: number) => verifyScript({ unlocking, locking, flags: chosen, scheme });
  expect(errorName(evaluate(flags), row.expected), row.text).toBe(row.expected);
  const passes = row.expected === "OK";
  // Rules only narrow what is valid: fewer of them never fail what passed, more never pass what failed.
  for (const chosen of variants(flags, passes)) expect(evaluate(chosen) === null, row.text).toBe(passes);
}

function exclusionOf(row: Row, hasWitness: boolean): string | null {
  if (!hasWitness) return null;
  if (row.witness.length > 0) return CARRIES_WITNESS;
  const scripts = { unlocking: parseAssembly(row.unlocking), locking: parseAssembly(row.locking) };
  return isRuledByWitness(scripts) ? WITNESS_PROGRAM : null;
}

describeVectors("Bitcoin's script_tests.json", () => {
  test("every row that is not of segregated witness ends as expected, with the same error", () => {
    const rows = readVectors<unknown[][]>("bitcoin-script/script_tests.json").filter((row) => row.length > 1);
    const tally = new Tally();
    for (const row of rows.map(readRow)) {
      const { flags, hasWitness } = parseFlags(row.flags);
      // CLEANSTACK brings the rules for witnesses with it.
      const reason = exclusionOf(row, hasWitness || (flags & ScriptFlag.CLEANSTACK) !== 0);
      if (reason === null) {
        judge(row, completeFlags(flags));
        tally.judged++;
      } else tally.exclude(reason);
    }
    tally.expectSum("script_tests.json", rows.length, [CARRIES_WITNESS, WITNESS_PROGRAM]);
  });
});
