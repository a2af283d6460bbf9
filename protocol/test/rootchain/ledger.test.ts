import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { judgeBlock } from "../../consensus/chain-state.ts";
import { sha256 } from "../../crypto/hash.ts";
import { Block, bodyOf } from "../../ledger/block.ts";
import { MAX_AMOUNT } from "../../rootchain/limits.ts";
import { LOCK_TIME_THRESHOLD } from "../../rootchain/lock-time.ts";
import {
  claimHashTimeLock,
  hashTimeLock,
  multisig,
  payToScript,
  refundHashTimeLock,
  unlockMultisig,
  unlockPayToKey,
  unlockPayToScript,
} from "../../rootchain/script/index.ts";
import { supplyOf } from "../../rootchain/supply.ts";
import { type Output, type UtxoFields, UtxoTransaction } from "../../rootchain/transaction.ts";
import { type Coin, signInput, unsigned, withUnlocking } from "../../rootchain/wallet.ts";
import { crypto, holder } from "../people.ts";
import { CHAIN, COIN, coinOf, paying, sign, spending, World } from "./world.ts";

const FEE = 1000n;

/** @returns a world in whose first block the first coin went under a script, and that output */
function underScript(lockingScript: Uint8Array): { world: World; coin: Coin } {
  const world = new World();
  const funding = spending([world.coin(0)], [{ amount: COIN - FEE, lockingScript }]);
  expect(world.mine(funding)).toEqual([]);
  return { world, coin: coinOf(funding, 0, 0) };
}

/** @returns the transaction that spends one coin by a script of its own, with signatures of holders over it */
function unlocked(
  coin: Coin,
  options: {
    signers: readonly number[];
    unlock: (signatures: Uint8Array[]) => Uint8Array;
    scriptCode?: Uint8Array;
    lockTime?: number;
    sequence?: number;
  },
): UtxoTransaction {
  const { signers, unlock, scriptCode, lockTime = 0, sequence = 0 } = options;
  const bare = unsigned({ chainId: CHAIN, coins: [{ ...coin, sequence }], outputs: [paying(3, FEE)], lockTime });
  const spent = [coin.output];
  const code = scriptCode === undefined ? {} : { scriptCode };
  const signatures = signers.map((each) =>
    signInput(sign, bare, { inputIndex: 0, spent, keyPair: holder(each), ...code }),
  );
  return withUnlocking(bare, [unlock(signatures.map(({ signature }) => signature))], signatures);
}

describe("a payment", () => {
  it("moves value, and another node judges its block alike", () => {
    const world = new World();
    const payment = spending([world.coin(0)], [paying(5, COIN - FEE)]);
    expect(world.mine(payment)).toEqual([]);
    const { after, refusal } = judgeBlock(crypto, world.genesis, world.blocks[0] as Block);
    expect(refusal).toBeNull();
    expect(after?.stateRoot).toBe(world.state.stateRoot);
    expect(world.refusal(spending([coinOf(payment, 0, 5)], [paying(1, 1n)]))).toBeNull();
  });

  it("is judged alike by who knows none of its signatures", () => {
    const world = new World();
    const payment = spending([world.coin(0), world.coin(1)], [paying(5, COIN)]);
    const stranger = new UtxoTransaction(payment);
    expect(stranger.signatures).toBeNull();
    expect(world.refusal(stranger)).toBeNull();
    expect(stranger.signatures).toHaveLength(2);
    expect(world.refusal(stranger)).toBeNull();
  });

  it("is refused by a key that is not the owner's", () => {
    const world = new World();
    const stolen = spending([{ ...world.coin(0), keyPair: holder(1) }], [paying(1, 1n)]);
    expect(world.refusal(stolen)).toMatch(/equal-verify/);
  });

  it("makes no value", () => {
    const world = new World();
    expect(world.refusal(spending([world.coin(0)], [paying(1, COIN)]))).toBeNull();
    expect(world.refusal(spending([world.coin(0)], [paying(1, COIN + 1n)]))).toBe("more comes out than goes in");
    expect(world.refusal(spending([], [paying(1, 1n)]))).toBe("transaction without an input");
    expect(world.refusal(spending([world.coin(0)], []))).toBe("transaction without an output");
  });

  it("does not overflow into value", () => {
    const world = new World();
    const huge = spending([world.coin(0)], [paying(1, MAX_AMOUNT), paying(1, 1n)]);
    expect(world.refusal(huge)).toBe("outputs overflow");
    const halves = spending([world.coin(0)], [paying(1, 1n << 127n), paying(1, 1n << 127n)]);
    expect(world.refusal(halves)).toBe("outputs overflow");
  });
});

describe("an output", () => {
  it("is not spent twice inside one transaction", () => {
    const world = new World();
    const coin = world.coin(0);
    expect(world.refusal(spending([coin, coin], [paying(1, 2n * COIN)]))).toBe("input spent twice in one transaction");
  });

  it("is not spent twice in one block", () => {
    const world = new World();
    const first = spending([world.coin(0)], [paying(1, 1n)]);
    const second = spending([world.coin(0)], [paying(2, 2n)]);
    expect(world.mine(first, second)).toEqual([second]);
    // A block that holds both all the same is refused as a whole.
    const [{ header }] = world.blocks as [Block];
    const both = [first, second];
    const forged = new Block({ ...header, transactionRoot: bodyOf(both).root }, both);
    expect(judgeBlock(crypto, world.genesis, forged).refusal).toBe("input that is spent, or never was");
  });

  it("is not spent twice on the chain", () => {
    const world = new World();
    world.mine(spending([world.coin(0)], [paying(1, 1n)]));
    expect(world.refusal(spending([world.coin(0)], [paying(2, 2n)]))).toBe("input that is spent, or never was");
  });

  it("is spent by a later transaction of the same block", () => {
    const world = new World();
    const parent = spending([world.coin(0)], [paying(1, COIN)]);
    const child = spending([coinOf(parent, 0, 1)], [paying(2, COIN)]);
    expect(world.mine(child, parent)).toEqual([child]);
    const again = new World();
    expect(again.mine(parent, child)).toEqual([]);
  });
});

describe("a signature", () => {
  it("does not count on another chain", () => {
    const world = new World();
    const payment = spending([world.coin(0)], [paying(1, 1n)]);
    const elsewhere = new UtxoTransaction({ ...fieldsOf(payment), chainId: 2 });
    expect(world.refusal(elsewhere)).toBe("transaction of another chain");
    const foreign = spending([world.coin(0)], [paying(1, 1n)], { chainId: 2 });
    const replayed = new UtxoTransaction({ ...fieldsOf(foreign), chainId: 1 });
    expect(world.refusal(replayed)).toMatch(/null-fail/);
  });

  it("covers every field of the transaction", () => {
    const world = new World();
    const payment = spending([world.coin(0), world.coin(1)], [paying(1, 1n), paying(2, 2n)], { lockTime: 0 });
    const fields = fieldsOf(payment);
    const changed: Partial<UtxoFields>[] = [
      { version: 1 },
      { outputs: [paying(1, 1n)] },
      { outputs: [paying(1, 1n), paying(2, 3n)] },
      { outputs: [paying(1, 1n), paying(3, 2n)] },
      { outputs: [...fields.outputs].reverse() },
      { inputs: [...fields.inputs].reverse() },
      { inputs: fields.inputs.slice(0, 1) },
      { inputs: fields.inputs.map((input) => ({ ...input, sequence: input.sequence - 1 })) },
      { payload: { kind: "evidence-commit", digest: fields.inputs[0]?.outpoint.transactionId as never } },
    ];
    for (const change of changed) expect(world.refusal(new UtxoTransaction({ ...fields, ...change }))).not.toBeNull();
    expect(world.refusal(new UtxoTransaction(fields))).toBeNull();
    const delayed = fields.inputs.map((input) => ({ ...input, sequence: 0 }));
    expect(world.refusal(new UtxoTransaction({ ...fields, inputs: delayed, lockTime: 0 }))).toMatch(/null-fail/);
  });

  it("covers amount and script of everything that is spent", () => {
    const world = new World();
    const coins = [world.coin(0), world.coin(1)] as const;
    const bare = unsigned({ chainId: CHAIN, coins, outputs: [paying(1, 1n)] });
    const truth = coins.map(({ output }) => output) as [Output, Output];
    const signedOver = (spent: readonly Output[]) => {
      const signatures = coins.map(({ keyPair }, inputIndex) =>
        signInput(sign, bare, { inputIndex, spent, keyPair, scriptCode: (truth[inputIndex] as Output).lockingScript }),
      );
      return world.refusal(withUnlocking(bare, signatures.map(unlockPayToKey), signatures));
    };
    expect(signedOver(truth)).toBeNull();
    expect(signedOver([truth[0], { ...truth[1], amount: 1n }])).toMatch(/null-fail/);
    expect(signedOver([truth[0], { ...truth[1], lockingScript: truth[0].lockingScript }])).toMatch(/null-fail/);
  });

  it("holds under the mutation of no byte of the transaction", () => {
    const world = new World();
    const payment = spending([world.coin(0)], [paying(1, 5n)]);
    const script = payment.inputs[0]?.unlockingScript as Uint8Array;
    fc.assert(
      fc.property(fc.nat({ max: script.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const mutated = script.map((byte, index) => (index === at ? byte ^ flip : byte));
        const inputs = payment.inputs.map((input) => ({ ...input, unlockingScript: mutated }));
        return world.refusal(new UtxoTransaction({ ...fieldsOf(payment), inputs })) !== null;
      }),
      { numRuns: 500 },
    );
  });
});

function fieldsOf({ chainId, version, inputs, outputs, lockTime, payload }: UtxoTransaction): UtxoFields {
  return { chainId, version, inputs, outputs, lockTime, payload };
}

describe("a lock time", () => {
  it("keeps a transaction out up to a height, unless every input is final", () => {
    const world = new World();
    const locked = (sequence: number) => spending([{ ...world.coin(0), sequence }], [paying(1, 1n)], { lockTime: 2 });
    expect(world.refusal(locked(0))).toBe("transaction before its lock time");
    expect(world.refusal(locked(0xffff_ffff))).toBeNull();
    world.mineTo(1);
    expect(world.refusal(locked(0))).toBe("transaction before its lock time");
    world.mineTo(2);
    expect(world.refusal(locked(0))).toBeNull();
  });

  it("keeps a transaction out up to a second", () => {
    const world = new World();
    const lockTime = LOCK_TIME_THRESHOLD + 1;
    const locked = spending([{ ...world.coin(0), sequence: 0 }], [paying(1, 1n)], { lockTime });
    // Rounds are half a second: blocks 1, 2 and 3 have times 0.5, 1 and 1.5 s.
    world.mineTo(1);
    expect(world.refusal(locked)).toBe("transaction before its lock time");
    world.mineTo(2);
    expect(world.refusal(locked)).toBeNull();
  });

  it("counts from its output where it is relative", () => {
    const world = new World();
    const parent = spending([world.coin(0)], [paying(1, COIN)]);
    world.mine(parent);
    const child = (sequence: number, version = 2) =>
      spending([{ ...coinOf(parent, 0, 1), sequence }], [paying(2, 1n)], { version });
    expect(world.refusal(child(2))).toBe("input before its relative lock time");
    expect(world.refusal(child(1))).toBeNull();
    expect(world.refusal(child(2, 1))).toBeNull();
    world.mineTo(2);
    expect(world.refusal(child(2))).toBeNull();
    expect(world.refusal(child((1 << 22) | 1))).toBe("input before its relative lock time");
    // 512 s at two blocks a second.
    world.mineTo(1024);
    expect(world.refusal(child((1 << 22) | 1))).toBeNull();
  });
});

describe("a standard script", () => {
  const keys = [0, 1, 2].map((each) => holder(each).publicKey);

  it("pays to two of three", () => {
    const { world, coin } = underScript(multisig(2, keys));
    const spend = (signers: number[]) => unlocked(coin, { signers, unlock: unlockMultisig });
    expect(world.refusal(spend([0, 2]))).toBeNull();
    expect(world.refusal(spend([2, 0]))).toMatch(/null-fail/);
    expect(world.refusal(spend([0, 0]))).toMatch(/null-fail/);
    expect(world.refusal(spend([0]))).not.toBeNull();
  });

  it("pays to a script's hash", () => {
    const script = multisig(1, keys);
    const { world, coin } = underScript(payToScript(script));
    const unlock = (signatures: Uint8Array[]) => unlockPayToScript({ satisfying: unlockMultisig(signatures), script });
    expect(world.refusal(unlocked(coin, { signers: [1], unlock, scriptCode: script }))).toBeNull();
    expect(world.refusal(unlocked(coin, { signers: [1], unlock }))).toMatch(/null-fail/);
  });

  it("pays for a preimage, or back from the expiry on", () => {
    const preimage = new Uint8Array(32).fill(9);
    const [receiver, sender] = [holder(1), holder(0)];
    const terms = { hash: sha256(preimage), receiverKey: receiver.publicKey, senderKey: sender.publicKey, expiry: 3 };
    const { world, coin } = underScript(hashTimeLock(terms));
    const claim = (with_: Uint8Array) =>
      unlocked(coin, {
        signers: [1],
        unlock: ([signature]) =>
          claimHashTimeLock({ signature: signature as Uint8Array, publicKey: receiver.publicKey, preimage: with_ }),
      });
    expect(world.refusal(claim(preimage))).toBeNull();
    expect(world.refusal(claim(new Uint8Array(32)))).not.toBeNull();
    const refund = (lockTime: number) =>
      unlocked(coin, {
        signers: [0],
        lockTime,
        unlock: ([signature]) =>
          refundHashTimeLock({ signature: signature as Uint8Array, publicKey: sender.publicKey }),
      });
    expect(world.refusal(refund(3))).toBe("transaction before its lock time");
    expect(world.refusal(refund(0))).toMatch(/unsatisfied-lock-time/);
    world.mineTo(3);
    expect(world.refusal(refund(3))).toBeNull();
  });
});

describe("the supply", () => {
  it("is that of genesis and the rewards after any transactions", () => {
    let effective = 0;
    const step = fc.record({
      from: fc.nat({ max: 20 }),
      also: fc.nat({ max: 20 }),
      parts: fc.array(fc.bigInt({ min: 0n, max: COIN }), { minLength: 1, maxLength: 3 }),
      excess: fc.constantFrom(0n, 0n, 0n, 1n, 1n << 127n),
    });
    fc.assert(
      fc.property(fc.array(fc.array(step, { maxLength: 5 }), { maxLength: 6 }), (blocks) => {
        const world = new World({ delegates: 3 });
        const before = supplyOf(world.genesis.ledger, CHAIN);
        const coins: Coin[] = [...world.coins];
        let issued = 0n;
        for (const steps of blocks) {
          const made = steps.map(({ from, also, parts, excess }) => {
            const spent = [coins[from % coins.length], coins[also % coins.length]] as Coin[];
            const outputs = parts.map((amount, index) => paying(index, amount));
            outputs.push(paying(7, excess));
            const transaction = spending(spent, outputs);
            coins.push(...outputs.map((_, index) => coinOf(transaction, index, index === parts.length ? 7 : index)));
            return transaction;
          });
          effective += made.length - world.mine(...made).length;
          const height = BigInt(world.state.height);
          issued += (5_000_000_000_000_000_000n * (1000n - height)) / 1000n;
          expect(supplyOf(world.state.ledger, CHAIN)).toBe(before + issued);
        }
      }),
      { numRuns: 60 },
    );
    expect(effective).toBeGreaterThan(60);
  });
});
