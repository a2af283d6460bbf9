import fc from "fast-check";
import { expect, test } from "vitest";
import type { ChainState } from "../../consensus/chain-state.ts";
import type { Hash } from "../../core/ids.ts";
import { MAX_MEMPOOL_PER_SENDER, MAX_MEMPOOL_TRANSACTIONS } from "../../core/limits.ts";
import { Accounts, applyTransfer, transferFault } from "../../ledger/accounts.ts";
import { addressOf } from "../../ledger/address.ts";
import { Mempool } from "../../ledger/mempool.ts";
import type { Transfer } from "../../ledger/transaction.ts";
import { crypto, ENDOWMENT, genesisOf, holder, registryOf, smallChain, transfer } from "../people.ts";

function accountsOf(holders: number): Accounts {
  let accounts = new Accounts();
  for (let index = 0; index < holders; index++) {
    accounts = accounts.set(addressOf(holder(index).publicKey), { balance: ENDOWMENT, nonce: 0 });
  }
  return accounts;
}

const genesis = genesisOf(smallChain(4), registryOf(4));

function viewOf(accounts: Accounts): ChainState {
  return { ...genesis, ledger: { entries: accounts.map } };
}

test("candidates may follow each other on the accounts, whatever came in and in whatever order", () => {
  const arrivals = fc.array(fc.tuple(fc.nat(3), fc.nat(6), fc.bigInt({ min: 0n, max: 20n })), { maxLength: 40 });
  fc.assert(
    fc.property(arrivals, (list) => {
      const pool = new Mempool();
      let accounts = accountsOf(4);
      for (const [from, nonce, fee] of list) pool.add(crypto, transfer(from, nonce, { fee }), viewOf(accounts));
      const candidates = pool.candidates(viewOf(accounts));
      for (const each of candidates) {
        expect(transferFault(accounts, each)).toBeNull();
        accounts = applyTransfer(accounts, each);
      }
      expect(new Set(candidates.map(({ id }) => id)).size).toBe(candidates.length);
      // Nobody that could follow is left out.
      for (let from = 0; from < 4; from++) {
        const reached = accounts.get(addressOf(holder(from).publicKey)).nonce;
        expect(list.some(([sender, nonce]) => sender === from && nonce === reached)).toBe(false);
      }
    }),
    { numRuns: 60, seed: 1 },
  );
});

test("the best fee goes first and carries its sender's earlier transfers", () => {
  const accounts = accountsOf(3);
  const pool = new Mempool();
  const list = [transfer(0, 0, { fee: 1n }), transfer(0, 1, { fee: 9n }), transfer(1, 0, { fee: 5n })];
  for (const each of list) pool.add(crypto, each, viewOf(accounts));
  expect(pool.candidates(viewOf(accounts))).toEqual([list[0], list[1], list[2]]);
});

test("a replacement pays a tenth more, or is refused", () => {
  const accounts = accountsOf(1);
  const pool = new Mempool();
  expect(pool.add(crypto, transfer(0, 0, { fee: 100n }), viewOf(accounts))).toBeNull();
  expect(pool.add(crypto, transfer(0, 0, { fee: 109n }), viewOf(accounts))).toBe("transfer underpriced");
  const better = transfer(0, 0, { fee: 110n });
  expect(pool.add(crypto, better, viewOf(accounts))).toBeNull();
  expect(pool.candidates(viewOf(accounts))).toEqual([better]);
  expect(pool.size).toBe(1);
});

test("what its sender cannot pay for, or has spent, is not kept", () => {
  const spent = accountsOf(1).set(addressOf(holder(0).publicKey), { balance: 5n, nonce: 3 });
  const pool = new Mempool();
  expect(pool.add(crypto, transfer(0, 2), viewOf(spent))).toBe("transfer already spent");
  expect(pool.add(crypto, transfer(0, 3, { amount: 5n, fee: 1n }), viewOf(spent))).toBe(
    "transfer beyond its sender's balance",
  );
  expect(pool.add(crypto, transfer(9, 0), viewOf(spent))).toBe("transfer beyond its sender's balance");
  expect(pool.add(crypto, transfer(0, 3, { amount: 4n, fee: 1n }), viewOf(spent))).toBeNull();
});

test("one sender fills its own room only; a full pool keeps the best fees", () => {
  const senders = MAX_MEMPOOL_TRANSACTIONS / MAX_MEMPOOL_PER_SENDER;
  const accounts = accountsOf(senders + 1);
  const pool = new Mempool();
  for (let from = 0; from < senders; from++) {
    for (let nonce = 0; nonce < MAX_MEMPOOL_PER_SENDER; nonce++) {
      pool.add(crypto, transfer(from, nonce, { fee: 10n, to: "0".repeat(64) as Hash }), viewOf(accounts));
    }
  }
  expect(pool.size).toBe(MAX_MEMPOOL_TRANSACTIONS);
  expect(pool.add(crypto, transfer(0, MAX_MEMPOOL_PER_SENDER), viewOf(accounts))).toBe(
    "too many transfers of one sender",
  );
  expect(pool.add(crypto, transfer(senders, 0, { fee: 9n }), viewOf(accounts))).toBe("mempool full");
  expect(pool.add(crypto, transfer(senders, 0, { fee: 11n }), viewOf(accounts))).toBeNull();
  expect(pool.size).toBe(MAX_MEMPOOL_TRANSACTIONS);
});

test("a final block takes its senders' spent nonces out, rivals included, and nothing else", () => {
  const accounts = accountsOf(2);
  const pool = new Mempool();
  const kept: Transfer[] = [transfer(0, 2), transfer(1, 0)];
  for (const each of [transfer(0, 0), transfer(0, 1, { fee: 5n }), ...kept]) pool.add(crypto, each, viewOf(accounts));
  pool.settle([transfer(0, 0), transfer(0, 1, { fee: 9n })]);
  expect(pool.size).toBe(2);
  for (const { id } of kept) expect(pool.get(id)).toBeDefined();
});
