import { describe, expect, test } from "vitest";
import { decodeGrants, encodeGrants, grantsKey } from "../../../protocol/bridge/quota-entries.ts";
import type { Rotation } from "../../../protocol/consensus/rotation.ts";
import type { DelegateId, Hash } from "../../../protocol/core/ids.ts";
import { IOTX } from "../../../protocol/core/units.ts";
import type { AuthenticatedMap } from "../../../protocol/crypto/authenticated-map.ts";
import { hashTagged, hashToBytes } from "../../../protocol/crypto/hash.ts";
import {
  decodeOutputEntry,
  decodeTotals,
  encodeOutputEntry,
  encodeTotals,
  NO_TOTALS,
  TOTALS_KEY,
  type Totals,
} from "../../../protocol/rootchain/entries.ts";
import { outpointKey } from "../../../protocol/rootchain/outpoint.ts";
import {
  ACCRUAL_KEY,
  decodeAccrual,
  decodeDelegate,
  decodePot,
  delegateKey,
  encodeAccrual,
  encodeDelegate,
  encodePot,
  potKey,
} from "../../../protocol/rootchain/staking-entries.ts";
import { lockAction, lockOnRoot, relockOf, transferOf, utxo } from "../../../protocol/test/bridge/actors.ts";
import { COIN, coin, ROOT, richBid, S2, S3, script } from "../../../protocol/test/bridge/world.ts";
import { bidOf, claimOf, relay, taken } from "./world-actors.ts";
import { WorldStage, type WorldStageOptions } from "./world-stage.ts";

function expectOnly(stage: WorldStage, names: readonly string[], ...details: readonly string[]): void {
  const broken = stage.broken();
  expect(broken.names).toEqual(names);
  for (const detail of details) expect(broken.details).toContain(detail);
}

function withTotals(entries: AuthenticatedMap, change: (totals: Totals) => Partial<Totals>): AuthenticatedMap {
  const entry = entries.get(TOTALS_KEY);
  const totals = (entry === undefined ? null : decodeTotals(entry)) ?? NO_TOTALS;
  return entries.set(TOTALS_KEY, encodeTotals({ ...totals, ...change(totals) }));
}

describe("supply of the rootchain", () => {
  const change = (amount: bigint) => [{ amount, lockingScript: script(0) }];

  test("outputs worth more than what was spent are caught, whatever the payload keeps", () => {
    const plain = new WorldStage();
    plain.stepAltered(ROOT, { transactions: [utxo(null, change(COIN + 1n), [coin(0)])] });
    expectOnly(plain, ["root: supply"], "height 1: a transaction makes 1 base units from nothing");
    const lock = new WorldStage();
    const transfer = transferOf(lock.bridge, { sourceChain: ROOT });
    const generous = lockOnRoot(transfer, { coin: coin(0), value: COIN + 2n });
    lock.stepAltered(ROOT, { transactions: [generous] });
    expect(lock.broken().details).toContain("a transaction makes 2 base units from nothing");
  });

  test("an input that is spent twice, in one transaction or by two, is caught", () => {
    const one = new WorldStage();
    one.stepAltered(ROOT, { transactions: [utxo(null, change(2n * COIN), [coin(0), coin(0)])] });
    expectOnly(one, ["root: supply"], "a transaction spends what is not there, or no longer");
    const two = new WorldStage();
    const spends = [1n, 2n].map((fee) => utxo(null, change(COIN - fee), [coin(0)]));
    two.stepAltered(ROOT, { transactions: spends });
    expectOnly(two, ["root: supply"], "a transaction spends what is not there, or no longer");
  });

  test("entries that hold more than genesis and the schedule gave are caught", () => {
    const stage = new WorldStage();
    stage.stepAltered(ROOT, { entries: (entries) => withTotals(entries, ({ pool }) => ({ pool: pool + 4n })) });
    expectOnly(stage, ["root: supply"], "the ledger holds 4 base units more than it may");
  });

  test("a stake, or a bond, that no output stands for is caught, where a block may move it at all", () => {
    const vote = utxo({ kind: "vote", delegate: 1 as DelegateId }, change(COIN - 1n), [coin(0)]);
    for (const [what, more] of [
      ["counts with a stake", { stake: 9n * COIN }],
      ["answers with a bond", { bond: 9n * COIN }],
    ] as const) {
      const stage = new WorldStage();
      const alter = (rotation: Rotation) => {
        const standing = rotation.standings[2];
        if (standing === undefined) throw new Error("there are four delegates");
        return rotation.withStanding(2 as DelegateId, { ...standing, ...more });
      };
      stage.stepAltered(ROOT, { rotation: alter }, [vote]);
      expectOnly(stage, ["root: supply"], `delegate 2 ${what} of ${9n * COIN} where`);
      const still = new WorldStage();
      still.stepAltered(ROOT, { rotation: alter });
      expect(still.broken().names).toEqual(["root: state-root", "root: supply"]);
    }
  });

  test("what is burned without evidence is caught at the end, however short the run", () => {
    const stage = new WorldStage();
    stage.stepAltered(ROOT, {
      entries: (entries) => withTotals(entries.delete(outpointKey(coin(5))), () => ({ burned: COIN })),
    });
    expectOnly(stage, ["root: supply"], "what was burned changes without evidence");
  });
});

/** @returns where a bid's deposit, or what is left of it, comes back to */
function returnOf(id: Hash): { transactionId: Hash; index: number } {
  return { transactionId: hashTagged("orrery/quota-refund", hashToBytes(id)), index: 0 };
}

describe("quota", () => {
  /** The price that the rootchain comes to charge; the deposit stays what it was. */
  const repriced = (pricePerPiece: bigint) => (entries: AuthenticatedMap) => {
    const grants = decodeGrants(entries.get(grantsKey(S2)) as Uint8Array) ?? [];
    return entries.set(grantsKey(S2), encodeGrants(grants.map((grant) => ({ ...grant, pricePerPiece }))));
  };

  function relockAtPrice(options: WorldStageOptions, price: bigint): WorldStage {
    const stage = new WorldStage(options);
    stage.stepAltered(ROOT, { entries: repriced(price) });
    relay(stage);
    return stage;
  }

  test("a relock for which its chain has no money left is caught", () => {
    const poor = richBid(S2, { pieces: 1, pricePerPiece: 65_536_000n, deposit: 1000n });
    const stage = relockAtPrice({ bids: [poor, richBid(S3)] }, 1n);
    expectOnly(stage, ["quota"], "height 2: a relock of chain-2 beyond its quota");
  });

  test("a relock of a chain without any grant is caught", () => {
    const stage = new WorldStage({ bids: [richBid(S3)] });
    const lock = lockAction(stage.bridge, 0, transferOf(stage.bridge, {}));
    taken(stage.step(S2, [lock]), 1);
    stage.stepAltered(ROOT, { transactions: [relockOf(stage.bridge, lock)] });
    expect(stage.broken().names).toContain("quota");
    expect(stage.broken().details).toContain("a relock of chain-2 beyond its quota");
  });

  test("more relocks in one block than the chain's pieces hold are caught", () => {
    // A piece of 1 KiB holds no relock; four hold three of them at most.
    const root = { maxBlockBytes: 128 << 10 };
    const bids = [richBid(S2, { pieces: 4 }), richBid(S3)];
    const stage = new WorldStage({ root, bids });
    const locks = [0, 1, 2, 3].map((from) => lockAction(stage.bridge, from, transferOf(stage.bridge, {})));
    taken(stage.step(S2, locks), 4);
    const relocks = locks.map((lock) => relockOf(stage.bridge, lock));
    stage.stepAltered(ROOT, { transactions: relocks, unseen: true });
    expectOnly(stage, ["quota"], "height 1: a relock of chain-2 beyond its quota");
  });

  test("a deposit that is charged too little is caught", () => {
    const stage = relockAtPrice({ bids: [richBid(S2, { pricePerPiece: 65_536_000n }), richBid(S3)] }, 65_535_000n);
    expectOnly(stage, ["quota"], "height 2: the grants of chain-2 are not what its relocks leave of them");
  });

  test("a period that does not turn is caught", () => {
    const stage = new WorldStage({ bridge: { quotaPeriodBlocks: 2 } });
    stage.step(ROOT);
    stage.stepAltered(ROOT, { entries: (_, before) => before });
    expectOnly(stage, ["quota"], "height 2: the grants of chain-2 are not", "the grants of chain-3 are not");
  });

  test("a deposit that comes back to another, or in part, is caught", () => {
    for (const [lockingScript, kept] of [
      [script(66), 0n],
      [script(8), 5n],
    ] as const) {
      const stage = new WorldStage({ bridge: { quotaPeriodBlocks: 2 } });
      const bids = [bidOf(S2, 2, 2000n), bidOf(S3, 3, 1500n)];
      taken(stage.step(ROOT, bids), 2);
      const key = outpointKey(returnOf(bids[1]?.outpointId as Hash));
      const alter = (entries: AuthenticatedMap) => {
        const output = decodeOutputEntry(entries.get(key) as Uint8Array);
        if (output === null) throw new Error("who lost gets the deposit back");
        const altered = entries.set(key, encodeOutputEntry({ ...output, amount: output.amount - kept, lockingScript }));
        return withTotals(altered, ({ pool }) => ({ pool: pool + kept }));
      };
      stage.stepAltered(ROOT, { entries: alter });
      expectOnly(stage, ["quota"], `a bid for chain-3 gets ${IOTX - kept} back where ${IOTX} are due`);
    }
  });

  test("a deposit that came back can be spent, once", () => {
    const stage = new WorldStage({ bridge: { quotaPeriodBlocks: 2 } });
    const bids = [bidOf(S2, 2, 2000n), bidOf(S3, 3, 1500n)];
    taken(stage.step(ROOT, bids), 2);
    stage.step(ROOT);
    const spent = returnOf(bids[1]?.outpointId as Hash);
    const spend = utxo(null, [{ amount: IOTX - 1n, lockingScript: Uint8Array.of(0x51) }], [spent]);
    taken(stage.step(ROOT, [spend]), 1);
    expectOnly(stage, []);
    const again = utxo(null, [{ amount: IOTX - 2n, lockingScript: Uint8Array.of(0x51) }], [spent]);
    stage.stepAltered(ROOT, { transactions: [again] });
    expectOnly(stage, ["root: supply"], "a transaction spends what is not there, or no longer");
  });
});

describe("rewards", () => {
  const economics = { initialReward: 5n * IOTX + 3n, rewardBlocks: 1000 };
  const EPOCH_BLOCKS = 6;

  const earn = (entries: AuthenticatedMap, delegate: number, epoch: number, amount: bigint): AuthenticatedMap => {
    const entry = entries.get(potKey(delegate as DelegateId, epoch));
    const pot = (entry === undefined ? null : decodePot(entry)) ?? { earned: 0n, paid: 0n, stake: IOTX, commission: 0 };
    return entries.set(potKey(delegate as DelegateId, epoch), encodePot({ ...pot, earned: pot.earned + amount }));
  };

  function grown(height: number, options: WorldStageOptions = {}): WorldStage {
    const stage = new WorldStage({ economics, ...options });
    for (let each = 1; each <= height; each++) stage.step(ROOT);
    return stage;
  }

  /** Members of the committee of the next block, the proposer last. */
  function sitting(stage: WorldStage): number[] {
    const { rotation } = stage.bridge.root.state;
    const proposer = rotation.proposer(0);
    return [...rotation.committee.members.filter((id) => id !== proposer), proposer];
  }

  test("an issue that is off by one is caught", () => {
    const stage = grown(1);
    stage.stepAltered(ROOT, {
      entries: (entries) => withTotals(entries, ({ issued, pool }) => ({ issued: issued + 1n, pool: pool + 1n })),
    });
    expectOnly(stage, ["rewards"], "base units are issued where the schedule has");
  });

  test("a share for somebody without a seat is caught", () => {
    const stage = grown(1, { root: { committee: 3 } });
    const [member = 0] = sitting(stage);
    const outsider = [0, 1, 2, 3].find((id) => !sitting(stage).includes(id)) ?? 0;
    stage.stepAltered(ROOT, { entries: (entries) => earn(earn(entries, member, 0, -7n), outsider, 0, 7n) });
    expectOnly(stage, ["rewards"], `height 2: delegate ${outsider} earns without a seat`);
  });

  test("unequal shares, and a proposer that keeps more than what does not divide, are caught", () => {
    const unequal = grown(1);
    const [one = 0, other = 0] = sitting(unequal);
    unequal.stepAltered(ROOT, { entries: (entries) => earn(earn(entries, one, 0, -1n), other, 0, 1n) });
    expectOnly(unequal, ["rewards"], "members of one committee earn different shares");
    const greedy = grown(1);
    const [a = 0, b = 0, c = 0, proposer = 0] = sitting(greedy);
    const taking = (entries: AuthenticatedMap) =>
      earn(
        [a, b, c].reduce((map, id) => earn(map, id, 0, -2n), entries),
        proposer,
        0,
        6n,
      );
    greedy.stepAltered(ROOT, { entries: taking });
    expectOnly(greedy, ["rewards"], "more than its share");
  });

  test("a block whose reward stays in the pool is caught", () => {
    const stage = grown(1);
    const members = sitting(stage);
    stage.stepAltered(ROOT, {
      entries: (entries) =>
        withTotals(
          members.reduce((map, id) => earn(map, id, 0, -5n), entries),
          ({ pool }) => ({ pool: pool + 5n * BigInt(members.length) }),
        ),
    });
    expectOnly(stage, ["rewards"], "the committee earns less than the block's reward");
  });

  test("what members wait for and does not add up to their shares is caught", () => {
    const stage = grown(2);
    stage.stepAltered(ROOT, {
      entries: (entries) => {
        const accrual = decodeAccrual(entries.get(ACCRUAL_KEY) as Uint8Array);
        if (accrual === null) throw new Error("the iteration is under way");
        return entries.set(ACCRUAL_KEY, encodeAccrual({ ...accrual, share: accrual.share - 5n }));
      },
    });
    expectOnly(stage, ["root: supply", "rewards"], "the committee earns less than the block's reward");
  });

  test("a reward that counts in the epoch before its own as well is caught", () => {
    const stage = grown(EPOCH_BLOCKS);
    const share = economics.initialReward / 4n;
    stage.stepAltered(ROOT, {
      entries: (entries) => [0, 1, 2, 3].reduce((map, id) => earn(map, id, 0, share), entries),
    });
    expectOnly(stage, ["root: supply", "rewards"], "what delegate 0 earned in epoch 0 changes after its end");
  });

  test("an epoch that is paid twice is caught; once is as it should be", () => {
    // Without stake behind it all that a delegate earns is its own.
    const stage = grown(EPOCH_BLOCKS);
    const before = stage.bridge.root.state.ledger.entries;
    const keys = [potKey(0 as DelegateId, 0), delegateKey(0 as DelegateId)] as const;
    const pot = decodePot(before.get(keys[0]) as Uint8Array);
    const record = decodeDelegate(before.get(keys[1]) as Uint8Array);
    if (pot === null || record === null) throw new Error("the delegate sat");
    const own = { ...pot, stake: 0n };
    stage.stepAltered(ROOT, { entries: (entries) => entries.set(keys[0], encodePot(own)) });
    taken(stage.step(ROOT, [claimOf(stage, 0, 0)]), 1);
    expectOnly(stage, []);
    stage.stepAltered(ROOT, {
      entries: (entries) => entries.set(keys[0], encodePot(own)).set(keys[1], encodeDelegate(record)),
    });
    taken(stage.step(ROOT, [claimOf(stage, 0, 0, 1n)]), 1);
    expectOnly(
      stage,
      ["root: supply", "rewards"],
      "epoch 0 is paid twice to delegate 0",
      "delegate 0 and its voters were paid more than was earned",
    );
  });

  test("an epoch that is paid before it is over is caught", () => {
    const stage = grown(1);
    stage.stepAltered(ROOT, { transactions: [claimOf(stage, 0, 0)] });
    expect(stage.broken().names).toContain("rewards");
    expect(stage.broken().details).toContain("epoch 0 is paid before it is over");
  });
});
