import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DelegateId, type Hash, ZERO_HASH } from "../../core/ids.ts";
import { IOTX } from "../../core/units.ts";
import { DEFAULT_ROOT_PARAMETERS } from "../../rootchain/parameters.ts";
import { closeRewards, rewardAt, totalsOf } from "../../rootchain/rewards.ts";
import { supplyOf } from "../../rootchain/supply.ts";
import type { Output } from "../../rootchain/transaction.ts";
import { UtxoTransaction } from "../../rootchain/transaction.ts";
import { Workspace } from "../../rootchain/workspace.ts";
import { crypto } from "../people.ts";
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
    const reward = rewardOf(header.height);
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

/** A vote in a block, and some blocks later its end. */
interface Plan {
  readonly height: number;
  readonly delegate: number;
  readonly amount: bigint;
  readonly after: number;
}

const DELEGATES = 3;
const plan: fc.Arbitrary<Plan> = fc.record({
  height: fc.integer({ min: 1, max: 14 }),
  delegate: fc.nat({ max: DELEGATES - 1 }),
  amount: fc.bigInt({ min: IOTX / 1000n, max: COIN }),
  after: fc.integer({ min: 1, max: 12 }),
});

const stakeOf = (id: number) => BigInt(id + 1) * IOTX;
const commissionOf = (id: number) => COMMISSION[id] as number;

function rewardOf(height: number): bigint {
  return (5n * IOTX * (H - BigInt(height))) / H;
}

/** What somebody is owed, and the claim of an amount of it. */
interface Due {
  readonly amount: bigint;
  readonly claimOf: (amount: bigint) => UtxoTransaction;
}

/** A chain on which votes come and go, and what everybody is owed for it by the specification. */
class History {
  readonly world = new World({ delegates: DELEGATES, stakeOf, commissionOf });
  readonly genesisSupply = supplyOf(this.world.state.ledger, CHAIN);
  readonly #plans: readonly Plan[];
  readonly #votes: readonly UtxoTransaction[];
  readonly #fees = new Map<number, bigint>();
  readonly recounted: Recount;

  constructor(plans: readonly Plan[], last: number) {
    this.#plans = plans;
    this.#votes = plans.map(({ delegate, amount }, index) =>
      spending([this.world.coin(index)], [paying(index, amount)], {
        payload: { kind: "vote", delegate: delegate as DelegateId },
      }),
    );
    for (let height = 1; height <= last; height++) expect(this.world.mine(...this.#at(height))).toEqual([]);
    this.recounted = recount(this.world, this.#fees, DELEGATES);
  }

  /** @returns the transactions of a block; votes leave the rest of their coin as fee */
  #at(height: number): UtxoTransaction[] {
    return this.#plans.flatMap((each, index) => {
      const vote = this.#votes[index] as UtxoTransaction;
      if (each.height === height) {
        this.#fees.set(height, (this.#fees.get(height) ?? 0n) + COIN - each.amount);
        return [vote];
      }
      if (each.height + each.after !== height) return [];
      return [spending([coinOf(vote, 0, index)], [paying(index, each.amount)], { payload: { kind: "unbond" } })];
    });
  }

  /** Epochs that are over. */
  get #epochs(): number[] {
    return [...Array(Math.floor(this.world.state.height / EPOCH)).keys()];
  }

  /** A snapshot is taken after the second block of the epoch before. */
  #isInSnapshot({ height, after }: Plan, epoch: number): boolean {
    const taken = (epoch - 1) * EPOCH + 2;
    return epoch > 0 && height <= taken && height + after > taken;
  }

  #earned(delegate: number, epoch: number): bigint {
    return this.recounted.earned.get(epoch)?.[delegate] ?? 0n;
  }

  #shared(delegate: number, epoch: number): bigint {
    return (this.#earned(delegate, epoch) * (10_000n - BigInt(commissionOf(delegate)))) / 10_000n;
  }

  /** @returns the part of a stake in what its delegate's voters share in an epoch */
  #part(delegate: number, epoch: number, stake: bigint): bigint {
    const others = this.#plans.filter((each) => each.delegate === delegate && this.#isInSnapshot(each, epoch));
    const all = others.reduce((sum, { amount }) => sum + amount, stakeOf(delegate));
    return (this.#shared(delegate, epoch) * stake) / all;
  }

  /** @returns everything that is owed for the epochs that are over */
  due(): Due[] {
    const delegates = Array.from({ length: DELEGATES }, (_, delegate) => this.#dueToDelegate(delegate));
    const voters = this.#plans.flatMap((each, index) => this.#dueToVoter(each, index));
    return [...delegates.flat(), ...voters];
  }

  #dueToDelegate(delegate: number): Due[] {
    const { vote, bond } = this.world.stakeOf(delegate);
    const { lockingScript } = bond.output;
    const throughEpoch = this.#epochs.length - 1;
    const kept = (epoch: number) => this.#earned(delegate, epoch) - this.#shared(delegate, epoch);
    const asVoter = { delegate, throughEpoch, vote: vote.outpoint.transactionId };
    return [
      {
        amount: sumOf(this.#epochs.map(kept)),
        claimOf: (amount) => claim({ delegate, throughEpoch }, { amount, lockingScript }),
      },
      {
        amount: sumOf(this.#epochs.map((epoch) => this.#part(delegate, epoch, stakeOf(delegate)))),
        claimOf: (amount) => claim(asVoter, { amount, lockingScript }),
      },
    ];
  }

  #dueToVoter(each: Plan, index: number): Due[] {
    const epochs = this.#epochs.filter((epoch) => this.#isInSnapshot(each, epoch));
    const throughEpoch = epochs.at(-1);
    if (throughEpoch === undefined) return [];
    const { delegate, amount: stake } = each;
    const amount = sumOf(epochs.map((epoch) => this.#part(delegate, epoch, stake)));
    const of = { delegate, throughEpoch, vote: (this.#votes[index] as UtxoTransaction).outpointId };
    return [{ amount, claimOf: (claimed) => claim(of, paying(index, claimed)) }];
  }
}

function sumOf(amounts: readonly bigint[]): bigint {
  return amounts.reduce((sum, each) => sum + each, 0n);
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
  it("are, over whole epochs, what a recount from the blocks finds", () => {
    fc.assert(
      fc.property(fc.array(plan, { maxLength: 4 }), fc.integer({ min: 18, max: 30 }), (plans, last) => {
        const history = new History(plans, last);
        const { world } = history;
        const { issued } = history.recounted;
        expect(supplyOf(world.state.ledger, CHAIN)).toBe(history.genesisSupply + issued);
        const due = history.due();
        for (const { amount, claimOf } of due) {
          const refusal = world.refusal(claimOf(amount));
          expect(refusal).toBe(amount === 0n ? "claim of nothing" : null);
          if (amount > 0n) expect(world.refusal(claimOf(amount + 1n))).toBe("claim of another amount");
        }
        const claims = due.filter(({ amount }) => amount > 0n).map(({ amount, claimOf }) => claimOf(amount));
        const supply = supplyOf(world.state.ledger, CHAIN);
        expect(world.mine(...claims)).toEqual([]);
        expect(supplyOf(world.state.ledger, CHAIN)).toBe(supply + rewardOf(world.state.height));
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

  it("are paid out of the pool bit by bit", () => {
    const world = new World({ delegates: 2, root: { initialReward: 0n, poolBlocks: 4 } });
    const { rotation, ledger } = world.state;
    const draft = { crypto, height: 1, timeUs: 1, proposer: 0 as DelegateId, rotation };
    const workspace = new Workspace(ledger.entries, draft);
    workspace.addToRewardPool(1003n);
    const supply = supplyOf(world.state.ledger, CHAIN);
    for (const pool of [1003n, 753n, 565n]) {
      closeRewards(workspace, world.rules.parameters);
      workspace.pooled = 0n;
      expect(totalsOf(workspace)).toEqual({ issued: 0n, burned: 0n, pool });
      expect(supplyOf(workspace, CHAIN)).toBe(supply + 1003n);
    }
  });

  it("end with the schedule, and the ledger goes on", () => {
    const world = new World({ delegates: 2, root: { rewardBlocks: 3 } });
    world.mineTo(2);
    const supply = supplyOf(world.state.ledger, CHAIN);
    world.mineTo(4);
    expect(supplyOf(world.state.ledger, CHAIN)).toBe(supply);
  });
});
