import { expect, test } from "vitest";
import { blockSpaceOf } from "../../bridge/block-space.ts";
import { BlockTally } from "../../bridge/block-tally.ts";
import { bidsOf, grantsOf, quotaCharge, winners } from "../../bridge/quota.ts";
import type { Bid } from "../../bridge/quota-entries.ts";
import type { Hash } from "../../core/ids.ts";
import { IOTX } from "../../core/units.ts";
import { hashTagged, hashToBytes } from "../../crypto/hash.ts";
import { decodeOutputEntry } from "../../rootchain/entries.ts";
import { outpointKey } from "../../rootchain/outpoint.ts";
import type { UtxoTransaction } from "../../rootchain/transaction.ts";
import { lockAction, type Payloads, refusal, relockOf, step, transferOf, utxo } from "./actors.ts";
import { COIN, coin, ROOT, richBid, rootValue, S2, S3, script, World } from "./world.ts";

const OFFER: Payloads<"quota-bid"> = {
  kind: "quota-bid",
  chainId: S2,
  pieces: 4,
  pricePerPiece: 65_536_000n,
  deposit: IOTX,
  refundScript: script(40),
};

function bid(index: number, changes: Partial<Payloads<"quota-bid">> = {}): UtxoTransaction {
  const payload = { ...OFFER, ...changes };
  const change = COIN - payload.deposit;
  return utxo(payload, change > 0n ? [{ amount: change, lockingScript: script(0) }] : [], [coin(index)]);
}

/** @returns what a bid's refund paid, null where none was made */
function refunded(world: World, id: Hash): bigint | null {
  const transactionId = hashTagged("orrery/quota-refund", hashToBytes(id));
  const bytes = world.root.state.ledger.entries.get(outpointKey({ transactionId, index: 0 }));
  return bytes === undefined ? null : (decodeOutputEntry(bytes)?.amount ?? null);
}

test("the paper's block is cut into 64 pieces of 64 KiB beside 4 MiB for all else", () => {
  expect(blockSpaceOf(8 << 20)).toEqual({ pieceBytes: 65_536, normalBytes: 4 << 20, reservedBytes: 512 << 10 });
});

test("bids out of bounds are refused", () => {
  const world = new World();
  const cases: [Partial<Payloads<"quota-bid">>, string][] = [
    [{ pieces: 0 }, "bid for no pieces, or more than there are"],
    [{ pieces: 65 }, "bid for no pieces, or more than there are"],
    [{ pricePerPiece: 999n }, "bid below the least price"],
    [{ pricePerPiece: IOTX / 4n + 1n }, "bid with too small a deposit"],
    [{ refundScript: new Uint8Array(0) }, "bid without a script for its refund"],
    [{ chainId: 9 }, "bid for no subchain, or a dead one"],
  ];
  for (const [changes, reason] of cases) expect(refusal(world, ROOT, bid(0, changes))).toBe(reason);
  const poor = new World({ bridge: { maxQuotaDeposit: IOTX - 1n } });
  expect(refusal(poor, ROOT, bid(0))).toBe("bid with too large a deposit");
  expect(refusal(world, ROOT, utxo(OFFER, []))).toBe("bid without an input");
  expect(refusal(world, ROOT, bid(0))).toBe(null);
});

test("the best prices win whole, ties go by id, and never more than 64 pieces", () => {
  const make = (pieces: number, price: bigint, place: number): Bid => {
    const id = place.toString(16).padStart(64, "0") as Hash;
    return { id, chainId: 2, pieces, pricePerPiece: price, deposit: IOTX, refundScript: script(1) };
  };
  const bids = [make(30, 5n, 3), make(40, 7n, 9), make(20, 5n, 2), make(24, 5n, 1), make(1, 1n, 0)];
  expect(winners(bids).map(({ id }) => Number.parseInt(id, 16))).toEqual([9, 1]);
  const few = winners(bids.filter(({ pieces }) => pieces !== 40));
  expect(few.map(({ pieces }) => pieces)).toEqual([24, 20, 1]);
});

test("a period turns: winners hold quota, losers have all back, what was used decides about the rest", () => {
  const world = new World({ bridge: { quotaPeriodBlocks: 4 }, bids: [] });
  const supply = rootValue(world.root.state.ledger);
  const [win, lose] = [bid(0), bid(1, { chainId: S3, pieces: 61, pricePerPiece: 1000n })];
  expect(step(world, ROOT, [win, lose])).toBe(2);
  expect(bidsOf(world.root.state.ledger.entries)).toHaveLength(2);
  const lock = lockAction(world, 0, transferOf(world, {}));
  step(world, S2, [lock]);
  expect(refusal(world, ROOT, relockOf(world, lock))).toBe("no quota in this block");
  for (let height = 2; height <= 4; height++) step(world, ROOT);
  expect(refunded(world, lose.outpointId)).toBe(IOTX);
  expect(bidsOf(world.root.state.ledger.entries)).toHaveLength(0);
  const relock = relockOf(world, lock);
  expect(step(world, ROOT, [relock])).toBe(1);
  const sizeBytes = relock.encoded.length + 1;
  const charge = quotaCharge(sizeBytes, 65_536, OFFER.pricePerPiece);
  expect(charge).toBe(BigInt(sizeBytes) * 1000n);
  const [held] = grantsOf(world.root.state.ledger.entries, S2);
  expect(held).toMatchObject({ usedBytes: sizeBytes, remaining: IOTX - charge });
  expect(rootValue(world.root.state.ledger)).toBe(supply);
  for (let height = 6; height <= 8; height++) step(world, ROOT);
  const reserved = 4n * 65_536n * 4n;
  expect(refunded(world, win.outpointId)).toBe(((IOTX - charge) * BigInt(sizeBytes)) / reserved);
  expect(grantsOf(world.root.state.ledger.entries, S2)).toHaveLength(0);
  expect(rootValue(world.root.state.ledger)).toBe(supply);
});

test("who blocked pieces without using them has nothing back", () => {
  const world = new World({ bridge: { quotaPeriodBlocks: 2 }, bids: [richBid(S2)] });
  step(world, ROOT);
  step(world, ROOT);
  expect(refunded(world, richBid(S2).id)).toBe(null);
});

test("a block takes no more of a source than its pieces hold, whatever others leave", () => {
  // A block of 128 pieces of 4 KiB, so that two relocks fill more than one piece.
  const world = new World({ root: { maxBlockBytes: 1 << 19 }, bids: [richBid(S2, { pieces: 1 }), richBid(S3)] });
  const locks = [0, 1, 2, 3].map((from) => lockAction(world, from, transferOf(world, {})));
  step(world, S2, locks);
  const relocks = locks.map((lock) => relockOf(world, lock));
  const fit = Math.floor(4096 / (relocks[0]?.encoded.length ?? 1));
  expect(fit).toBeGreaterThan(0);
  expect(fit).toBeLessThan(4);
  expect(step(world, ROOT, relocks)).toBe(fit);
  expect(step(world, ROOT, relocks)).toBeGreaterThan(0);
});

test("an exhausted deposit ends a source's quota, and no other's", () => {
  const deposit = 180_000n;
  const tight = richBid(S2, { pieces: 1, pricePerPiece: 65_536_00n, deposit });
  const world = new World({ bids: [tight, richBid(S3)] });
  const spam = [0, 1, 2].map((from) => lockAction(world, from, transferOf(world, {})));
  step(world, S2, spam);
  const taken = spam.filter((lock) => step(world, ROOT, [relockOf(world, lock)]) === 1);
  expect(taken.length).toBeGreaterThan(0);
  expect(taken.length).toBeLessThan(3);
  expect(refusal(world, ROOT, relockOf(world, spam[2] as (typeof spam)[0]))).toBe("no quota in this block");
  const other = lockAction(world, 0, transferOf(world, { sourceChain: S3, destinationChain: S2 }));
  step(world, S3, [other]);
  expect(refusal(world, ROOT, relockOf(world, other))).toBe(null);
});

test("heartbeats, evidence and refunds have room that nothing else takes, and may use the rest too", () => {
  const maxBlockBytes = 1 << 14;
  const { normalBytes, reservedBytes } = blockSpaceOf(maxBlockBytes);
  const entries = { get: () => undefined, set() {}, reward() {} };
  const fill = (tally: BlockTally, transaction: UtxoTransaction): number => {
    let bytes = 0;
    while (tally.refusal(entries, transaction) === null) {
      tally.note(entries, transaction);
      bytes += transaction.encoded.length + 1;
    }
    return bytes;
  };
  const normal = utxo(null, [{ amount: 1n, lockingScript: script(1) }], [coin(0)]);
  const promise = utxo({ kind: "evidence-commit", digest: richBid(S2).id }, [], [coin(0)]);
  const tally = new BlockTally(maxBlockBytes);
  const plain = fill(tally, normal);
  expect(plain).toBeLessThanOrEqual(normalBytes - reservedBytes);
  expect(plain).toBeGreaterThan(normalBytes - reservedBytes - normal.encoded.length - 1);
  expect(tally.refusal(entries, normal)).toBe("no room in this block");
  const kept = fill(tally, promise);
  expect(kept).toBeGreaterThan(reservedBytes - promise.encoded.length - 1);
  const urgent = new BlockTally(maxBlockBytes);
  expect(fill(urgent, promise)).toBeGreaterThan(normalBytes - promise.encoded.length - 1);
  expect(fill(urgent, normal)).toBe(0);
});
