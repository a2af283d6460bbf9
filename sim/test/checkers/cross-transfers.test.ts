import { describe, expect, test } from "vitest";
import { consumedKey } from "../../../protocol/bridge/cross-transfer.ts";
import { encodeEscrow, escrowKey, escrowOf } from "../../../protocol/bridge/escrow.ts";
import { encodeLeg, type Leg } from "../../../protocol/bridge/leg.ts";
import { ZERO_HASH } from "../../../protocol/core/ids.ts";
import { IOTX } from "../../../protocol/core/units.ts";
import type { AuthenticatedMap } from "../../../protocol/crypto/authenticated-map.ts";
import { encodeAccount } from "../../../protocol/ledger/accounts.ts";
import { addressOf } from "../../../protocol/ledger/address.ts";
import { encodeTransaction } from "../../../protocol/ledger/transaction.ts";
import { accountOf } from "../../../protocol/subchain/balances.ts";
import { type AccountAction, Reorg } from "../../../protocol/subchain/transaction.ts";
import {
  address,
  exitOf,
  forgeRelock,
  legOf,
  lockAction,
  lockIdOfAction,
  refundOf,
  relockOf,
  subRefundOf,
  transferOf,
  utxo,
} from "../../../protocol/test/bridge/actors.ts";
import { ENDOWMENT, MINUTE_US, ROOT, S2, S3, script } from "../../../protocol/test/bridge/world.ts";
import { holder } from "../../../protocol/test/people.ts";
import { deliveryOf, LASTING, refundOfLeg, relay, taken } from "./world-actors.ts";
import { WorldStage } from "./world-stage.ts";

const FEE = IOTX / 10n;

function addEscrow(entries: AuthenticatedMap, chainId: number, amount: bigint, token = ROOT): AuthenticatedMap {
  const sum = escrowOf(entries, chainId, token) + amount;
  return entries.set(escrowKey(chainId, token), encodeEscrow(chainId, token, sum));
}

function addBalance(entries: AuthenticatedMap, person: number, amount: bigint): AuthenticatedMap {
  const { balance, nonce } = accountOf(entries, address(person));
  return entries.set(address(person), encodeAccount({ balance: balance + amount, nonce }));
}

function expectOnly(stage: WorldStage, names: readonly string[], ...details: readonly string[]): void {
  const broken = stage.broken();
  expect(broken.names).toEqual(names);
  for (const detail of details) expect(broken.details).toContain(detail);
}

/** A lock that no block holds, certified all the same, and its relock on the rootchain. */
function relockForged(stage: WorldStage, amount = 10n * IOTX) {
  const { bridge } = stage;
  stage.step(S2);
  const forged = lockAction(bridge, 0, transferOf(bridge, { amount }));
  const payload = forgeRelock(bridge.chain(S2), encodeTransaction(forged), bridge.timeUs);
  return utxo(payload, [{ amount: FEE, lockingScript: script(77) }]);
}

/** A delivery of a lock that nothing on the rootchain vouches for. */
function deliveryUnproven(lock: AccountAction, changes: Partial<Leg> = {}): Reorg {
  if (lock.action.kind !== "lock") throw new Error("only locks are delivered");
  const { transfer } = lock.action;
  const leg = encodeLeg({ transfer, remaining: transfer.amount - transfer.relockFee, state: "waiting", ...changes });
  const proof = { rotationRoot: ZERO_HASH, map: { other: null, steps: [] } };
  const path = { headers: [], height: 0 };
  return new Reorg({ lockId: lockIdOfAction(lock), leg, proof, path, data: new Uint8Array(0), payee: address(3) });
}

describe("escrow", () => {
  test("an escrow from which something was moved to another one is caught", () => {
    const stage = new WorldStage();
    stage.stepAltered(ROOT, { entries: (entries) => addEscrow(addEscrow(entries, S2, -3n), S3, 3n) });
    expectOnly(stage, ["escrow"], "chain-2 holds -3 too much of token 1", "chain-3 holds 3 too much of token 1");
  });

  test("an escrow for which nothing ever came in is found at the end", () => {
    const stage = new WorldStage();
    stage.stepAltered(ROOT, { entries: (entries) => addEscrow(entries, S3, 5n, S2) });
    expectOnly(stage, ["escrow"], "the escrow of chain-3 holds 5 too much of token 2");
  });

  test("a subchain that holds more, or less, than came to it is caught", () => {
    const minted = new WorldStage();
    minted.stepAltered(S2, { entries: (entries) => addBalance(entries, 1, 7n) });
    expectOnly(minted, ["escrow"], "chain-2 holds 7 too much of token 1");
    const gone = new WorldStage();
    gone.stepAltered(S2, { entries: (entries) => entries.delete(address(1)) });
    expectOnly(gone, ["escrow"], `chain-2 holds -${ENDOWMENT} too much of token 1`);
  });

  test("a token of which nothing is left at all is missed", () => {
    const stage = new WorldStage({ ownToken: [S3], bridge: LASTING });
    const { relock } = relay(stage);
    taken(stage.step(S3, [deliveryOf(stage, relock)]), 1);
    stage.stepAltered(S3, {
      // All that came: the receiver's and the deliverer's.
      entries: (entries) => {
        let map = entries;
        for (const [key, entry] of entries.entries()) if (entry[0] === 3) map = map.delete(key);
        return map;
      },
    });
    expectOnly(stage, ["escrow"], `chain-3 holds -${10n * IOTX - FEE} too much of token 1`);
  });

  test("what a chain of which nothing is promised holds is its own business", () => {
    const stage = new WorldStage({ unpromised: [S2] });
    stage.stepAltered(S2, { entries: (entries) => addBalance(entries, 1, 7n) });
    expectOnly(stage, []);
  });
});

describe("consumed-once", () => {
  test("a lock that is relocked twice is caught", () => {
    const stage = new WorldStage();
    const { lock } = relay(stage);
    stage.stepAltered(ROOT, { entries: (entries) => entries.delete(consumedKey(lockIdOfAction(lock))) });
    taken(stage.step(ROOT, [relockOf(stage.bridge, lock)]), 1);
    expectOnly(stage, ["consumed-once"], "root: height 3: a second relock of lock");
  });

  test("a transfer that is created twice at its destination is caught, unless nothing is promised there", () => {
    for (const unpromised of [[], [S3]]) {
      const stage = new WorldStage({ unpromised });
      const { lock, relock } = relay(stage);
      taken(stage.step(S3, [deliveryOf(stage, relock)]), 1);
      stage.stepAltered(S3, { entries: (entries) => entries.delete(consumedKey(lockIdOfAction(lock))) });
      taken(stage.step(S3, [deliveryOf(stage, relock)]), 1);
      if (unpromised.length > 0) expectOnly(stage, []);
      else expectOnly(stage, ["consumed-once"], "chain-3: height 3: a second credit of lock");
    }
  });

  test("an account leaves a dead chain once, and what it leaves as fee is no theft", () => {
    const stage = new WorldStage();
    const { bridge } = stage;
    stage.step(S2);
    stage.step(ROOT, [], 41 * MINUTE_US);
    const key = addressOf(holder(1).publicKey);
    const outputs = [{ amount: ENDOWMENT - 9n, lockingScript: script(1) }];
    const exit = exitOf(bridge, { chainId: S2, owner: 1, key, amount: ENDOWMENT, outputs });
    const before = bridge.root.state.ledger.entries;
    taken(stage.step(ROOT, [exit]), 1);
    expectOnly(stage, []);
    const marks = [...bridge.root.state.ledger.entries.entries()].filter(([each]) => before.get(each) === undefined);
    const outs = new Set(exit.createdKeys);
    stage.stepAltered(ROOT, {
      entries: (entries) => marks.reduce((map, [each]) => (outs.has(each) ? map : map.delete(each)), entries),
    });
    const again = [{ amount: ENDOWMENT - 8n, lockingScript: script(1) }];
    taken(stage.step(ROOT, [exitOf(bridge, { chainId: S2, owner: 1, key, amount: ENDOWMENT, outputs: again })]), 1);
    expect(stage.broken().names).toContain("consumed-once");
    expect(stage.broken().details).toContain("root: height 4: a second exit of");
  });
});

describe("delivery", () => {
  test("a transfer that is delivered and refunded by the rootchain is caught", () => {
    const stage = new WorldStage({ bridge: LASTING });
    const { lock, relock } = relay(stage);
    const lockId = lockIdOfAction(lock);
    taken(stage.step(S3, [deliveryOf(stage, relock)]), 1);
    stage.stepAltered(S3, { entries: (entries) => entries.delete(consumedKey(lockId)) });
    stage.step(S3, [], 61 * MINUTE_US);
    taken(stage.step(ROOT, [refundOfLeg(stage, lockId)]), 1);
    expectOnly(stage, ["delivery"], "root, height 2", "is delivered and refunded by the rootchain");
  });

  test("what a dead chain delivers after its last anchored header is void, and no second end of a transfer", () => {
    const stage = new WorldStage();
    const { lock, relock } = relay(stage);
    taken(stage.step(S3, [deliveryOf(stage, relock)]), 1);
    stage.step(ROOT, [], 41 * MINUTE_US);
    const { bridge } = stage;
    const leg = legOf(bridge, lockIdOfAction(lock));
    if (leg === null) throw new Error("nothing is on its way");
    taken(stage.step(ROOT, [refundOf(bridge, lockIdOfAction(lock), leg, { height: 0 })]), 1);
    expectOnly(stage, []);
  });

  test("a transfer that is relocked and refunded at its source is caught", () => {
    const stage = new WorldStage({ bridge: LASTING });
    const { lock } = relay(stage);
    const lockId = lockIdOfAction(lock);
    stage.stepAltered(ROOT, { entries: (entries) => entries.delete(consumedKey(lockId)) });
    stage.step(ROOT, [], 31 * MINUTE_US);
    taken(stage.step(S2, [subRefundOf(stage.bridge, stage.bridge.chain(S2), lockId)]), 1);
    expectOnly(stage, ["delivery"], "is relocked and refunded by its source");
  });

  test("a relock and a delivery after their expiries are caught, unless nothing is promised there", () => {
    const late = new WorldStage();
    const lock = lockAction(late.bridge, 0, transferOf(late.bridge, {}));
    taken(late.step(S2, [lock]), 1);
    const timeUs = late.bridge.timeUs + 31 * MINUTE_US;
    late.stepAltered(ROOT, { header: { timeUs } }, [relockOf(late.bridge, lock)]);
    expectOnly(late, ["delivery"], "root, height 1", "has a relock after its expiry");
    for (const unpromised of [[], [S3]]) {
      const stage = new WorldStage({ unpromised });
      const { relock } = relay(stage);
      const header = { timeUs: stage.bridge.timeUs + 61 * MINUTE_US };
      stage.stepAltered(S3, { header }, [deliveryOf(stage, relock)]);
      if (unpromised.length > 0) expectOnly(stage, []);
      else expectOnly(stage, ["delivery"], "chain-3, height 1", "has a credit after its expiry");
    }
  });

  test("a relock of what never was locked is caught, unless the source is a chain of which nothing is promised", () => {
    for (const unpromised of [[], [S2]]) {
      const stage = new WorldStage({ unpromised });
      taken(stage.step(ROOT, [relockForged(stage)]), 1);
      stage.step(S2);
      if (unpromised.length > 0) expectOnly(stage, []);
      else expectOnly(stage, ["delivery", "header-authority"], "its source never locked it", "do not hold final");
    }
  });

  test("a delivery of what the rootchain never relocked is caught", () => {
    const stage = new WorldStage();
    const lock = lockAction(stage.bridge, 0, transferOf(stage.bridge, {}));
    taken(stage.step(S2, [lock]), 1);
    stage.stepAltered(ROOT, { transactions: [] }, [relockOf(stage.bridge, lock)]);
    const reorg = deliveryUnproven(lock);
    stage.stepAltered(S3, {
      transactions: [reorg],
      entries: (entries) => addBalance(entries, 1, 10n * IOTX - FEE),
    });
    expect(stage.broken().names).toContain("delivery");
    expect(stage.broken().details).toContain("was delivered, but the rootchain never relocked it");
  });

  test("a delivery of more than was relocked, and one to somebody else, are caught", () => {
    for (const changes of ["more", "other"] as const) {
      const stage = new WorldStage();
      const { lock } = relay(stage);
      const { action } = lock;
      if (action.kind !== "lock") throw new Error("it is a lock");
      const { transfer } = action;
      const leg = changes === "more" ? { remaining: transfer.amount } : { transfer: { ...transfer, deliveryFee: 0n } };
      const arriving = changes === "more" ? transfer.amount : transfer.amount - transfer.relockFee;
      stage.stepAltered(S3, {
        transactions: [deliveryUnproven(lock, leg)],
        entries: (entries) => addBalance(entries, 1, arriving),
      });
      expect(stage.broken().names).toContain("delivery");
      expect(stage.broken().details).toContain("was delivered as another transfer");
    }
  });

  test("a refund of what never came to the rootchain, and a relock that pays another, are caught", () => {
    const stage = new WorldStage({ bridge: LASTING });
    const { lock } = relay(stage);
    stage.step(S3, [], 61 * MINUTE_US);
    const refund = refundOfLeg(stage, lockIdOfAction(lock));
    if (refund.payload?.kind !== "refund") throw new Error("it is a refund");
    const unknown = utxo({ ...refund.payload, lockId: consumedKey(lockIdOfAction(lock)) }, []);
    stage.stepAltered(ROOT, { transactions: [unknown] });
    expectOnly(stage, ["delivery"], "was refunded, but nothing of it ever came to the rootchain");

    const other = new WorldStage();
    const home = lockAction(other.bridge, 0, transferOf(other.bridge, { destinationChain: ROOT }));
    taken(other.step(S2, [home]), 1);
    const honest = relockOf(other.bridge, home);
    const thief = honest.outputs.map((output) => ({ ...output, lockingScript: script(66) }));
    const altered = relockOf(other.bridge, home, { outputs: thief });
    other.stepAltered(ROOT, { transactions: [altered] }, [honest]);
    expectOnly(other, ["delivery"], "is relocked to the rootchain without paying its receiver");
  });
});

describe("isolation", () => {
  test("a Byzantine chain that takes out more than came in is caught, where the entries show it and where they do not", () => {
    for (const unseen of [true, false]) {
      const stage = new WorldStage({ unpromised: [S2] });
      const relock = relockForged(stage, 5000n * IOTX);
      stage.stepAltered(ROOT, { transactions: [relock], unseen });
      const detail = `chain-2 took out ${1000n * IOTX} more of token 1 than came in`;
      // The rootchain's entries have no part in the relock: its escrow stays, and nobody is charged.
      expectOnly(stage, unseen ? ["isolation"] : ["escrow", "isolation", "quota"], detail);
    }
  });

  test("a Byzantine chain that takes out all that came in, and no more, breaks nothing", () => {
    const stage = new WorldStage({ unpromised: [S2] });
    taken(stage.step(ROOT, [relockForged(stage, 4n * ENDOWMENT)]), 1);
    expectOnly(stage, []);
    expect(stage.samplesOf("isolation")).toBeGreaterThan(0);
  });
});
