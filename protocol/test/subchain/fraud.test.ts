import fc from "fast-check";
import { expect, test } from "vitest";
import { executionLeaf, executionRootOf, executionTreeOf } from "../../consensus/state-root.ts";
import { type DelegateId, type Hash, ZERO_HASH } from "../../core/ids.ts";
import { IOTX } from "../../core/units.ts";
import { hashTagged } from "../../crypto/hash.ts";
import { encodeAccount } from "../../ledger/accounts.ts";
import { EvidenceReport, type Transaction } from "../../ledger/transaction.ts";
import { UtxoTransaction } from "../../rootchain/transaction.ts";
import type { FraudProof } from "../../subchain/fraud-proof.ts";
import { judgeFraud } from "../../subchain/judge-fraud.ts";
import {
  type BlockEnds,
  ledgerRoots,
  makeFraudProof,
  proveOpening,
  proveStep,
} from "../../subchain/make-fraud-proof.ts";
import { crypto, holder, keyPair, transfer } from "../people.ts";
import { inward, legOf, reorgOf } from "./deliveries.ts";
import {
  allSteps,
  chainOf,
  decoded,
  EVERYBODY,
  encoded,
  honestBlock,
  judge,
  ledgerAfter,
  lyingBlock,
  lyingEnd,
  OPERATORS,
  SIGNERS,
  someTransactions,
  transactionOf,
} from "./suspects.ts";
import { account, certify, HERE, outward, seat, specificationOf, World } from "./world.ts";

test("no step of a correct block convicts anybody", () => {
  const world = new World();
  const block = honestBlock(world, someTransactions(world));
  expect(block.roots.length).toBe(7);
  expect(block.ends?.ledgerRoot).not.toBe(block.roots[6]);
  expect(makeFraudProof(chainOf(world), block)).toBeNull();
  for (const fraud of allSteps(world, block))
    expect(judge(world, fraud)).toEqual({ culprits: null, refusal: "step that is right" });
});

test("no alteration of a correct step's proof convicts anybody", () => {
  const world = new World();
  const block = honestBlock(world, someTransactions(world));
  const steps = [...allSteps(world, block), proveOpening(block, block.ends as BlockEnds)];
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
  for (const count of [1, 2, 3, 4, 5, 6]) {
    const world = new World();
    const block = honestBlock(world, someTransactions(world).slice(0, count));
    const places = Array.from({ length: count }, (_, index) => ({ index, ledger: ledgerAfter(world, block, index) }));
    for (const from of places) {
      for (const at of places) {
        // The transaction of one place with witnesses of another: there it would mostly be refused.
        const shown = proveStep(chainOf(world), block, { index: from.index, ledger: at.ledger });
        const there = proveStep(chainOf(world), block, at);
        const [moved, own] = [transactionOf(shown), transactionOf(there)];
        for (let index = 0; index <= count + 1; index++) {
          for (let size = 1; size <= 2 * count + 2; size++) {
            const fraud: FraudProof = {
              ...there,
              witnesses: shown.witnesses,
              step: {
                ...moved,
                proof: { ...moved.proof, index, size },
                afterProof: { ...own.afterProof, index: index + 1, size: size + 1 },
              },
              beforeProof: { ...there.beforeProof, index, size: size + 1 },
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
      for (const b of steps) {
        const afterProof = b.step.kind === "transaction" ? b.step.afterProof : b.beforeProof;
        const step = a.step.kind === "transaction" ? { ...a.step, afterProof } : a.step;
        const { refusal, culprits } = judge(world, { ...a, before, beforeProof, witnesses, step, after: b.after });
        expect(culprits).toBeNull();
        if (refusal === "step that is right") right++;
      }
    }
  }
  expect(right).toBe(steps.length);
});

test("no end of a correct block convicts anybody, over epochs, with rewards, fees and new operators", () => {
  const world = new World(specificationOf({ rewardPool: 1003n, rewardBlocks: 9 }));
  world.next();
  for (let height = 1; height < 16; height++) {
    const block = honestBlock(world, [transfer(0, world.nonceOf(0), { chainId: HERE, fee: 5n })]);
    expect(makeFraudProof(chainOf(world), block)).toBeNull();
    const end = allSteps(world, block).at(-1) as FraudProof;
    expect(judge(world, end)).toEqual({ culprits: null, refusal: "step that is right" });
  }
});

test("a block that starts from another ledger than the last one left convicts; one that does not, does not", () => {
  const world = new World();
  const block = honestBlock(world, someTransactions(world));
  const { ends, certified, transactions } = block;
  if (ends === null) throw new Error("the ends are known");
  const opening = proveOpening(block, ends);
  expect(judge(world, opening)).toEqual({ culprits: null, refusal: "step that is right" });
  for (const at of [1, 2, 5]) {
    const beforeProof = (allSteps(world, block)[at] as FraudProof).beforeProof;
    expect(judge(world, { ...opening, after: block.roots[at] as Hash, beforeProof }).refusal).toBe(
      "fraud proof that does not end at the first root",
    );
  }
  const rich = block.entries.set(account(0), encodeAccount({ balance: 10n ** 9n * IOTX, nonce: 0 }));
  const roots = ledgerRoots(chainOf(world), { certified, transactions, entries: rich });
  const executionRoot = executionRootOf(transactions.length, executionTreeOf(roots.map(executionLeaf)));
  const lie = { ...block, roots, certified: certify({ ...certified.header, executionRoot }, SIGNERS) };
  const fraud = makeFraudProof(chainOf(world), lie);
  const carried = fraud === null ? null : decoded(encoded(fraud));
  if (carried === null) throw new Error("the lie is found");
  expect(judge(world, carried)).toEqual({ culprits: EVERYBODY, refusal: null });
  const { step } = carried;
  if (step.kind !== "opening") throw new Error("the lie is at the start");
  const refusals = [
    { ...step, rotationRoot: ZERO_HASH },
    { ...step, previous: { ...step.previous, stateRoot: ZERO_HASH } },
  ].map((each) => judge(world, { ...carried, step: each }).refusal);
  expect(refusals).toEqual(["roots that are not there", "fraud proof with another header before"]);
});

test("whoever signed money from nothing at the end of a block is convicted", () => {
  const world = new World(specificationOf({ rewardPool: 1003n, rewardBlocks: 9 }));
  const block = honestBlock(world, someTransactions(world));
  const rich = world.entries.set(account(0), encodeAccount({ balance: 10n ** 9n * IOTX, nonce: 2 })).root;
  const fraud = makeFraudProof(chainOf(world), lyingEnd(block, rich));
  const carried = fraud === null ? null : decoded(encoded(fraud));
  if (carried === null) throw new Error("the lie is found");
  expect(judge(world, carried)).toEqual({ culprits: EVERYBODY, refusal: null });
});

test("the end of a block is judged by its own committee and proposer, or not at all", () => {
  const world = new World();
  const block = honestBlock(world, someTransactions(world));
  const end = allSteps(world, block).at(-1) as FraudProof;
  const { header } = end;
  const unknown = "end of a block with an unknown committee";
  const others = header.members.slice(1);
  expect(judge(world, { ...end, header: { ...header, members: others } }).refusal).toBe(unknown);
  const swapped = header.members.map(({ id }, index) => ({
    id,
    publicKey: (header.members[3 - index] as { publicKey: Uint8Array }).publicKey,
  }));
  expect(judge(world, { ...end, header: { ...header, members: swapped } }).refusal).toBe(unknown);
  const renamed = header.members.map(({ publicKey }, index) => ({ id: (3 - index) as DelegateId, publicKey }));
  expect(judge(world, { ...end, header: { ...header, members: renamed } }).refusal).toBe("step that is right");
  const { specification } = world;
  const shared = OPERATORS.map((each) => ({ ...each, nominees: [seat(2)] }));
  expect(judgeFraud(crypto, { specification, operators: shared }, end).refusal).toBe(unknown);
  const { step } = end;
  if (step.kind !== "closing") throw new Error("the last step is the end");
  const forged = { ...step, previous: { ...step.previous, nextCommitteeHash: ZERO_HASH } };
  expect(judge(world, { ...end, step: forged }).refusal).toBe("fraud proof with another header before");
  expect(judge(world, { ...end, step: { ...step, rotationRoot: ZERO_HASH } }).refusal).toBe("roots that are not there");
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
  const unproven = reorgOf(world, legOf(inward()), { reorg: { lockId: ZERO_HASH } });
  for (const transaction of [forged, gap, lock, alien, unproven]) {
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
