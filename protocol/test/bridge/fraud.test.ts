import { expect, test } from "vitest";
import { commitmentOf } from "../../bridge/informer.ts";
import { decodeSubchainRecord, subchainKey } from "../../bridge/subchain-record.ts";
import { executionLeaf, executionRootOf, executionTreeOf } from "../../consensus/state-root.ts";
import { assert } from "../../core/assert.ts";
import { Writer } from "../../core/codec.ts";
import type { Hash } from "../../core/ids.ts";
import { IOTX } from "../../core/units.ts";
import { hashTagged } from "../../crypto/hash.ts";
import { bodyOf } from "../../ledger/block.ts";
import { headerHash } from "../../ledger/header.ts";
import type { Transaction } from "../../ledger/transaction.ts";
import { decodeTotals, TOTALS_KEY } from "../../rootchain/entries.ts";
import type { UtxoTransaction } from "../../rootchain/transaction.ts";
import { type FraudProof, writeFraudProof } from "../../subchain/fraud-proof.ts";
import { ledgerRoots, proveStep, type SuspectBlock } from "../../subchain/make-fraud-proof.ts";
import { crypto, transfer } from "../people.ts";
import { refusal, step, utxo } from "./actors.ts";
import { COIN, coin, OPERATOR_BOND, ROOT, rootValue, S2, S3, script, specificationOf, World } from "./world.ts";

const SALT = hashTagged("test/salt");
const INFORMER = script(33);
const CHAIN = { crypto, specification: specificationOf(S2), extensions: new Map() };

/** @returns a proof of the only step of a block, signed by some seats, which says it leads to a root */
function stepTo(world: World, by: readonly number[], claimed: Hash | null): FraudProof {
  const chain = world.chain(S2);
  const { height, blockHash, ledger } = chain.state;
  const transactions: Transaction[] = [transfer(0, 0, { to: 1, amount: IOTX, chainId: S2 })];
  const template = { ...chain.at(height).certified.header, height: height + 1, previousHash: blockHash };
  const honest = { certified: chain.certify(template, blockHash, by), transactions, entries: ledger.entries };
  const roots = ledgerRoots(CHAIN, honest).map((root, index) => (index === 1 ? (claimed ?? root) : root));
  const executionRoot = executionRootOf(1, executionTreeOf(roots.map(executionLeaf)));
  const header = { ...template, transactionRoot: bodyOf(transactions).root, executionRoot };
  const certified = chain.certify(header, headerHash(header), by);
  const block: SuspectBlock = { ...honest, certified, roots, ends: null };
  return proveStep(CHAIN, block, { index: 0, ledger: ledger.entries });
}

function accuse(fraud: FraudProof, reward: bigint, chainId = S2): UtxoTransaction {
  const outputs = [{ amount: reward, lockingScript: INFORMER }];
  return utxo({ kind: "fraud-proof", chainId, fraud, salt: SALT }, outputs);
}

test("everybody who signed for a wrong step loses the bond, and nobody else", () => {
  const world = new World();
  const supply = rootValue(world.root.state.ledger);
  step(world, S2);
  const fraud = stepTo(world, [0, 2, 3], hashTagged("test/minted"));
  const writer = new Writer();
  writeFraudProof(writer, fraud);
  const promised = { chainId: S2, evidence: writer.finish(), salt: SALT, lockingScript: INFORMER };
  const change = [{ amount: COIN, lockingScript: script(0) }];
  step(world, ROOT, [utxo({ kind: "evidence-commit", digest: commitmentOf(promised) }, change, [coin(0)])]);
  step(world, ROOT);
  const reward = (3n * OPERATOR_BOND) / 20n;
  expect(refusal(world, ROOT, accuse(fraud, reward + 1n))).toBe("more comes out than goes in");
  expect(step(world, ROOT, [accuse(fraud, reward)])).toBe(1);
  const { entries } = world.root.state.ledger;
  const record = decodeSubchainRecord(entries.get(subchainKey(S2)) ?? new Uint8Array(0));
  expect(record?.operators.map(({ slashed }) => slashed)).toEqual([true, false, true, true]);
  const totals = entries.get(TOTALS_KEY);
  assert(totals !== undefined, "something was burned");
  expect(decodeTotals(totals)?.burned).toBe(3n * OPERATOR_BOND - reward);
  expect(refusal(world, ROOT, accuse(fraud, 0n))).toBe("fraud for a paid offence");
  // Who signs another time is found, though the others have paid.
  expect(refusal(world, ROOT, accuse(stepTo(world, [0, 1], hashTagged("test/again")), 0n))).toBe(null);
  expect(rootValue(world.root.state.ledger)).toBe(supply);
});

test("a right step, and one of another chain, cost nobody anything", () => {
  const world = new World();
  step(world, S2);
  const right = stepTo(world, [0, 1, 2, 3], null);
  expect(refusal(world, ROOT, accuse(right, 0n))).toBe("step that is right");
  const wrong = stepTo(world, [0, 1, 2, 3], hashTagged("test/minted"));
  expect(refusal(world, ROOT, accuse(wrong, 0n, S3))).toBe("fraud proof of another chain");
  expect(refusal(world, ROOT, accuse(wrong, 0n, 9))).toBe("fraud proof of a chain that is no subchain");
  expect(refusal(world, ROOT, accuse(wrong, 0n))).toBe(null);
});
