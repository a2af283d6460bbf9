import type { OperatorRecord } from "../../bridge/subchain-record.ts";
import { executionLeaf, executionRootOf, executionTreeOf, stateRootOf } from "../../consensus/state-root.ts";
import { Reader, Writer } from "../../core/codec.ts";
import { type DelegateId, type Hash, ZERO_HASH } from "../../core/ids.ts";
import { IOTX } from "../../core/units.ts";
import type { AuthenticatedMap } from "../../crypto/authenticated-map.ts";
import { bodyOf } from "../../ledger/block.ts";
import type { Header } from "../../ledger/header.ts";
import { isSystem, type Transaction } from "../../ledger/transaction.ts";
import type { CertifiedHeader } from "../../light/certified-header.ts";
import { type FraudProof, type FraudStep, readFraudProof, writeFraudProof } from "../../subchain/fraud-proof.ts";
import { judgeFraud } from "../../subchain/judge-fraud.ts";
import { type BlockEnds, ledgerRoots, proveStep, type SuspectBlock } from "../../subchain/make-fraud-proof.ts";
import { RootUpdate } from "../../subchain/transaction.ts";
import { crypto, keyPair, transfer } from "../people.ts";
import { inward, legOf, reorgOf } from "./deliveries.ts";
import { certify, HERE, outward, seat, type World } from "./world.ts";

export const SIGNERS = [0, 1, 2, 3].map((index) => keyPair(1, index));
export const EVERYBODY = [0, 1, 2, 3] as DelegateId[];

export const OPERATORS: readonly OperatorRecord[] = SIGNERS.map((_, index) => {
  const bond = { transactionId: ZERO_HASH, index };
  return { registered: seat(index), nominees: [], slashed: false, resigned: false, bond };
});

export function chainOf({ specification }: World) {
  return { crypto, specification, extensions: new Map() };
}

export function judge({ specification }: World, fraud: FraudProof) {
  return judgeFraud(crypto, { specification, operators: OPERATORS }, fraud);
}

export function encoded(fraud: FraudProof): Uint8Array {
  const writer = new Writer();
  writeFraudProof(writer, fraud);
  return writer.finish();
}

export function decoded(bytes: Uint8Array): FraudProof | null {
  const reader = new Reader(bytes);
  const fraud = readFraudProof(reader);
  return reader.complete() ? fraud : null;
}

/** @returns what an honest node knows of the ends of a block that is the world's last one by now */
export function endsOf(world: World, before: Pick<BlockEnds, "previous" | "previousRotationRoot">): BlockEnds {
  return { ...before, ledgerRoot: world.entries.root, rotationRoot: world.state.rotation.root };
}

/** @returns a header with the commits of its committee */
export function certifyHere(world: World, header: Header, committee = world.state.rotation.committee): CertifiedHeader {
  const certified = certify(header, SIGNERS);
  const members = committee.members.map((id) => ({ id, publicKey: seat(id).publicKey }));
  return { ...certified, members };
}

/** A block of the real rules, after one more of them. */
export function honestBlock(world: World, candidates: readonly Transaction[]): SuspectBlock {
  const previous = world.next().header;
  const { entries } = world;
  const { committee, root: previousRotationRoot } = world.state.rotation;
  const { header, transactions } = world.next(candidates);
  const block = { certified: certifyHere(world, header, committee), transactions, entries };
  return {
    ...block,
    roots: ledgerRoots(chainOf(world), block),
    ends: endsOf(world, { previous, previousRotationRoot }),
  };
}

/** What operators certify who put any roots under any transactions. */
export function lyingBlock(world: World, transactions: readonly Transaction[], roots: readonly Hash[]): SuspectBlock {
  const { entries } = world;
  const executionRoot = executionRootOf(transactions.length, executionTreeOf(roots.map(executionLeaf)));
  const header = { ...world.next().header, transactionRoot: bodyOf(transactions).root, executionRoot };
  return { certified: certifyHere(world, header), transactions, roots, entries, ends: null };
}

/** An honest block with another ledger at its end. */
export function lyingEnd(block: SuspectBlock, ledgerRoot: Hash): SuspectBlock {
  if (block.ends === null) throw new Error("the end is known");
  const header = { ...block.certified.header, stateRoot: stateRootOf(ledgerRoot, block.ends.rotationRoot) };
  return {
    ...block,
    certified: { ...certify(header, SIGNERS), members: block.certified.members },
    ends: { ...block.ends, ledgerRoot },
  };
}

/** @returns each step of an honest block, as an accuser would show it; its end is the last */
export function allSteps(world: World, block: SuspectBlock): FraudProof[] {
  return [...block.transactions, null].map((_, index) => {
    const ledger = ledgerAfter(world, block, index);
    return proveStep(chainOf(world), block, { index, ledger });
  });
}

/** The honest ledger after some of a block's transactions, by the rules themselves. */
export function ledgerAfter(
  world: World,
  { certified, entries, transactions }: SuspectBlock,
  count: number,
): AuthenticatedMap {
  const { height, timeUs, proposer } = certified.header;
  const { rotation, rules } = world.state;
  const draft = rules.begin({ entries }, { crypto, height, timeUs, proposer, rotation });
  for (const each of transactions.slice(0, count)) if (!isSystem(each)) draft.execute(each);
  return draft.entries;
}

/** @returns the part of a proof that only a transaction's has */
export function transactionOf({ step }: FraudProof): Extract<FraudStep, { kind: "transaction" }> {
  if (step.kind !== "transaction") throw new Error("the step is a transaction's");
  return step;
}

export function someTransactions(world: World): Transaction[] {
  return [
    transfer(0, 0, { to: 1, amount: 5n, chainId: HERE }),
    transfer(0, 1, { to: 0, amount: 5n, chainId: HERE }),
    world.action(1, { kind: "lock", transfer: outward() }),
    new RootUpdate({ headers: [world.root.header(3)], height: 3 }, null),
    transfer(2, 0, { to: 9, amount: 1000n * IOTX - 1n, chainId: HERE }),
    reorgOf(world, legOf(inward()), { height: 5 }),
  ];
}
