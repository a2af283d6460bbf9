import { expect, test } from "vitest";
import { decodeTransaction, encodeTransaction } from "../../ledger/transaction.ts";
import { verifyTransaction } from "../../light/state-proof.ts";
import { findIn } from "../../node/block-lookup.ts";
import { anyHash, LightChain } from "../light/light-chain.ts";
import { transfer } from "../people.ts";
import { outward, World } from "../subchain/world.ts";

test("a transaction is found by its id, in its place, under the block's root", () => {
  const chain = new LightChain();
  const sent = Array.from({ length: 13 }, (_, nonce) => transfer(0, nonce));
  chain.add(sent);
  const block = chain.blocks[0] ?? expect.fail("no block");
  for (const { id } of sent) {
    const [found, ...more] = findIn(block, { kind: "transaction", id });
    if (found === undefined) return expect.fail("it is not found");
    expect(more).toEqual([]);
    expect(found.height).toBe(1);
    expect(block.transactions[found.proof.index]?.id).toBe(id);
    expect(verifyTransaction(block.header.transactionRoot, found.encoded, found.proof)).toBe(true);
  }
  expect(findIn(block, { kind: "transaction", id: anyHash(1) })).toEqual([]);
  expect(findIn(block, { kind: "cross", destination: 0 })).toEqual([]);
});

test("what crosses chains is found once for all who ask, and whoever gets the bytes gets the transaction", () => {
  const world = new World();
  const [pay, lock] = [
    world.action(0, { kind: "pay", token: 1, to: anyHash(2), amount: 0n }),
    world.action(1, { kind: "lock", transfer: outward() }),
  ];
  const block = world.next([pay, lock]);
  const found = findIn(block, { kind: "cross", destination: 0 });
  expect(found).toHaveLength(1);
  expect(findIn(block, { kind: "cross", destination: 0 })).toBe(found);
  const { encoded, proof } = found[0] ?? expect.fail("no lock");
  expect(encoded).toEqual(encodeTransaction(lock));
  expect(verifyTransaction(block.header.transactionRoot, encoded, proof)).toBe(true);
  expect(decodeTransaction(encoded)).toBe(lock);
  // Any other bytes are read.
  expect(decodeTransaction(encoded.slice())).toEqual(lock);
  expect(decodeTransaction(encoded.slice())).not.toBe(lock);
  expect(decodeTransaction(encoded.slice(1))).toBeNull();
});
