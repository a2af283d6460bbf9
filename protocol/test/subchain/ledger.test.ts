import fc from "fast-check";
import { expect, test } from "vitest";
import { IOTX } from "../../core/units.ts";
import { addressOf } from "../../ledger/address.ts";
import { balanceOf } from "../../subchain/balances.ts";
import { rewardOf } from "../../subchain/rewards.ts";
import type { ChainSpecification } from "../../subchain/specification.ts";
import { tallyOf } from "../../subchain/tally.ts";
import { crypto, holder, transfer } from "../people.ts";
import { account, ELSEWHERE, HERE, HOUR_US, outward, START_US, seat, specificationOf, World } from "./world.ts";

const SUPPLY = 3000n * IOTX;

function held(world: World, token = 1): bigint {
  return tallyOf(world.specification, world.entries).held.get(token) ?? 0n;
}

test("whatever is transferred and locked, balances, rewards and open locks add up to what was there", () => {
  const step = fc.record({
    from: fc.nat(3),
    to: fc.nat(4),
    amount: fc.bigInt({ min: 0n, max: 1200n * IOTX }),
    fee: fc.bigInt({ min: 0n, max: 1000n }),
    locks: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 25 }), (steps) => {
      const pool = 1001n;
      const world = new World(specificationOf({ rewardPool: pool, rewardBlocks: 7 }));
      for (const { from, to, amount, fee, locks } of steps) {
        const sent = locks
          ? world.action(
              from,
              {
                kind: "lock",
                transfer: outward({
                  amount,
                  rootExpiryUs: world.state.timeUs + HOUR_US / 2,
                  destinationExpiryUs: world.state.timeUs + HOUR_US / 2,
                }),
              },
              { fee },
            )
          : transfer(from, world.nonceOf(from), { to, amount, fee, chainId: HERE });
        const affordable =
          balanceOf(world.specification, world.entries, { address: account(from), token: 1 }) >= amount + fee;
        const sensible = !locks || amount > 12n;
        expect(world.next([sent]).transactions.length).toBe(affordable && sensible ? 1 : 0);
      }
      const { held: sums, openLocks } = tallyOf(world.specification, world.entries);
      const locked = openLocks.reduce((sum, lock) => sum + lock.transfer.amount, 0n);
      expect((sums.get(1) as bigint) + locked).toBe(SUPPLY + pool);
    }),
    { numRuns: 60, seed: 1 },
  );
});

test("a nonce takes effect once, in order", () => {
  const world = new World();
  const first = transfer(0, 0, { chainId: HERE });
  expect(world.refusal(transfer(0, 1, { chainId: HERE }))).toBe("nonce gap");
  expect(world.next([first, first]).transactions).toEqual([first]);
  expect(world.refusal(first)).toBe("stale nonce");
});

test("transfers of other chains, without cover or with another's signature are refused", () => {
  const world = new World();
  expect(world.refusal(transfer(0, 0, { chainId: 1 }))).toBe("transaction of another chain");
  expect(world.refusal(transfer(0, 0, { chainId: HERE, amount: 1000n * IOTX, fee: 1n }))).toBe("insufficient balance");
  const forged = transfer(0, 0, { chainId: HERE });
  crypto.sign(forged, holder(1));
  expect(world.refusal(forged)).toBe("transaction with a bad signature");
  expect(world.refusal(transfer(0, 0, { chainId: HERE, amount: 1000n * IOTX, fee: 0n }))).toBeNull();
});

test("fees and the prefunded reward go to the operators in equal shares, the rest to the proposer", () => {
  const world = new World(specificationOf({ rewardPool: 22n, rewardBlocks: 2 }));
  const proposer = world.state.rotation.registry.addressOf(world.plan().proposer);
  world.next([transfer(0, 0, { chainId: HERE, fee: 4n })]);
  for (let index = 0; index < 4; index++) {
    const address = addressOf(seat(index).publicKey);
    const share = balanceOf(world.specification, world.entries, { address, token: 1 });
    expect(share).toBe(address === proposer ? 6n : 3n);
  }
  world.next();
  world.next();
  expect(held(world)).toBe(SUPPLY + 22n);
});

test("rewards are equal parts of the pool and add up to all of it", () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 10n ** 24n }),
      fc.integer({ min: 1, max: 50 }),
      (rewardPool, rewardBlocks) => {
        const specification = specificationOf({ rewardPool, rewardBlocks });
        const rewards = Array.from({ length: rewardBlocks + 3 }, (_, index) => rewardOf(specification, index + 1));
        expect(rewards.reduce((sum, each) => sum + each, 0n)).toBe(rewardPool);
        const part = rewardPool / BigInt(rewardBlocks);
        for (const each of rewards.slice(0, rewardBlocks)) expect(each === part || each === part + 1n).toBe(true);
      },
    ),
    { numRuns: 100, seed: 2 },
  );
});

test("locks that could not arrive, or not come back, are refused", () => {
  const world = new World();
  const { timeUs } = world.plan();
  const cases: [Parameters<typeof outward>[0], string][] = [
    [{ sourceChain: ELSEWHERE }, "lock from another chain"],
    [{ destinationChain: HERE }, "transfer to its own chain"],
    [{ amount: 12n }, "transfer that its fees use up"],
    [{ amount: 0n, relockFee: 0n, deliveryFee: 0n }, "transfer that its fees use up"],
    [{ amount: 1001n * IOTX }, "insufficient balance"],
    [{ token: HERE }, "relock fee in a token that the rootchain does not hold"],
    [{ token: HERE, relockFee: 0n }, "insufficient balance"],
    [{ destinationChain: 1 }, "delivery fee on the rootchain"],
    [{ destinationChain: 1, token: HERE, relockFee: 0n }, "token that the rootchain does not hold"],
    [{ receiver: new Uint8Array(31) }, "receiver that is no address of the destination"],
    [{ fallback: new Uint8Array(0) }, "transfer without a fallback"],
    [{ rootExpiryUs: timeUs }, "root expiry out of range"],
    [{ rootExpiryUs: timeUs + HOUR_US }, "root expiry out of range"],
    [{ destinationExpiryUs: timeUs + HOUR_US }, "destination expiry out of range"],
    [{ rootExpiryUs: START_US + 1300_000_000 }, "destination expiry out of range"],
  ];
  for (const [changes, refusal] of cases) {
    expect(world.refusal(world.action(0, { kind: "lock", transfer: outward(changes) }))).toBe(refusal);
  }
  expect(world.refusal(world.action(0, { kind: "lock", transfer: outward() }))).toBeNull();
});

test("on a private chain only who was admitted sends and receives; only the administrator admits", () => {
  const permission = { kind: "private", administrator: account(0) } as const;
  const specification: ChainSpecification = specificationOf({ permission });
  const endowed = [0, 1].map((index) => ({ address: account(index), amount: IOTX }));
  const world = new World(specification, { accounts: endowed });
  const admit = (from: number, mayWrite: boolean) =>
    world.action(from, { kind: "permit", address: account(2), mayRead: false, mayWrite });
  const pay = () => transfer(1, world.nonceOf(1), { to: 2, amount: 5n, chainId: HERE });
  expect(world.refusal(pay())).toBe("receiver that may not write");
  expect(world.refusal(admit(1, true))).toBe("permission from no administrator");
  expect(world.next([admit(0, true), pay()]).transactions.length).toBe(2);
  expect(world.next([transfer(2, 0, { to: 1, amount: 2n, chainId: HERE })]).transactions.length).toBe(1);
  world.next([admit(0, false)]);
  expect(world.refusal(transfer(2, 1, { to: 1, amount: 1n, chainId: HERE }))).toBe("sender that may not write");
});

test("a public chain has no administrator", () => {
  const world = new World();
  const permit = { kind: "permit", address: account(2), mayRead: true, mayWrite: true } as const;
  expect(world.refusal(world.action(0, permit))).toBe("permission from no administrator");
});

test("a token of another chain is paid onward, by whoever holds it and to whoever may write", () => {
  const accounts = [
    { address: account(0), amount: IOTX },
    { address: account(1), amount: IOTX },
    { address: account(0), amount: 100n, token: ELSEWHERE },
  ];
  const world = new World(specificationOf(), { accounts });
  const pay = (from: number, to: number, amount: bigint, token = ELSEWHERE) =>
    world.action(from, { kind: "pay", token, to: account(to), amount });
  expect(world.refusal(pay(0, 1, 5n, 1))).toBe("payment in the native token, which transfers move");
  expect(world.refusal(pay(0, 1, 101n))).toBe("insufficient balance");
  expect(world.next([pay(0, 1, 60n)]).transactions.length).toBe(1);
  expect(world.next([pay(1, 2, 20n)]).transactions.length).toBe(1);
  const balances = [0, 1, 2].map((index) => {
    return balanceOf(world.specification, world.entries, { address: account(index), token: ELSEWHERE });
  });
  expect(balances).toEqual([40n, 40n, 20n]);
  const [administrator] = [account(0)];
  const ward = new World(specificationOf({ permission: { kind: "private", administrator } }), { accounts });
  const stranger = ward.action(0, { kind: "pay", token: ELSEWHERE, to: account(3), amount: 1n });
  expect(ward.refusal(stranger)).toBe("receiver that may not write");
});
