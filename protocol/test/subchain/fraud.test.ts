import fc from "fast-check";
import { expect, test } from "vitest";
import type { OperatorRecord } from "../../bridge/subchain-record.ts";
import { executionLeaf, executionRootOf, executionTreeOf } from "../../consensus/state-root.ts";
import { Reader, Writer } from "../../core/codec.ts";
import { type DelegateId, type Hash, ZERO_HASH } from "../../core/ids.ts";
import { IOTX } from "../../core/units.ts";
import type { AuthenticatedMap } from "../../crypto/authenticated-map.ts";
import { hashTagged } from "../../crypto/hash.ts";
import { encodeAccount } from "../../ledger/accounts.ts";
import { transactionRoot } from "../../ledger/block.ts";
import { EvidenceReport, type Transaction } from "../../ledger/transaction.ts";
import { UtxoTransaction } from "../../rootchain/transaction.ts";
import { type FraudProof, readFraudProof, writeFraudProof } from "../../subchain/fraud-proof.ts";
import { judgeFraud } from "../../subchain/judge-fraud.ts";
import { ledgerRoots, makeFraudProof, proveStep, type SuspectBlock } from "../../subchain/make-fraud-proof.ts";
import { RootUpdate } from "../../subchain/transaction.ts";
import { crypto, holder, keyPair, transfer } from "../people.ts";
import { account, certify, HERE, outward, seat, World } from "./world.ts";

const SIGNERS = [0, 1, 2, 3].map((index) => keyPair(1, index));
const EVERYBODY = [0, 1, 2, 3] as DelegateId[];

const OPERATORS: readonly OperatorRecord[] = SIGNERS.map((_, index) => {
  const bond = { transactionId: ZERO_HASH, index };
  return { registered: seat(index), nominees: [], slashed: false, resigned: false, bond };
});

function chainOf({ specification }: World) {
  return { crypto, specification, extensions: new Map() };
}

function judge({ specification }: World, fraud: FraudProof) {
  return judgeFraud(crypto, { specification, operators: OPERATORS }, fraud);
}

function encoded(fraud: FraudProof): Uint8Array {
  const writer = new Writer();
  writeFraudProof(writer, fraud);
  return writer.finish();
}

function decoded(bytes: Uint8Array): FraudProof | null {
  const reader = new Reader(bytes);
  const fraud = readFraudProof(reader);
  return reader.complete() ? fraud : null;
}

/** A block of the real rules. */
function honestBlock(world: World, candidates: readonly Transaction[]): SuspectBlock {
  const { entries } = world;
  const { header, transactions } = world.next(candidates);
  const certified = certify(header, SIGNERS);
  const block = { certified, transactions, entries };
  return { ...block, roots: ledgerRoots(chainOf(world), block) };
}

/** What operators certify who put any roots under any transactions. */
function lyingBlock(world: World, transactions: readonly Transaction[], roots: readonly Hash[]): SuspectBlock {
  const { entries } = world;
  const executionRoot = executionRootOf(transactions.length, executionTreeOf(roots.map(executionLeaf)));
  const header = { ...world.next().header, transactionRoot: transactionRoot(transactions), executionRoot };
  return { certified: certify(header, SIGNERS), transactions, roots, entries };
}

/** @returns each step of an honest block, as an accuser would show it */
function allSteps(world: World, block: SuspectBlock): FraudProof[] {
  const { transactions, certified, entries } = block;
  return transactions.map((_, index) => {
    const ledger = ledgerAfter(world, { certified, entries, transactions: transactions.slice(0, index) });
    return proveStep(chainOf(world), block, { index, ledger });
  });
}

/** The honest ledger after some transactions, from a block of the same rules that holds just them. */
function ledgerAfter(
  world: World,
  { certified, entries, transactions }: Omit<SuspectBlock, "roots">,
): AuthenticatedMap {
  const { height, timeUs, proposer } = certified.header;
  const { rotation, rules } = world.state;
  const draft = rules.begin({ entries }, { crypto, height, timeUs, proposer, rotation });
  for (const each of transactions)
    if (each.kind === "transfer" || each.kind === "action" || each.kind === "root-update") draft.execute(each);
  return draft.entries;
}

function someTransactions(world: World): Transaction[] {
  return [
    transfer(0, 0, { to: 1, amount: 5n, chainId: HERE }),
    transfer(0, 1, { to: 0, amount: 5n, chainId: HERE }),
    world.action(1, { kind: "lock", transfer: outward() }),
    new RootUpdate({ headers: [world.root.header(3)], height: 3 }, null),
    transfer(2, 0, { to: 9, amount: 1000n * IOTX - 1n, chainId: HERE }),
  ];
}

test("no step of a correct block convicts anybody", () => {
  const world = new World();
  const block = honestBlock(world, someTransactions(world));
  expect(block.roots.length).toBe(6);
  expect(makeFraudProof(chainOf(world), block)).toBeNull();
  for (const fraud of allSteps(world, block))
    expect(judge(world, fraud)).toEqual({ culprits: null, refusal: "step that is right" });
});

test("no alteration of a correct step's proof convicts anybody", () => {
  const world = new World();
  const steps = allSteps(world, honestBlock(world, someTransactions(world)));
  const flip = fc.tuple(fc.nat(steps.length - 1), fc.nat(), fc.integer({ min: 1, max: 255 }));
  fc.assert(
    fc.property(flip, ([index, at, mask]) => {
      const bytes = encoded(steps[index] as FraudProof);
      const place = at % bytes.length;
      bytes[place] = (bytes[place] as number) ^ mask;
      const fraud = decoded(bytes);
      if (fraud !== null) expect(judge(world, fraud).culprits).toBeNull();
    }),
    { numRuns: 1500, seed: 3 },
  );
});

test("no transaction shown at another's place, in a tree of another size, convicts anybody", () => {
  for (const count of [1, 2, 3, 4, 5]) {
    const world = new World();
    const block = honestBlock(world, someTransactions(world).slice(0, count));
    const { certified, entries, transactions } = block;
    const ledgers = [0, 1, 2, 3, 4].map((at) =>
      ledgerAfter(world, { certified, entries, transactions: transactions.slice(0, at) }),
    );
    for (let from = 0; from < count; from++) {
      for (let at = 0; at < count; at++) {
        // The transaction of one place with witnesses of another: there it would mostly be refused.
        const step = proveStep(chainOf(world), block, { index: from, ledger: ledgers[at] as AuthenticatedMap });
        const there = proveStep(chainOf(world), block, { index: at, ledger: ledgers[at] as AuthenticatedMap });
        const mixed = { ...there, transaction: step.transaction, proof: step.proof, witnesses: step.witnesses };
        for (let index = 0; index <= count + 1; index++) {
          for (let size = 1; size <= 2 * count + 2; size++) {
            const fraud: FraudProof = {
              ...mixed,
              proof: { ...mixed.proof, index, size },
              beforeProof: { ...mixed.beforeProof, index, size: size + 1 },
              afterProof: { ...mixed.afterProof, index: index + 1, size: size + 1 },
            };
            expect(judge(world, fraud).culprits).toBeNull();
          }
        }
      }
    }
  }
});

test("no mixture of parts of correct steps convicts anybody", () => {
  const world = new World();
  const steps = allSteps(world, honestBlock(world, someTransactions(world)));
  let right = 0;
  for (const a of steps) {
    for (const { before, beforeProof, witnesses } of steps) {
      for (const { after, afterProof } of steps) {
        const { refusal, culprits } = judge(world, { ...a, before, beforeProof, witnesses, after, afterProof });
        expect(culprits).toBeNull();
        if (refusal === "step that is right") right++;
      }
    }
  }
  expect(right).toBe(steps.length);
});

test("whoever signed money from nothing is convicted, by a proof that travels", () => {
  const world = new World();
  const [first, second] = someTransactions(world) as [Transaction, Transaction];
  const honest = ledgerRoots(chainOf(world), {
    certified: certify(world.root.header(1).header, SIGNERS),
    transactions: [first],
    entries: world.entries,
  });
  const rich = world.entries.set(account(0), encodeAccount({ balance: 10n ** 9n * IOTX, nonce: 1 })).root;
  const block = lyingBlock(world, [first, second], [...honest, rich]);
  const fraud = makeFraudProof(chainOf(world), block);
  if (fraud === null) throw new Error("the lie is found");
  const carried = decoded(encoded(fraud));
  if (carried === null) throw new Error("the proof is canonical");
  expect(judge(world, carried)).toEqual({ culprits: EVERYBODY, refusal: null });
});

test("a transaction that may not take effect convicts, whatever root is said to follow", () => {
  const world = new World();
  const forged = transfer(0, 0, { chainId: HERE });
  crypto.sign(forged, holder(1));
  const gap = transfer(0, 3, { chainId: HERE });
  const lock = world.action(0, { kind: "lock", transfer: outward({ amount: 2000n * IOTX }) });
  const alien = new UtxoTransaction({ chainId: HERE, version: 1, inputs: [], outputs: [], lockTime: 0, payload: null });
  for (const transaction of [forged, gap, lock, alien]) {
    const { root } = world.entries;
    for (const after of [root, hashTagged("test/any")]) {
      const fraud = makeFraudProof(chainOf(world), lyingBlock(world, [transaction], [root, after]));
      expect(fraud === null ? null : judge(world, fraud).culprits).toEqual(EVERYBODY);
    }
  }
});

test("consensus transactions leave the ledger alone", () => {
  const world = new World();
  const report = new EvidenceReport(1 as DelegateId, Uint8Array.of(1));
  const { root } = world.entries;
  expect(makeFraudProof(chainOf(world), lyingBlock(world, [report], [root, root]))).toBeNull();
  const moved = world.entries.set(account(0), encodeAccount({ balance: 1n, nonce: 0 })).root;
  // The block before made no difference to the ledger: it was empty, and nothing was due.
  const fraud = makeFraudProof(chainOf(world), lyingBlock(world, [report], [world.entries.root, moved]));
  expect(fraud === null ? null : judge(world, fraud).culprits).toEqual(EVERYBODY);
});

test("a step that only the chain's own extensions explain is not judged", () => {
  const world = new World();
  const call = world.action(0, { kind: "call", code: 7, input: Uint8Array.of(1) });
  const block = lyingBlock(world, [call], [world.entries.root, hashTagged("test/any")]);
  expect(makeFraudProof(chainOf(world), block)).toBeNull();
  const fraud = proveStep(chainOf(world), block, { index: 0, ledger: block.entries });
  expect(judge(world, fraud)).toEqual({ culprits: null, refusal: "step that only its own chain understands" });
});

test("only commits by keys that acted in a seat convict, and nobody else's", () => {
  const world = new World();
  const gap = transfer(0, 3, { chainId: HERE });
  const { root } = world.entries;
  const fraud = makeFraudProof(chainOf(world), lyingBlock(world, [gap], [root, root]));
  if (fraud === null) throw new Error("the lie is found");
  const strangers = certify(
    fraud.header.header,
    [5, 6, 7, 8].map((index) => keyPair(1, index)),
  );
  expect(judge(world, { ...fraud, header: strangers }).refusal).toBe("fraud that no operator signed");
  const mixed = certify(
    fraud.header.header,
    [0, 6, 2, 8].map((index) => keyPair(1, index)),
  );
  expect(judge(world, { ...fraud, header: mixed }).culprits).toEqual([0, 2]);
  const { certificate } = fraud.header;
  const other = { ...fraud.header, header: { ...fraud.header.header, timeUs: 1 } };
  expect(judge(world, { ...fraud, header: { ...other, certificate } }).refusal).toBe("fraud that no operator signed");
  const nominees = OPERATORS.map((each) => ({ ...each, registered: seat(9), nominees: [each.registered, seat(8)] }));
  const { specification } = world;
  expect(judgeFraud(crypto, { specification, operators: nominees }, fraud).culprits).toEqual(EVERYBODY);
  const foreign = { ...specification, parameters: { ...specification.parameters, chainId: 9 } };
  expect(judgeFraud(crypto, { specification: foreign, operators: OPERATORS }, fraud).refusal).toBe(
    "fraud proof of another chain",
  );
});

test("a proof without a witness, with one twice, or with one of another ledger proves nothing", () => {
  const world = new World();
  const { root } = world.entries;
  const fraud = makeFraudProof(
    chainOf(world),
    lyingBlock(world, [transfer(0, 0, { amount: 2000n * IOTX, chainId: HERE })], [root, root]),
  );
  if (fraud === null) throw new Error("the lie is found");
  const { witnesses } = fraud;
  expect(judge(world, { ...fraud, witnesses: [] }).refusal).toBe("step without all its witnesses");
  expect(judge(world, { ...fraud, witnesses: [...witnesses, ...witnesses] }).refusal).toBe(
    "two witnesses of one entry",
  );
  const poor = witnesses.map((each) => ({ ...each, value: encodeAccount({ balance: 0n, nonce: 0 }) }));
  expect(judge(world, { ...fraud, witnesses: poor }).refusal).toBe("witness that does not hold");
  const { certificate, header } = fraud.header;
  expect(certificate.height).toBe(header.height);
});
