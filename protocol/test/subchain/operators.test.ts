import { expect, test } from "vitest";
import { actingSeat, encodeSubchainRecord, type OperatorRecord, subchainKey } from "../../bridge/subchain-record.ts";
import type { DelegateId } from "../../core/ids.ts";
import { ZERO_HASH } from "../../core/ids.ts";
import { hashTagged } from "../../crypto/hash.ts";
import { Rejoin } from "../../ledger/transaction.ts";
import { RootUpdate } from "../../subchain/transaction.ts";
import { crypto, identityOf } from "../people.ts";
import { HERE, StateStub, seat, World } from "./world.ts";

const EPOCH_BLOCKS = 6;

function operator(index: number, changes: Partial<OperatorRecord> = {}): OperatorRecord {
  const bond = { transactionId: ZERO_HASH, index };
  return { registered: seat(index), nominees: [], slashed: false, resigned: false, bond, ...changes };
}

/** @returns an update that brings a record of the operators along */
function update(world: World, height: number, operators: readonly OperatorRecord[]): RootUpdate {
  const encoded = encodeSubchainRecord({ specification: world.specification, registeredHeight: 0, operators });
  const state = new StateStub().set(subchainKey(HERE), encoded).set(hashTagged("test/other"), encoded);
  const headers = [world.root.header(height, { stateRoot: state.root })];
  return new RootUpdate({ headers, height }, { encoded, proof: state.prove(subchainKey(HERE)) });
}

function sits(world: World, id: number): boolean {
  return world.state.rotation.committee.members.includes(id as DelegateId);
}

function keyOf(world: World, id: number): Uint8Array {
  return world.state.rotation.registry.of(id as DelegateId).publicKey;
}

test("a nominee sits from the epoch whose operators were elected after it was known, and not before", () => {
  const world = new World();
  const nominated = operator(1, { nominees: [seat(8)] });
  const operators = [operator(0), nominated, operator(2), operator(3)];
  world.next([update(world, 5, operators)]);
  while (world.state.height < EPOCH_BLOCKS - 1) {
    expect(keyOf(world, 1)).toEqual(seat(1).publicKey);
    world.next();
  }
  world.next();
  expect(keyOf(world, 1)).toEqual(seat(8).publicKey);
  const { committee } = world.state.rotation;
  expect(committee.iteration).toBe(3);
  // The header that names the new committee names it by the nominee's key.
  world.next();
  expect(world.state.rotation.committee.hash).toBe(committee.hash);
});

test("a nominee that is known only after the snapshot waits for the epoch after the next", () => {
  const world = new World();
  const operators = [operator(0), operator(1, { nominees: [seat(8)] }), operator(2), operator(3)];
  while (world.state.height < 3) world.next();
  world.next([update(world, 5, operators)]);
  while (world.state.height < 2 * EPOCH_BLOCKS - 1) {
    expect(keyOf(world, 1)).toEqual(seat(1).publicKey);
    world.next();
  }
  world.next();
  expect(keyOf(world, 1)).toEqual(seat(8).publicKey);
});

test("a slashed seat is out from the next selection, and sits until then", () => {
  const world = new World();
  world.next([update(world, 5, [operator(0), operator(1), operator(2, { slashed: true }), operator(3)])]);
  expect(sits(world, 2)).toBe(true);
  world.next();
  expect(sits(world, 2)).toBe(false);
  expect(world.state.rotation.committee.members.length).toBe(3);
});

test("a seat that resigned stays out, even when it asks to rejoin", () => {
  const world = new World();
  world.next([update(world, 5, [operator(0), operator(1, { resigned: true }), operator(2), operator(3)])]);
  const rejoin = new Rejoin({ chainId: HERE, delegate: 1 as DelegateId, nonce: 1, salt: 7 });
  crypto.sign(rejoin, identityOf(1).signing);
  expect(world.next([rejoin]).transactions).toEqual([rejoin]);
  while (world.state.height < 4 * EPOCH_BLOCKS) {
    world.next();
    expect(sits(world, 1)).toBe(false);
  }
});

test("a record that seats one key twice, or takes out everybody, does not stop the chain", () => {
  const world = new World();
  const guilty = [0, 1, 2, 3].map((index) => operator(index, { slashed: true, nominees: [seat(8)] }));
  world.next([update(world, 5, guilty)]);
  while (world.state.height < 3 * EPOCH_BLOCKS) world.next();
  const { standings, committee } = world.state.rotation;
  expect(standings.map(({ bond, slashed }) => [bond, slashed])).toEqual(standings.map(() => [0n, true]));
  expect([...committee.members].sort()).toEqual([0, 1, 2, 3]);
  const keys = [0, 1, 2, 3].map((id) => keyOf(world, id));
  expect(keys.filter((key) => Buffer.from(key).equals(Buffer.from(seat(8).publicKey))).length).toBe(1);
});

test("a record that is not proven, not newer or of other operators is refused", () => {
  const world = new World();
  const operators = [0, 1, 2, 3].map((index) => operator(index));
  const sound = update(world, 5, operators);
  const { path, record } = sound;
  if (record === null) throw new Error("the update has a record");
  const forged = encodeSubchainRecord({ specification: world.specification, registeredHeight: 1, operators });
  expect(world.refusal(new RootUpdate(path, { ...record, encoded: forged }))).toBe("record that is not proven");
  expect(world.refusal(update(world, 5, operators.slice(1)))).toBe("record of other operators");
  world.next([new RootUpdate(path, null)]);
  // The header is recorded by now, but the record at it is news.
  const late = new RootUpdate({ headers: [], height: 5 }, record);
  expect(world.next([late]).transactions).toEqual([late]);
  expect(world.refusal(late)).toBe("root update that does not advance");
  expect(actingSeat(operator(1))).toEqual(seat(1));
});
