import { encodeSubchainRecord, subchainKey } from "../../bridge/subchain-record.ts";
import { executionRootOf, executionTreeOf } from "../../consensus/state-root.ts";
import { ZERO_HASH } from "../../core/ids.ts";
import { hashTagged } from "../../crypto/hash.ts";
import { leafDigest } from "../../crypto/merkle.ts";
import { decodeTransaction, encodeTransaction } from "../../ledger/transaction.ts";
import { proveTransaction } from "../../light/state-proof.ts";
import * as entries from "../../subchain/entries.ts";
import { type FraudProof, readFraudProof, writeFraudProof } from "../../subchain/fraud-proof.ts";
import { decodeOperators, encodeOperators } from "../../subchain/operators.ts";
import { readSpecification, writeSpecification } from "../../subchain/specification.ts";
import { Reorg, RootUpdate, SubRefund } from "../../subchain/transaction.ts";
import { account, outward, StateStub, seat, specificationOf, World } from "../subchain/world.ts";
import { type Format, streamed, whole } from "./format.ts";

const world = new World();
const state = new StateStub()
  .set(hashTagged("test/key"), Uint8Array.of(1))
  .set(hashTagged("test/other"), Uint8Array.of(2));
const path = { headers: [world.root.header(3)], height: 3 };
const bare = { headers: [], height: 7 };
const stateProof = state.prove(hashTagged("test/absent"));
const operators = [0, 1].map((index) => {
  const bond = { transactionId: ZERO_HASH, index };
  return { registered: seat(index), nominees: [seat(5)], slashed: index === 1, resigned: true, bond };
});
const record = encodeSubchainRecord({ specification: specificationOf(), registeredHeight: 4, operators });
const body = [Uint8Array.of(1), Uint8Array.of(2), Uint8Array.of(3)];
const branch = proveTransaction(body, 1);

const actions = [
  { kind: "lock", transfer: outward() },
  { kind: "pay", token: 9, to: account(1), amount: 5n },
  { kind: "permit", address: account(1), mayRead: true, mayWrite: false },
  { kind: "call", code: 7, input: Uint8Array.of(1, 2, 3) },
] as const;

const fraud: FraudProof = {
  header: world.root.header(2),
  step: { kind: "transaction", transaction: Uint8Array.of(1, 2, 3), proof: branch, afterProof: branch },
  executionTree: executionTreeOf(body.map(leafDigest)),
  before: executionRootOf(1, ZERO_HASH),
  beforeProof: branch,
  after: hashTagged("test/after"),
  witnesses: [
    { key: account(0), value: Uint8Array.of(1), proof: stateProof.map },
    { key: account(1), value: null, proof: stateProof.map },
  ],
};
const closing: FraudProof = {
  ...fraud,
  step: { kind: "closing", previous: world.root.header(1).header, rotationRoot: hashTagged("test/rotation") },
};
const opening: FraudProof = { ...closing, step: { ...closing.step, kind: "opening" } as FraudProof["step"] };

const reorgs = [path, bare].map((each) => {
  const carried = { leg: Uint8Array.of(9), proof: stateProof, data: Uint8Array.of(1), payee: account(2) };
  return new Reorg({ lockId: account(3), path: each, ...carried });
});
const refunds = [null, Uint8Array.of(4)].map((credit) => {
  return new SubRefund({ lockId: account(3), path, proof: stateProof, credit });
});
const updates = [
  new RootUpdate(path, null),
  new RootUpdate(bare, { encoded: record, proof: state.prove(subchainKey(2)) }),
];

/** Transactions of subchains. */
export const subchainTransactions: Record<string, Format> = {
  actions: whole(encodeTransaction, decodeTransaction, ...actions.map((action) => world.action(0, action))),
  "root updates": whole(encodeTransaction, decodeTransaction, ...updates),
  reorgs: whole(encodeTransaction, decodeTransaction, ...reorgs),
  "sub-refunds": whole(encodeTransaction, decodeTransaction, ...refunds),
};

const restricted = {
  ownToken: true,
  rewardPool: 9n,
  permission: { kind: "private", administrator: account(1) },
} as const;

/** What is said about subchains. */
export const subchainObjects: Record<string, Format> = {
  "fraud proofs": streamed(writeFraudProof, readFraudProof, fraud, closing, opening),
  specifications: streamed(writeSpecification, readSpecification, specificationOf(), specificationOf(restricted)),
};

const seats = operators.map(({ registered }) => ({ ...registered, slashed: true, resigned: false }));
const view = { rootHeight: 4, seats: seats.map(({ bond: _, ...each }) => each) };
const lock = { lockId: account(1), sender: account(2), transfer: outward() };

/** Entries of a subchain's ledger. */
export const subchainEntries: Record<string, Format> = {
  "token balances": whole(entries.encodeTokenBalance, entries.decodeTokenBalance, { token: 3, balance: 5n }),
  admissions: whole(entries.encodeAdmission, entries.decodeAdmission, { mayRead: true, mayWrite: false }),
  "consumed locks": whole(entries.encodeConsumed, entries.decodeConsumed, account(0)),
  "own locks": whole(
    entries.encodeOwnLock,
    entries.decodeOwnLock,
    { ...lock, state: "open" },
    { ...lock, state: "refunded" },
  ),
  "root views": whole(entries.encodeRootView, entries.decodeRootView, [0, 5, 9], [1]),
  "root anchors": whole(entries.encodeRootAnchor, entries.decodeRootAnchor, world.root.genesis),
  operators: whole(encodeOperators, decodeOperators, view),
};
