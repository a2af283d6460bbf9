import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DelegateId, ZERO_HASH } from "../../core/ids.ts";
import { MAX_MEMPOOL_TRANSACTIONS } from "../../core/limits.ts";
import { MAX_ANCESTORS, MAX_POOL_BYTES, MAX_REPLACED } from "../../rootchain/limits.ts";
import type { RootPool } from "../../rootchain/mempool.ts";
import { Opcode } from "../../rootchain/script/index.ts";
import { UtxoTransaction } from "../../rootchain/transaction.ts";
import { crypto } from "../people.ts";
import { CHAIN, COIN, coinOf, paying, spending, World } from "./world.ts";

function poolOf(world: World): RootPool {
  return world.rules.createPool() as RootPool;
}

/** @returns a payment of one genesis coin that leaves a fee */
function payment(world: World, index: number, fee: bigint, to = index): UtxoTransaction {
  return spending([world.coin(index)], [paying(to, COIN - fee)]);
}

/** @returns transactions that spend one another's only output, the first of them a genesis coin */
function chainOf(world: World, index: number, length: number, fee = 1000n): UtxoTransaction[] {
  const chain = [payment(world, index, fee)];
  while (chain.length < length) {
    const last = chain.at(-1) as UtxoTransaction;
    const amount = (last.outputs[0]?.amount ?? 0n) - fee;
    chain.push(spending([coinOf(last, 0, index)], [paying(index, amount)]));
  }
  return chain;
}

/** @returns a claim of a delegate's rewards of epoch 0, which needs neither input nor signature */
function rewardClaim(world: World, delegate: number, amount: bigint): UtxoTransaction {
  const { lockingScript } = world.stakeOf(delegate).bond.output;
  const payload = {
    kind: "claim-reward",
    of: "delegate",
    delegate: delegate as DelegateId,
    vote: ZERO_HASH,
    throughEpoch: 0,
  } as const;
  const outputs = [{ amount, lockingScript }];
  return new UtxoTransaction({ chainId: CHAIN, version: 2, inputs: [], outputs, lockTime: 0, payload });
}

describe("a pool", () => {
  it("keeps what may enter a block, and nothing else", () => {
    const world = new World();
    const pool = poolOf(world);
    const good = payment(world, 0, 1000n);
    expect(pool.add(crypto, good, world.view)).toBeNull();
    expect(pool.add(crypto, good, world.view)).toBe("transaction already pending");
    expect(pool.get(good.id)).toBe(good);
    expect(pool.add(crypto, payment(world, 1, -1n), world.view)).toBe("more comes out than goes in");
    expect(pool.add(crypto, payment(world, 1, 1n), world.view)).toBe("fee below the least");
    const unknown = coinOf(payment(world, 1, 7n), 0, 1);
    expect(pool.add(crypto, spending([unknown], [paying(1, 1n)]), world.view)).toBe(
      "input that is spent, or never was",
    );
    const later = spending([{ ...world.coin(2), sequence: 0 }], [paying(1, 1n)], { lockTime: 9 });
    expect(pool.add(crypto, later, world.view)).toBe("transaction before its lock time");
    const large = spending(
      [world.coin(3)],
      Array.from({ length: 12 }, () => oversized()),
    );
    expect(pool.add(crypto, large, world.view)).toBe("transaction too large");
    expect(pool.size).toBe(1);
  });

  it("refuses what an upgrade may redefine, which a block may hold", () => {
    const world = new World();
    const script = Uint8Array.of(Opcode.NOP10, Opcode["1"]);
    const funding = spending([world.coin(0)], [{ amount: COIN, lockingScript: script }]);
    world.mine(funding);
    const spend = spending([coinOf(funding, 0, 0)], [paying(1, 1n)]);
    const inputs = spend.inputs.map((input) => ({ ...input, unlockingScript: new Uint8Array(0) }));
    const bare = new UtxoTransaction({ ...plain(spend), inputs });
    expect(poolOf(world).add(crypto, bare, world.view)).toMatch(/discouraged-nop/);
    expect(world.refusal(bare)).toBeNull();
  });

  it("offers best fees first, and ancestors before those that pay for them", () => {
    const world = new World();
    const pool = poolOf(world);
    const parent = payment(world, 0, 1000n, 0);
    const child = spending([coinOf(parent, 0, 0)], [paying(0, COIN - 1_000_000n)]);
    const [low, high] = [payment(world, 1, 5000n), payment(world, 2, 50_000n)];
    for (const each of [low, parent, high, child]) expect(pool.add(crypto, each, world.view)).toBeNull();
    expect(pool.candidates(world.view)).toEqual([parent, child, high, low]);
    expect(world.mine(...pool.candidates(world.view))).toEqual([]);
  });

  it("judges alike what another node has judged, and charges for it", () => {
    const world = new World();
    const transaction = payment(world, 0, 1000n);
    const counted = counting();
    expect(poolOf(world).add(counted.crypto, transaction, world.view)).toBeNull();
    expect(counted.verified).toBe(1);
    expect(poolOf(world).add(counted.crypto, transaction, world.view)).toBeNull();
    expect(counted.verified).toBe(2);
    world.mine(transaction);
    expect(poolOf(world).add(counted.crypto, transaction, world.view)).toBe("input that is spent, or never was");
  });
});

describe("a replacement", () => {
  it("pays more in all and per byte", () => {
    const world = new World();
    const pool = poolOf(world);
    const first = payment(world, 0, 1000n, 1);
    expect(pool.add(crypto, first, world.view)).toBeNull();
    expect(pool.add(crypto, payment(world, 0, 1000n, 2), world.view)).toBe("replacement that pays no more per byte");
    expect(pool.add(crypto, payment(world, 0, 1001n, 2), world.view)).toBe("replacement that pays too little more");
    const larger = spending([world.coin(0), world.coin(1)], [paying(2, 2n * COIN - 1300n)]);
    expect(pool.add(crypto, larger, world.view)).toBe("replacement that pays no more per byte");
    const better = payment(world, 0, 2000n, 2);
    expect(pool.add(crypto, better, world.view)).toBeNull();
    expect(pool.candidates(world.view)).toEqual([better]);
  });

  it("pays for all that it evicts, descendants too", () => {
    const world = new World();
    const pool = poolOf(world);
    const chain = chainOf(world, 0, 4, 1000n);
    for (const each of chain) expect(pool.add(crypto, each, world.view)).toBeNull();
    expect(pool.add(crypto, payment(world, 0, 4000n, 5), world.view)).toBe("replacement that pays too little more");
    const better = payment(world, 0, 4500n, 5);
    expect(pool.add(crypto, better, world.view)).toBeNull();
    expect(pool.candidates(world.view)).toEqual([better]);
    expect(pool.size).toBe(1);
  });

  it("does not rest on what it replaces", () => {
    const world = new World();
    const pool = poolOf(world);
    const first = payment(world, 0, 1000n, 0);
    pool.add(crypto, first, world.view);
    const odd = spending([world.coin(0), coinOf(first, 0, 0)], [paying(0, COIN)]);
    expect(pool.add(crypto, odd, world.view)).toBe("replacement that rests on what it replaces");
  });

  it("evicts no more than its bound", () => {
    const world = new World({ coins: 130 });
    const pool = poolOf(world);
    for (let index = 0; index <= MAX_REPLACED; index++) {
      expect(pool.add(crypto, payment(world, index, 1000n), world.view)).toBeNull();
    }
    const all = world.coins.slice(0, MAX_REPLACED + 1);
    const amount = COIN * BigInt(all.length) - 10_000_000n;
    expect(pool.add(crypto, spending(all, [paying(0, amount)]), world.view)).toBe("replacement of too many");
    const fewer = spending(all.slice(1), [paying(0, amount - COIN)]);
    expect(pool.add(crypto, fewer, world.view)).toBeNull();
    expect(pool.size).toBe(2);
  });

  it("is asked for where two are about the same", () => {
    const world = new World({ delegates: 1, commissionOf: () => 10_000 });
    world.mineTo(6);
    const pool = poolOf(world);
    const earned = world.blocks.reduce((sum, { header }) => {
      return sum + (5_000_000_000_000_000_000n * (1000n - BigInt(header.height))) / 1000n;
    }, 0n);
    expect(pool.add(crypto, rewardClaim(world, 0, earned), world.view)).toBe("fee below the least");
    expect(pool.add(crypto, rewardClaim(world, 0, earned - 1000n), world.view)).toBeNull();
    expect(pool.add(crypto, rewardClaim(world, 0, earned - 1001n), world.view)).toMatch(/pays too little more/);
    const better = rewardClaim(world, 0, earned - 3000n);
    expect(pool.add(crypto, better, world.view)).toBeNull();
    expect(pool.candidates(world.view)).toEqual([better]);
  });
});

describe("a chain of pending transactions", () => {
  it("is no longer than its bound", () => {
    const world = new World();
    const pool = poolOf(world);
    const chain = chainOf(world, 0, MAX_ANCESTORS + 1);
    const outcomes = chain.map((each) => pool.add(crypto, each, world.view));
    expect(outcomes.slice(0, -1).every((each) => each === null)).toBe(true);
    expect(outcomes.at(-1)).toBe("too many pending ancestors");
    expect(pool.candidates(world.view)).toEqual(chain.slice(0, -1));
  });

  it("does not begin with stake", () => {
    const world = new World();
    const pool = poolOf(world);
    const payload = { kind: "vote", delegate: 0 as DelegateId } as const;
    const vote = spending([world.coin(0)], [paying(0, 1n * COIN - 5000n), paying(0, 4000n)], { payload });
    expect(pool.add(crypto, vote, world.view)).toBeNull();
    const refused = spending([coinOf(vote, 0, 0)], [paying(0, 1n)]);
    expect(pool.add(crypto, refused, world.view)).toBe("input that is spent, or never was");
    const change = spending([coinOf(vote, 1, 0)], [paying(0, 1000n)]);
    expect(pool.add(crypto, change, world.view)).toBeNull();
    expect(world.mine(...pool.candidates(world.view))).toEqual([]);
  });

  it("counts what rests on it, not what did", () => {
    const world = new World();
    const pool = poolOf(world);
    const parent = payment(world, 0, 1000n, 0);
    expect(pool.add(crypto, parent, world.view)).toBeNull();
    for (let fee = 1000n; fee < 50_000n; fee += 1000n) {
      const child = spending([coinOf(parent, 0, 0)], [paying(0, COIN - 1000n - fee)]);
      expect(pool.add(crypto, child, world.view)).toBeNull();
    }
    expect(pool.size).toBe(2);
  });

  it("goes on when its beginning is final", () => {
    const world = new World();
    const pool = poolOf(world);
    const chain = chainOf(world, 0, 3);
    for (const each of chain) pool.add(crypto, each, world.view);
    world.mine(chain[0] as UtxoTransaction);
    pool.settle(chain.slice(0, 1), world.view);
    expect(pool.candidates(world.view)).toEqual(chain.slice(1));
    expect(world.mine(...pool.candidates(world.view))).toEqual([]);
  });

  it("is void when its beginning is", () => {
    const world = new World();
    const pool = poolOf(world);
    for (const each of chainOf(world, 0, 3)) pool.add(crypto, each, world.view);
    const rival = payment(world, 0, 77_777n, 4);
    world.mine(rival);
    pool.settle([rival], world.view);
    expect(pool.size).toBe(0);
    expect(pool.sizeBytes).toBe(0);
  });
});

describe("a full pool", () => {
  it("gives the room of what pays worst to what pays better", { timeout: 30_000 }, () => {
    const world = new World({ coins: MAX_MEMPOOL_TRANSACTIONS + 3, root: { minFeePerByte: 0n } });
    const pool = poolOf(world);
    const spare = MAX_MEMPOOL_TRANSACTIONS;
    // The worst by itself is kept by a child that pays for both.
    const parent = payment(world, spare, 1n, spare);
    const child = spending([coinOf(parent, 0, spare)], [paying(0, COIN - 10_000_000n)]);
    for (const each of [parent, child]) expect(pool.add(crypto, each, world.view)).toBeNull();
    const others = world.coins.slice(0, MAX_MEMPOOL_TRANSACTIONS - 2);
    others.forEach((_, index) => {
      expect(pool.add(crypto, payment(world, index, 100n + BigInt(index)), world.view)).toBeNull();
    });
    expect(pool.size).toBe(MAX_MEMPOOL_TRANSACTIONS);
    const poor = payment(world, spare + 1, 5n);
    expect(pool.add(crypto, poor, world.view)).toBe("pool full of better-paying transactions");
    expect(pool.add(crypto, payment(world, spare + 1, 1_000_000n), world.view)).toBeNull();
    expect(pool.size).toBe(MAX_MEMPOOL_TRANSACTIONS);
    expect(pool.get(payment(world, 0, 100n).id)).toBeUndefined();
    expect(pool.get(payment(world, 1, 101n).id)).toBeDefined();
    expect(pool.get(parent.id)).toBeDefined();
  });

  it("is bounded in bytes too", { timeout: 30_000 }, () => {
    const world = new World({ coins: 400, root: { minFeePerByte: 0n } });
    const pool = poolOf(world);
    world.coins.forEach((coin, index) => {
      const outputs = Array.from({ length: 9 }, () => oversized());
      pool.add(crypto, spending([coin], [...outputs, paying(0, BigInt(index))]), world.view);
      expect(pool.sizeBytes).toBeLessThanOrEqual(MAX_POOL_BYTES);
    });
    expect(pool.sizeBytes).toBeGreaterThan(MAX_POOL_BYTES - 100_000);
    expect(pool.size).toBeLessThan(400);
  });

  it("forgets what no block has taken for long", () => {
    const world = new World({ root: { poolTimeoutBlocks: 3 } });
    const pool = poolOf(world);
    for (const each of chainOf(world, 0, 2)) pool.add(crypto, each, world.view);
    for (let block = 0; block < 3; block++) {
      expect(pool.size).toBe(2);
      world.mine();
      pool.settle([], world.view);
    }
    expect(pool.size).toBe(0);
  });
});

describe("any history of a pool", () => {
  it("keeps it consistent: all that it offers takes effect in its order, its sums are those of its parts", () => {
    const step = fc.record({
      from: fc.nat({ max: 40 }),
      also: fc.nat({ max: 40 }),
      parts: fc.integer({ min: 1, max: 2 }),
      fee: fc.bigInt({ min: 0n, max: 20_000n }),
      mine: fc.nat({ max: 9 }),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 25 }), (steps) => {
        const world = new World({ coins: 5 });
        const pool = poolOf(world);
        const coins = [...world.coins];
        for (const { from, also, parts, fee, mine } of steps) {
          const spent = [...new Set([coins[from % coins.length], coins[also % coins.length]])] as typeof coins;
          const sum = spent.reduce((total, { output }) => total + output.amount, 0n) - fee;
          const outputs = Array.from({ length: parts }, (_, index) => paying(index, sum / BigInt(parts)));
          const transaction = spending(spent, outputs);
          pool.add(crypto, transaction, world.view);
          coins.push(...outputs.map((_, index) => coinOf(transaction, index, index)));
          const offered = pool.candidates(world.view);
          expect(offered).toHaveLength(pool.size);
          const before = world.state;
          expect(world.mine(...offered)).toEqual([]);
          const { transactions } = world.blocks.at(-1) ?? { transactions: [] };
          if (mine === 0) pool.settle(transactions, world.view);
          else world.state = before;
          expect(pool.sizeBytes).toBe(
            pool.candidates(world.view).reduce((bytes, each) => bytes + each.encoded.length, 0),
          );
        }
        world.mine(...pool.candidates(world.view));
        pool.settle(world.blocks.at(-1)?.transactions ?? [], world.view);
        return pool.size === 0 && pool.sizeBytes === 0;
      }),
      { numRuns: 60 },
    );
  });
});

/** @returns cryptography that counts what it verifies */
function counting() {
  const counted = { verified: 0, crypto };
  counted.crypto = {
    ...crypto,
    verify: (object, publicKey) => {
      counted.verified++;
      return crypto.verify(object, publicKey);
    },
  };
  return counted;
}

/** @returns an output nobody can spend, of nearly the longest script */
function oversized() {
  return { amount: 0n, lockingScript: new Uint8Array(9_990).fill(Opcode.NOP) };
}

function plain({ chainId, version, inputs, outputs, lockTime, payload }: UtxoTransaction) {
  return { chainId, version, inputs, outputs, lockTime, payload };
}
