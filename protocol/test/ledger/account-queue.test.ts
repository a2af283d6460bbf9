import fc from "fast-check";
import { expect, test } from "vitest";
import { AccountQueue } from "../../ledger/account-queue.ts";
import { encodeTransaction, type Transfer, transactionBytes } from "../../ledger/transaction.ts";
import { transfer } from "../people.ts";

test("holds what a plain list of what came in and was spent holds", () => {
  const step = fc.record({
    from: fc.nat(2),
    nonce: fc.nat(5),
    fee: fc.bigInt({ min: 1n, max: 40n }),
    spends: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const queue = new AccountQueue<Transfer>();
      let held: Transfer[] = [];
      for (const { from, nonce, fee, spends } of steps) {
        const given = transfer(from, nonce, { fee });
        const isRival = (each: Transfer) => each.sender === given.sender && each.nonce === nonce;
        if (spends) {
          queue.spent(given.sender, nonce);
          held = held.filter((each) => each.sender !== given.sender || each.nonce > nonce);
        } else if (queue.add(given) === null) held = [...held.filter((each) => !isRival(each)), given];
        expect(queue.size).toBe(held.length);
        for (const each of held) expect(queue.get(each.id)).toBe(each);
      }
    }),
    { numRuns: 60, seed: 1 },
  );
});

test("a transfer's size is that of its encoding", () => {
  for (const data of [new Uint8Array(), new Uint8Array(300)]) {
    const given = transfer(0, 1, { fee: 5n, data });
    expect(transactionBytes(given)).toBe(encodeTransaction(given).length);
  }
});
