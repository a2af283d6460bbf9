import { expect, test } from "vitest";
import { consumedKey, lockIdOf } from "../../bridge/cross-transfer.ts";
import { ZERO_HASH } from "../../core/ids.ts";
import { IOTX } from "../../core/units.ts";
import { encodeTransaction, type LedgerTransaction } from "../../ledger/transaction.ts";
import { UtxoTransaction } from "../../rootchain/transaction.ts";
import { SubchainPool } from "../../subchain/pool.ts";
import { RootUpdate, SubRefund } from "../../subchain/transaction.ts";
import { crypto, holder, smallChain, transfer } from "../people.ts";
import { inward, legOf, reorgOf } from "./deliveries.ts";
import { account, HERE, outward, StateStub, specificationOf, World } from "./world.ts";

function poolOf({ specification }: World): SubchainPool {
  return new SubchainPool({ specification, extensions: new Map() });
}

function update(world: World, height: number): RootUpdate {
  return new RootUpdate({ headers: [world.root.header(height)], height }, null);
}

test("candidates fill a block: updates, proofs, then accounts' transactions by fee and nonce", () => {
  const world = new World();
  const pool = poolOf(world);
  const pay = transfer(0, 0, { chainId: HERE, fee: 3n });
  const lock = world.action(0, { kind: "lock", transfer: outward() }, { nonce: 1, fee: 9n });
  const other = transfer(1, 0, { chainId: HERE, fee: 5n });
  const reorg = reorgOf(world, legOf(inward()));
  const [near, far] = [update(world, 2), update(world, 5)];
  for (const each of [other, lock, reorg, near, pay, far]) expect(pool.add(crypto, each, world.state)).toBeNull();
  expect(pool.size).toBe(6);
  const candidates = pool.candidates(world.state);
  expect(candidates).toEqual([far, near, reorg, pay, lock, other]);
  const { transactions } = world.next(candidates);
  expect(transactions).toEqual([far, reorg, pay, lock, other]);
  const before = transactions.map(encodeTransaction);
  pool.settle(transactions, world.state);
  expect(pool.size).toBe(0);
  expect(pool.candidates(world.state)).toEqual([]);
  // What is final gives its encoding up, and has the same one whenever it is asked for.
  expect(transactions.map(encodeTransaction)).toEqual(before);
});

test("a pool keeps nothing that could not be paid for, is not signed, or is not proven", () => {
  const world = new World();
  const pool = poolOf(world);
  const forged = transfer(0, 0, { chainId: HERE });
  crypto.sign(forged, holder(1));
  const alien = new UtxoTransaction({ chainId: 1, version: 1, inputs: [], outputs: [], lockTime: 0, payload: null });
  const cases: [LedgerTransaction, string][] = [
    [transfer(0, 0, { chainId: 3 }), "transaction of another chain"],
    [transfer(9, 0, { chainId: HERE }), "transaction beyond its sender's balance"],
    [
      world.action(0, { kind: "lock", transfer: outward({ amount: 1000n * IOTX }) }),
      "transaction beyond its sender's balance",
    ],
    [world.action(0, { kind: "lock", transfer: outward({ token: 9 }) }), "transaction beyond its sender's balance"],
    [world.action(0, { kind: "call", code: 4, input: new Uint8Array(0) }), "call of unknown code"],
    [forged, "transaction with a bad signature"],
    [alien, "transaction of another kind of chain"],
    [reorgOf(world, legOf(inward()), { reorg: { leg: Uint8Array.of(9) } }), "delivery of no lock"],
    [reorgOf(world, legOf(inward()), { reorg: { lockId: ZERO_HASH } }), "delivery that is not proven"],
    [new RootUpdate({ headers: [], height: 0 }, null), "root update that does not advance"],
  ];
  for (const [transaction, refusal] of cases) expect(pool.add(crypto, transaction, world.state)).toBe(refusal);
  expect(pool.size).toBe(0);
});

test("pools of one chain on one state judge an account's transaction once, and nothing but that is taken over", () => {
  const world = new World();
  const rules = { specification: world.specification, extensions: new Map() };
  const [one, other] = [new SubchainPool(rules), new SubchainPool(rules)];
  const late = transfer(9, 0, { chainId: HERE });
  const refusal = "transaction beyond its sender's balance";
  const before = world.state;
  expect(one.add(crypto, late, before)).toBe(refusal);
  const first = late.judgement;
  expect(other.add(crypto, late, before)).toBe(refusal);
  expect(late.judgement).toBe(first);
  // Another chain's rules, and another state, are asked anew.
  expect(poolOf(world).add(crypto, late, before)).toBe(refusal);
  expect(late.judgement).not.toBe(first);
  world.next([transfer(0, 0, { chainId: HERE, to: 9, amount: 2n * IOTX })]);
  expect(one.add(crypto, late, world.state)).toBeNull();
  expect(other.add(crypto, late, before)).toBe(refusal);
  expect(other.add(crypto, late, world.state)).toBeNull();
  // What is final holds no state alive.
  expect(late.judgement).not.toBeNull();
  one.settle(world.next([late]).transactions, world.state);
  expect(late.judgement).toBeNull();
  expect(one.add(crypto, late, world.state)).toBe("transaction already spent");
});

test("a judgement that is shared says nothing of signatures: each pool verifies them itself", () => {
  const world = new World();
  const rules = { specification: world.specification, extensions: new Map() };
  const pay = transfer(0, 0, { chainId: HERE });
  let verified = 0;
  const counting = {
    ...crypto,
    verify: (...asked: Parameters<typeof crypto.verify>) => {
      verified++;
      return crypto.verify(...asked);
    },
  };
  for (const pool of [new SubchainPool(rules), new SubchainPool(rules)]) {
    expect(pool.add(counting, pay, world.state)).toBeNull();
  }
  expect(verified).toBe(2);
});

test("each lock is settled by one transaction; what has become stale is dropped", () => {
  const world = new World();
  const lock = world.action(0, { kind: "lock", transfer: outward() });
  world.next([lock]);
  const pool = poolOf(world);
  const { timeUs } = world.plan();
  const short = legOf(inward({ destinationExpiryUs: timeUs + 400_000 }));
  const reorg = reorgOf(world, short);
  expect(pool.add(crypto, reorg, world.state)).toBeNull();
  expect(pool.add(crypto, reorgOf(world, short, { height: 4 }), world.state)).toBe("lock that is being settled");
  const state = new StateStub().set(account(1), Uint8Array.of(1));
  const lockId = lockIdOf(HERE, lock.id);
  const height = 700;
  const path = { headers: [world.root.header(height, { stateRoot: state.root })], height };
  const refund = new SubRefund({ lockId, path, proof: state.prove(consumedKey(lockId)), credit: null });
  expect(pool.add(crypto, refund, world.state)).toBeNull();
  world.next();
  world.next();
  pool.settle([], world.state);
  expect(pool.get(reorg.id)).toBeUndefined();
  expect(pool.get(refund.id)).toBe(refund);
  const { transactions } = world.next(pool.candidates(world.state));
  pool.settle(transactions, world.state);
  expect(pool.size).toBe(0);
});

test("proofs take at most half of a block", () => {
  const sizeBytes = encodeTransaction(reorgOf(new World(), legOf(inward()))).length;
  const parameters = smallChain(4, { chainId: HERE, maxBlockBytes: 5 * sizeBytes });
  const world = new World(specificationOf({ parameters }));
  const pool = poolOf(world);
  for (let nonce = 0; nonce < 4; nonce++) {
    expect(pool.add(crypto, reorgOf(world, legOf(inward(), { nonce })), world.state)).toBeNull();
  }
  expect(pool.candidates(world.state).length).toBe(2);
});

test("updates that reach furthest are kept", () => {
  const world = new World();
  const pool = poolOf(world);
  for (let height = 2; height < 12; height++) pool.add(crypto, update(world, height), world.state);
  expect(pool.size).toBe(8);
  expect(pool.add(crypto, update(world, 3), world.state)).toBe("pool of root updates full");
  const [best] = pool.candidates(world.state);
  expect(best?.kind === "root-update" ? best.path.height : 0).toBe(11);
  expect(pool.add(crypto, best as LedgerTransaction, world.state)).toBe("root update that is known");
});
