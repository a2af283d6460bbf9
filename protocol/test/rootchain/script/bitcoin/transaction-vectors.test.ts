import { expect, test } from "vitest";
import { type ScriptFault, verifyScript } from "../../../../rootchain/script/index.ts";
import { describeVectors, fromHex, readVectors, toHex } from "../../../crypto/vectors.ts";
import { parseAssembly } from "./assembly.ts";
import { transactionFault } from "./check-transaction.ts";
import { BitcoinScheme } from "./scheme.ts";
import { Tally } from "./tally.ts";
import { type BitcoinTransaction, parseTransaction } from "./transaction.ts";
import { ALL_LEGACY_FLAGS, completeFlags, LEGACY_FLAGS, parseFlags, trimFlags } from "./vocabulary.ts";
import { isRuledByWitness } from "./witness.ts";

const ONLY_WITNESS = "every input spends a witness program or carries a witness";
const SOME_WITNESS = "an input that spends a witness program or carries a witness may be what is invalid";

type Spent = readonly [hash: string, index: number, locking: string, amount?: number];
type RawRow = readonly [spent: readonly Spent[], transaction: string, flags: string];

/** A row of tx_valid.json or tx_invalid.json. */
interface Row {
  readonly transaction: BitcoinTransaction;
  readonly lockingOf: ReadonlyMap<string, Uint8Array>;
  readonly flags: string;
  readonly text: string;
}

const outpoint = (hash: string, index: number): string => `${hash}:${index >>> 0}`;

function readRows(file: string): Row[] {
  const rows = readVectors<readonly unknown[][]>(`bitcoin-script/${file}`).filter((row) => row.length > 1);
  return (rows as unknown as readonly RawRow[]).map((row) => {
    const [spent, bytes, flags] = row;
    const lockingOf = new Map(
      spent.map(([hash, index, locking]) => [outpoint(hash, index), parseAssembly(locking)] as const),
    );
    return { transaction: parseTransaction(fromHex(bytes)), lockingOf, flags, text: JSON.stringify(row) };
  });
}

function lockingOf({ transaction, lockingOf: known }: Row, index: number): Uint8Array {
  const input = transaction.inputs[index];
  const locking = input && known.get(outpoint(toHex(input.hash.toReversed()), input.index));
  if (locking === undefined) throw new Error("a row lists what its inputs spend");
  return locking;
}

/** Inputs that no rule for witnesses touches, by their places. */
function legacyInputs(row: Row, hasWitness: boolean): number[] {
  const places = row.transaction.inputs.map((_, index) => index);
  if (!hasWitness) return places;
  return places.filter((index) => {
    const { unlocking, witness } = row.transaction.inputs[index] as BitcoinTransaction["inputs"][number];
    return witness.length === 0 && !isRuledByWitness({ unlocking, locking: lockingOf(row, index) });
  });
}

/** @returns the first fault among the inputs */
function scriptsFault(row: Row, inputs: readonly number[], flags: number): ScriptFault | null {
  for (const index of inputs) {
    const unlocking = row.transaction.inputs[index]?.unlocking as Uint8Array;
    const scheme = new BitcoinScheme(row.transaction, index);
    const fault = verifyScript({ unlocking, locking: lockingOf(row, index), flags, scheme });
    if (fault !== null) return fault;
  }
  return null;
}

const separate = (flags: number): number[] => [...LEGACY_FLAGS.values()].filter((flag) => flags & flag);

describeVectors("Bitcoin's tx_valid.json", () => {
  test("every row passes under all rules but those it lists, and under fewer", () => {
    const rows = readRows("tx_valid.json");
    const tally = new Tally();
    for (const row of rows) {
      const { flags: excluded, hasWitness: withoutWitness } = parseFlags(row.flags);
      expect(transactionFault(row.transaction), row.text).toBeNull();
      const inputs = legacyInputs(row, !withoutWitness);
      if (inputs.length === 0) {
        tally.exclude(ONLY_WITNESS);
        continue;
      }
      const flags = trimFlags(ALL_LEGACY_FLAGS & ~excluded);
      expect(scriptsFault(row, inputs, flags), row.text).toBeNull();
      for (const flag of separate(flags)) {
        expect(scriptsFault(row, inputs, trimFlags(flags & ~flag)), row.text).toBeNull();
      }
      const isWhole = !withoutWitness && inputs.length === row.transaction.inputs.length;
      // No rule is left out needlessly: with any one of them back the row fails.
      for (const flag of isWhole ? separate(excluded) : []) {
        const others = trimFlags(excluded & ~flag);
        expect(scriptsFault(row, inputs, ALL_LEGACY_FLAGS & ~others), row.text).not.toBeNull();
      }
      tally.judged++;
    }
    tally.expectSum("tx_valid.json", rows.length, [ONLY_WITNESS]);
  });
});

describeVectors("Bitcoin's tx_invalid.json", () => {
  test("every row fails under the rules it lists and under more, and passes under any fewer", () => {
    const rows = readRows("tx_invalid.json");
    const tally = new Tally();
    for (const row of rows) {
      const isBroken = row.flags === "BADTX";
      expect(transactionFault(row.transaction) !== null, row.text).toBe(isBroken);
      const { flags, hasWitness } = parseFlags(isBroken ? "NONE" : row.flags);
      const inputs = legacyInputs(row, hasWitness);
      if (inputs.length < row.transaction.inputs.length) {
        tally.exclude(SOME_WITNESS);
        continue;
      }
      tally.judged++;
      if (isBroken) continue;
      expect(scriptsFault(row, inputs, flags), row.text).not.toBeNull();
      for (const flag of LEGACY_FLAGS.values()) {
        expect(scriptsFault(row, inputs, completeFlags(flags | flag)), row.text).not.toBeNull();
      }
      for (const flag of separate(flags)) {
        expect(scriptsFault(row, inputs, trimFlags(flags & ~flag)), row.text).toBeNull();
      }
    }
    tally.expectSum("tx_invalid.json", rows.length, [SOME_WITNESS]);
  });
});
