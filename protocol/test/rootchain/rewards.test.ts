import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DelegateId, type Hash, ZERO_HASH } from "../../core/ids.ts";
import { IOTX } from "../../core/units.ts";
import { DEFAULT_ROOT_PARAMETERS } from "../../rootchain/parameters.ts";
import { rewardAt } from "../../rootchain/rewards.ts";
import { supplyOf } from "../../rootchain/supply.ts";
import type { Output } from "../../rootchain/transaction.ts";
import { UtxoTransaction } from "../../rootchain/transaction.ts";
import { CHAIN, COIN, coinOf, paying, spending, World } from "./world.ts";

const H = 1000n;
const EPOCH = 6;
const COMMISSION = [0, 1000, 5000, 10_000];

/** What the specification says of a history: counted anew from its blocks, with nothing of the ledger's own. */
interface Recount {
  /** By epoch, then delegate. */
  readonly earned: Map<number, bigint[]>;
  issued: bigint;
}

/** @returns every delegate's earnings, from headers and fees alone; all delegates sit in every committee */
function recount(world: World, fees: ReadonlyMap<number, bigint>, delegates: number): Recount {
  const result: Recount = { earned: new Map(), issued: 0n };
  for (const { header } of world.blocks) {
    const reward = (5n * IOTX * (H - BigInt(header.height))) / H;
    result.issued += reward;
    const sum = reward + (fees.get(header.height) ?? 0n);
    const epoch = Math.floor((header.height - 1) / EPOCH);
    const earned = result.earned.get(epoch) ?? new Array<bigint>(delegates).fill(0n);
    for (let id = 0; id < delegates; id++) {
      earned[id] = (earned[id] as bigint) + sum / BigInt(delegates);
      if (id === header.proposer) earned[id] = (earned[id] as bigint) + (sum % BigInt(delegates));
    }
    result.earned.set(epoch, earned);
  }
  return result;
}

/** @returns a claim of exactly `amount`, less `fee` */
function claim(of: { delegate: number; vote?: Hash; throughEpoch: number }, output: Output): UtxoTransaction {
  const { delegate, vote, throughEpoch } = of;
  const kind = vote === undefined ? "delegate" : "vote";
  const payload = {
    kind: "claim-reward",
    of: kind,
    delegate: delegate as DelegateId,
    vote: vote ?? ZERO_HASH,
    throughEpoch,
  } as const;
  return new UtxoTransaction({ chainId: CHAIN, version: 2, inputs: [], outputs: [output], lockTime: 0, payload });
}

describe("the reward schedule", () => {
  it("falls in a straight line to nothing", () => {
    const parameters = { ...DEFAULT_ROOT_PARAMETERS, rewardBlocks: 7, initialReward: 100n };
    expect([1, 2, 3, 4, 5, 6, 7, 8].map((height) => rewardAt(parameters, height))).toEqual([
      85n,
      71n,
      57n,
      42n,
      28n,
      14n,
      0n,
      0n,
    ]);
    expect(rewardAt(parameters, 0)).toBe(0n);
  });
});

describe("rewards", () => {
  const delegates = 3;
  const stakeOf = (id: number) => BigInt(id + 1) * IOTX;
  const commissionOf = (id: number) => COMMISSION[id] as number;

  it("are, over whole epochs, what a recount from the blocks finds", () => {
    const plan = fc.record({
      /** Height of the block with the vote, its delegate, stake and, some blocks later, its end. */
      height: fc.integer({ min: 1, max: 14 }),
      delegate: fc.nat({ max: delegates - 1 }),
      amount: fc.bigInt({ min: IOTX / 1000n, max: COIN }),
      after: fc.integer({ min: 1, max: 12 }),
    });
    fc.assert(
      fc.property(fc.array(plan, { maxLength: 4 }), fc.integer({ min: 18, max: 30 }), (plans, last) => {
        const world = new World({ delegates, stakeOf, commissionOf, root: { rewardBlocks: 1000 } });
        const before = supplyOf(world.state.ledger, CHAIN);
        const fees = new Map<number, bigint>();
        const votes = plans.map(({ delegate, amount }, index) =>
          spending([world.coin(index)], [paying(index, amount)], {
            payload: { kind: "vote", delegate: delegate as DelegateId },
          }),
        );
        while (world.state.height < last) {
          const next = world.state.height + 1;
          let paid = 0n;
          const made: UtxoTransaction[] = [];
          plans.forEach(({ height, after, amount }, index) => {
            const vote = votes[index] as UtxoTransaction;
            if (height === next) {
              made.push(vote);
              paid += COIN - amount;
            }
            if (height + after === next) {
              made.push(spending([coinOf(vote, 0, index)], [paying(index, amount)], { payload: { kind: "unbond" } }));
            }
          });
          fees.set(next, paid);
          expect(world.mine(...made)).toEqual([]);
        }
        const { earned, issued } = recount(world, fees, delegates);
        expect(supplyOf(world.state.ledger, CHAIN)).toBe(before + issued);
        const current = Math.floor(world.state.height / EPOCH);
        /** A snapshot is taken after the second block of the epoch before. */
        const inSnapshot = (index: number, epoch: number) => {
          const { height, after } = plans[index] as (typeof plans)[number];
          const taken = (epoch - 1) * EPOCH + 2;
          return epoch > 0 && height <= taken && height + after > taken;
        };
        const stakeIn = (delegate: number, epoch: number) =>
          plans.reduce(
            (sum, each, index) => (each.delegate === delegate && inSnapshot(index, epoch) ? sum + each.amount : sum),
            stakeOf(delegate),
          );
        const shared = (delegate: number, epoch: number) =>
          ((earned.get(epoch)?.[delegate] ?? 0n) * (10_000n - BigInt(commissionOf(delegate)))) / 10_000n;
        const due: { claim: (amount: bigint) => UtxoTransaction; amount: bigint }[] = [];
        const throughEpoch = current - 1;
        for (let delegate = 0; delegate < delegates; delegate++) {
          const { vote, bond } = world.stakeOf(delegate);
          const { lockingScript } = bond.output;
          let [own, voted] = [0n, 0n];
          for (let epoch = 0; epoch < current; epoch++) {
            const part = shared(delegate, epoch);
            own += (earned.get(epoch)?.[delegate] ?? 0n) - part;
            voted += (part * stakeOf(delegate)) / stakeIn(delegate, epoch);
          }
          const asDelegate = { delegate, throughEpoch };
          due.push({ amount: own, claim: (amount) => claim(asDelegate, { amount, lockingScript }) });
          const asVoter = { delegate, throughEpoch, vote: vote.outpoint.transactionId };
          due.push({ amount: voted, claim: (amount) => claim(asVoter, { amount, lockingScript }) });
        }
        plans.forEach(({ delegate, amount: stake }, index) => {
          const epochs = [...Array(current).keys()].filter((epoch) => inSnapshot(index, epoch));
          const lastEpoch = epochs.at(-1);
          if (lastEpoch === undefined) return;
          const amount = epochs.reduce(
            (sum, epoch) => sum + (shared(delegate, epoch) * stake) / stakeIn(delegate, epoch),
            0n,
          );
          const of = { delegate, throughEpoch: lastEpoch, vote: (votes[index] as UtxoTransaction).outpointId };
          const { lockingScript } = paying(index, 0n);
          due.push({ amount, claim: (claimed) => claim(of, { amount: claimed, lockingScript }) });
        });
        for (const each of due) {
          if (each.amount === 0n) {
            expect(world.refusal(each.claim(0n))).toBe("claim of nothing");
            continue;
          }
          expect(world.refusal(each.claim(each.amount + 1n))).toBe("claim of another amount");
          expect(world.refusal(each.claim(each.amount))).toBeNull();
        }
        const supply = supplyOf(world.state.ledger, CHAIN);
        const claims = due.filter(({ amount }) => amount > 0n).map((each) => each.claim(each.amount));
        expect(world.mine(...claims)).toEqual([]);
        const height = BigInt(world.state.height);
        expect(supplyOf(world.state.ledger, CHAIN)).toBe(supply + (5n * IOTX * (H - height)) / H);
        for (const each of claims) expect(world.refusal(each)).not.toBeNull();
      }),
      { numRuns: 40 },
    );
  });

  it("of an epoch's last block belong to that epoch, and are paid once", () => {
    const world = new World({ delegates: 1, commissionOf: () => 10_000, stakeOf: () => IOTX });
    world.mineTo(EPOCH - 1);
    const { lockingScript } = world.stakeOf(0).bond.output;
    const of = { delegate: 0, throughEpoch: 0 };
    const amountTo = (last: number) => {
      let sum = 0n;
      for (let height = 1; height <= last; height++) sum += (5n * IOTX * (H - BigInt(height))) / H;
      return sum;
    };
    expect(world.refusal(claim(of, { amount: amountTo(5), lockingScript }))).toBe("claim of an epoch that is not over");
    world.mineTo(EPOCH);
    const whole = claim(of, { amount: amountTo(6), lockingScript });
    expect(world.refusal(claim(of, { amount: amountTo(7), lockingScript }))).toBe("claim of another amount");
    expect(world.mine(whole)).toEqual([]);
    expect(world.refusal(whole)).toBe("outputs that exist already");
    const { amount } = whole.outputs[0] as Output;
    expect(world.refusal(claim(of, { amount: amount - 1n, lockingScript }))).toBe("claim of nothing");
    world.mineTo(2 * EPOCH);
    const next = claim({ delegate: 0, throughEpoch: 1 }, { amount: amountTo(12) - amountTo(6), lockingScript });
    expect(world.mine(next)).toEqual([]);
  });

  it("go to nobody but their owner, but for a small fee", () => {
    const world = new World({ delegates: 1, commissionOf: () => 10_000 });
    world.mineTo(EPOCH);
    const of = { delegate: 0, throughEpoch: 0 };
    const { lockingScript } = world.stakeOf(0).bond.output;
    const amount = world.blocks.reduce((sum, { header }) => sum + (5n * IOTX * (H - BigInt(header.height))) / H, 0n);
    const { maxClaimFee } = world.rules.parameters;
    expect(world.refusal(claim(of, { ...paying(0, amount), amount }))).toBe("claim that pays another");
    expect(world.refusal(claim(of, { amount: amount - maxClaimFee - 1n, lockingScript }))).toBe(
      "claim of another amount",
    );
    expect(world.refusal(claim(of, { amount: amount - maxClaimFee, lockingScript }))).toBeNull();
  });

  it("end with the schedule, and the ledger goes on", () => {
    const world = new World({ delegates: 2, root: { rewardBlocks: 3 } });
    world.mineTo(2);
    const supply = supplyOf(world.state.ledger, CHAIN);
    world.mineTo(4);
    expect(supplyOf(world.state.ledger, CHAIN)).toBe(supply);
  });
});
