import fc from "fast-check";
import { expect, test } from "vitest";
import { consumedKey, lockIdOf } from "../../bridge/cross-transfer.ts";
import type { Hash } from "../../core/ids.ts";
import { IOTX, SECOND_US } from "../../core/units.ts";
import { hashTagged, hashToBytes } from "../../crypto/hash.ts";
import { type Delivery, deliveryOf } from "../../subchain/delivery.ts";
import { decodeOwnLock, ownLockKey } from "../../subchain/entries.ts";
import { tallyOf } from "../../subchain/tally.ts";
import { type Reorg, SubRefund } from "../../subchain/transaction.ts";
import { transfer } from "../people.ts";
import { inward, legOf, reorgOf } from "./deliveries.ts";
import { account, HERE, outward, START_US, StateStub, World } from "./world.ts";

interface Outgoing {
  readonly lockId: Hash;
  readonly amount: bigint;
  readonly rootExpiryUs: number;
  relocked: boolean;
}

interface Incoming {
  readonly reorg: Reorg;
  readonly delivery: Delivery;
  delivered: boolean;
}

/** A rootchain that keeps nothing but what it owes a subchain, beside the subchain. */
class Ledgers {
  readonly world = new World();
  escrow = 3000n * IOTX;
  readonly out: Outgoing[] = [];
  readonly in: Incoming[] = [];
  /** Refunds and deliveries that took effect, and that were refused. */
  readonly ended = { refunded: 0, delivered: 0, refused: 0 };
  #rootHeight = 10;
  #nonce = 0;

  lock(from: number, amount: bigint, forUs: number): void {
    const { world } = this;
    const expiryUs = world.plan().timeUs + forUs;
    const terms = outward({ amount, rootExpiryUs: expiryUs, destinationExpiryUs: expiryUs });
    const lock = world.action(from, { kind: "lock", transfer: terms }, { fee: 3n });
    if (world.next([lock]).transactions.length === 0) return;
    this.out.push({ lockId: lockIdOf(HERE, lock.id), amount, rootExpiryUs: expiryUs, relocked: false });
  }

  /** The rootchain moves a lock on, if its time has not come. */
  relock(index: number): void {
    const lock = this.out[index % Math.max(1, this.out.length)];
    const { timeUs } = this.world.state;
    if (lock === undefined || lock.relocked || timeUs >= lock.rootExpiryUs || this.#isRefunded(lock)) return;
    lock.relocked = true;
    this.escrow -= lock.amount;
  }

  #isRefunded({ lockId }: Outgoing): boolean {
    return decodeOwnLock(this.world.entries.get(ownLockKey(lockId)))?.state === "refunded";
  }

  /** Somebody asks for a refund by what the rootchain's state shows now. */
  refund(index: number): void {
    const lock = this.out[index % Math.max(1, this.out.length)];
    if (lock === undefined) return;
    const { world } = this;
    const state = new StateStub().set(hashTagged("test/other"), Uint8Array.of(1));
    for (const each of this.out) if (each.relocked) state.set(consumedKey(each.lockId), Uint8Array.of(1));
    const height = ++this.#rootHeight;
    const { timeUs } = world.state;
    const path = {
      headers: [world.root.header(height, { stateRoot: state.root, timeUs: Math.max(timeUs, START_US + 1) })],
      height,
    };
    const refund = new SubRefund({
      lockId: lock.lockId,
      path,
      proof: state.prove(consumedKey(lock.lockId)),
      credit: null,
    });
    const due = !lock.relocked && !this.#isRefunded(lock) && timeUs >= lock.rootExpiryUs;
    expect(world.next([refund]).transactions.length).toBe(due ? 1 : 0);
    this.ended[due ? "refunded" : "refused"]++;
  }

  /** The rootchain sets something free for the chain. */
  send(to: number, amount: bigint, forUs: number): void {
    const { world } = this;
    const terms = inward({
      amount,
      receiver: hashToBytes(account(to)),
      destinationExpiryUs: world.plan().timeUs + forUs,
    });
    const reorg = reorgOf(world, legOf(terms, { nonce: this.#nonce++ }));
    const delivery = deliveryOf(reorg);
    if (delivery === null) throw new Error("a leg that waits is a delivery");
    this.in.push({ reorg, delivery, delivered: false });
    this.escrow += delivery.arriving;
  }

  deliver(index: number): void {
    const incoming = this.in[index % Math.max(1, this.in.length)];
    if (incoming === undefined) return;
    const { reorg, delivery } = incoming;
    const due = !incoming.delivered && this.world.plan().timeUs < delivery.transfer.destinationExpiryUs;
    expect(this.world.next([reorg]).transactions.length).toBe(due ? 1 : 0);
    incoming.delivered ||= due;
    this.ended[due ? "delivered" : "refused"]++;
  }

  /** escrow = held + locked and not yet relocked + relocked here and not yet credited. */
  check(): void {
    const { world } = this;
    const { held, openLocks } = tallyOf(world.specification, world.entries);
    const relocked = new Set(this.out.filter((each) => each.relocked).map(({ lockId }) => lockId));
    const waiting = openLocks.filter(({ lockId }) => !relocked.has(lockId));
    const locked = waiting.reduce((sum, each) => sum + each.transfer.amount, 0n);
    const coming = this.in.filter((each) => !each.delivered).reduce((sum, each) => sum + each.delivery.arriving, 0n);
    expect((held.get(1) ?? 0n) + locked + coming).toBe(this.escrow);
    // Nothing is both gone and given back.
    for (const each of this.out) expect(each.relocked && this.#isRefunded(each)).toBe(false);
  }
}

test("whatever is locked, relocked, refunded and delivered, early, late and twice, the escrow is what the chain has", () => {
  const amount = fc.bigInt({ min: 13n, max: 400n * IOTX });
  const forUs = fc.integer({ min: 1, max: 3 }).map((count) => count * SECOND_US);
  const index = fc.nat(5);
  const step = fc.oneof(
    fc.tuple(fc.constant("lock" as const), fc.nat(2), amount, forUs),
    fc.tuple(fc.constant("send" as const), fc.nat(2), amount, forUs),
    fc.tuple(fc.constant("pay" as const), fc.nat(2), amount, forUs),
    fc.tuple(fc.constantFrom("relock" as const, "refund" as const, "deliver" as const), index),
  );
  const all: Ledgers[] = [];
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 40 }), (steps) => {
      const ledgers = new Ledgers();
      all.push(ledgers);
      for (const each of steps) {
        if (each[0] === "lock") ledgers.lock(each[1], each[2], each[3]);
        else if (each[0] === "send") ledgers.send(each[1], each[2], each[3]);
        else if (each[0] === "pay") {
          const { world } = ledgers;
          world.next([transfer(each[1], world.nonceOf(each[1]), { amount: each[2], chainId: HERE })]);
        } else ledgers[each[0]](each[1]);
        ledgers.check();
      }
    }),
    { numRuns: 60, seed: 6 },
  );
  for (const end of ["refunded", "delivered", "refused"] as const) {
    expect(all.reduce((sum, { ended }) => sum + ended[end], 0)).toBeGreaterThan(20);
  }
});
