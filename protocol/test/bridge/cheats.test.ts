import { describe, expect, test } from "vitest";
import { Phase } from "../../consensus/vote.ts";
import { assert } from "../../core/assert.ts";
import { type Hash, ZERO_HASH } from "../../core/ids.ts";
import { IOTX } from "../../core/units.ts";
import { bytesToHash, hashToBytes } from "../../crypto/hash.ts";
import { leafDigest } from "../../crypto/merkle.ts";
import { encodeAccount } from "../../ledger/accounts.ts";
import { type Header, headerHash } from "../../ledger/header.ts";
import { encodeTransaction } from "../../ledger/transaction.ts";
import type { CertifiedHeader } from "../../light/certified-header.ts";
import { AccountAction } from "../../subchain/transaction.ts";
import { holder, transfer as pay } from "../people.ts";
import {
  address,
  escrow,
  forgeRelock,
  legOf,
  lockAction,
  lockIdOfAction,
  lockOnRoot,
  type RelayChanges,
  refundOf,
  refusal,
  relockOf,
  reorgOf,
  step,
  transferOf,
  utxo,
} from "./actors.ts";
import { COIN, coin, ENDOWMENT, ROOT, S2, S3, script, World } from "./world.ts";

const LONG_LIFE = { bridge: { deadAfterUs: 3600_000_000_000 } };

/** @returns a world with a lock that waits on the first subchain, at height 1 or after more blocks */
function withLock(changes: Parameters<typeof transferOf>[1] = {}, world = new World()): [World, AccountAction] {
  const lock = lockAction(world, 0, transferOf(world, changes));
  assert(step(world, S2, [lock]) === 1, "the source takes the lock");
  return [world, lock];
}

function relockRefusal(world: World, lock: AccountAction, changes: RelayChanges): string | null {
  return refusal(world, ROOT, relockOf(world, lock, changes));
}

/** @returns the header of height 1 with changes, certified by the source's own committee after all */
function forged(world: World, changes: Partial<Header>, by?: readonly number[], phase?: Phase): CertifiedHeader {
  const chain = world.chain(S2);
  const header = { ...chain.at(1).certified.header, ...changes };
  return chain.certify(header, headerHash(header), by, phase);
}

describe("a cheating relayer is refused", () => {
  test("an honest one is not", () => {
    const [world, lock] = withLock();
    expect(relockRefusal(world, lock, {})).toBe(null);
  });

  test("who repeats a relock, by whatever proof", () => {
    const [world, lock] = withLock();
    step(world, ROOT, [relockOf(world, lock)]);
    step(world, S2);
    const other = { outputs: [{ amount: 1n, lockingScript: script(1) }] };
    expect(relockRefusal(world, lock, other)).toBe("lock that was consumed already");
    expect(relockRefusal(world, lock, { ...other, from: 0 })).toBe("lock that was consumed already");
  });

  test("who truncates or alters the proof", () => {
    const world = new World();
    const locks = [0, 1, 2].map((from) => lockAction(world, from, transferOf(world, {})));
    step(world, S2, locks);
    const [lock] = locks as [AccountAction, ...AccountAction[]];
    const { proof } = world.chain(S2).prove(lock.id);
    for (const branch of [proof.branch.slice(1), [], proof.branch.map((each) => each.map((byte) => byte ^ 1))]) {
      expect(relockRefusal(world, lock, { payload: { proof: { ...proof, branch } } })).toBe(
        "lock that is not in the block",
      );
    }
    const elsewhere = { ...proof, index: 1 };
    expect(relockRefusal(world, lock, { payload: { proof: elsewhere } })).toBe("lock that is not in the block");
  });

  test("who alters the lock", () => {
    const [world, lock] = withLock();
    assert(lock.action.kind === "lock", "it is a lock");
    for (const changes of [{ amount: 11n * IOTX }, { receiver: hashToBytes(address(2)) }, { relockFee: IOTX }]) {
      const action = { kind: "lock" as const, transfer: { ...lock.action.transfer, ...changes } };
      const altered = new AccountAction({ ...lock, action }, lock.signature);
      const payload = { lock: encodeTransaction(altered) };
      expect(relockRefusal(world, lock, { payload })).toBe("lock that is not in the block");
    }
  });

  test("who shows another kind of transaction", () => {
    const [world, lock] = withLock();
    const plain = pay(1, 0, { chainId: S2 });
    const permit = new AccountAction({
      chainId: S2,
      from: holder(1).publicKey,
      nonce: 0,
      fee: 0n,
      action: { kind: "permit", address: address(2), mayRead: true, mayWrite: true },
    });
    const inward = lockOnRoot(transferOf(world, { sourceChain: ROOT }), { coin: coin(0), value: COIN });
    const others = [plain, permit, inward].map(encodeTransaction);
    for (const encoded of [...others, new Uint8Array(0), encodeTransaction(lock).subarray(1)]) {
      expect(relockRefusal(world, lock, { payload: { lock: encoded } })).toBe("relock of something that is no lock");
    }
    const trailing = { lock: Uint8Array.of(...encodeTransaction(lock), 0) };
    expect(relockRefusal(world, lock, { payload: trailing })).toBe("relock of something that is no lock");
  });

  test("who shows a lock that speaks for another chain", () => {
    const [world, lock] = withLock();
    const foreign = lockAction(world, 0, transferOf(world, { sourceChain: S3, destinationChain: S2 }), { chainId: S2 });
    const payload = { lock: encodeTransaction(foreign) };
    expect(relockRefusal(world, lock, { payload })).toBe("relock of something that is no lock");
    const unknown = lockAction(world, 0, transferOf(world, { sourceChain: 9 }), { chainId: 9, nonce: 0 });
    expect(relockRefusal(world, lock, { payload: { lock: encodeTransaction(unknown) } })).toBe(
      "lock of a chain that is no subchain",
    );
  });

  test("who follows another chain's headers", () => {
    const [world, lock] = withLock();
    step(world, S3);
    const path = world.chain(S3).path(0, 1);
    expect(relockRefusal(world, lock, { payload: { path } })).toBe("header of another chain");
    expect(relockRefusal(world, lock, { payload: { path: { headers: [], height: 1 } } })).toBe(
      "no anchored header at that height",
    );
    const honest = world.chain(S2).path(0, 1);
    expect(relockRefusal(world, lock, { payload: { path: { ...honest, height: 2 } } })).toBe(
      "header path to another height",
    );
  });

  test("who shows a header that is not final", () => {
    const [world, lock] = withLock();
    const cases: [CertifiedHeader, string][] = [
      [forged(world, {}, [0, 1]), "certificate without a quorum"],
      [forged(world, {}, undefined, Phase.prepare), "certificate that makes nothing final"],
      [forged(world, { stateRoot: ZERO_HASH }), "header with a zero root"],
      [forged(world, { transactionRoot: ZERO_HASH }), "header with a zero root"],
      [forged(world, { timeUs: 0 }), "header not after its anchor"],
      [forged(world, { previousHash: "ab".repeat(32) as Hash }), "header on another parent"],
    ];
    for (const [header, reason] of cases) {
      const path = { headers: [header], height: 1 };
      expect(relockRefusal(world, lock, { payload: { path } })).toBe(reason);
    }
  });

  test("who shows a header of a committee that is over, or of strangers", () => {
    const world = new World();
    for (let block = 0; block < 6; block++) step(world, S2);
    const [, lock] = withLock({}, world);
    const chain = world.chain(S2);
    const last = chain.at(7).certified;
    const { members } = chain.at(1).certified;
    expect(last.members).not.toEqual(members);
    const skipped = { headers: [last], height: 7 };
    expect(relockRefusal(world, lock, { payload: { path: skipped } })).toBe("header of a foreign committee");
    const honest = chain.path(0, 7).headers;
    const stale = { headers: [...honest.slice(0, -1), { ...last, members }], height: 7 };
    expect(relockRefusal(world, lock, { payload: { path: stale } })).toBe("header of a foreign committee");
  });

  test("who comes with an anchor beyond the trust period", () => {
    const world = new World({ bridge: { ...LONG_LIFE.bridge, trustPeriodUs: 600_000_000 } });
    const [, lock] = withLock({}, world);
    step(world, ROOT, [], 11);
    expect(relockRefusal(world, lock, {})).toBe("header from an anchor older than the trust period");
  });

  test("who would pay another than the receiver on the rootchain", () => {
    const [world, lock] = withLock({ destinationChain: ROOT });
    const amount = 10n * IOTX;
    expect(relockRefusal(world, lock, { outputs: [{ amount, lockingScript: script(66) }] })).toBe(
      "relock that pays another",
    );
    const less = [{ amount: amount - IOTX / 10n - 1n, lockingScript: script(9) }];
    expect(relockRefusal(world, lock, { outputs: less })).toBe("relock that pays another");
    const more = [
      { amount: amount - IOTX / 10n, lockingScript: script(9) },
      { amount: IOTX / 10n + 1n, lockingScript: script(77) },
    ];
    expect(relockRefusal(world, lock, { outputs: more })).toBe("more comes out than goes in");
  });
});

describe("a wholly Byzantine subchain", () => {
  /** Its operators write into its ledger what they like, and sign it. */
  function mint(world: World, owner: number, balance: bigint): void {
    const chain = world.chain(S2);
    const entries = chain.state.ledger.entries.set(address(owner), encodeAccount({ balance, nonce: 0 }));
    chain.state = { ...chain.state, ledger: { entries } };
  }

  test("takes out no more than came in, whatever it mints", () => {
    const world = new World();
    mint(world, 0, 1_000_000n * IOTX);
    const held = escrow(world, S2);
    const [, lock] = withLock({ amount: held + 1n }, world);
    expect(relockRefusal(world, lock, {})).toBe("more than came to the source");
    const [, most] = withLock({ amount: held }, world);
    expect(step(world, ROOT, [relockOf(world, most)])).toBe(1);
    expect(escrow(world, S2)).toBe(0n);
    const [, penny] = withLock({ amount: IOTX }, world);
    expect(relockRefusal(world, penny, {})).toBe("more than came to the source");
    expect(escrow(world, S3)).toBe(4n * ENDOWMENT + held - IOTX / 10n);
  });

  test("cannot mint another chain's token, nor one that nobody issues", () => {
    const world = new World({ ownToken: [S3] });
    step(world, S2);
    const cases: [number, string][] = [
      [S3, "more than came to the source"],
      [S2, "token that no chain issues"],
      [9, "token that no chain issues"],
    ];
    for (const [token, reason] of cases) {
      const transfer = transferOf(world, { token, relockFee: 0n });
      // Its own rules would refuse the lock: it certifies a body that nobody executed.
      const encoded = encodeTransaction(lockAction(world, 0, transfer, { nonce: 0 }));
      const forgery = forgeRelock(world.chain(S2), encoded, world.timeUs + 500_000);
      expect(refusal(world, ROOT, utxo(forgery, []))).toBe(reason);
    }
  });

  test("forks itself: a header against an anchored one is refused", () => {
    const [world, lock] = withLock();
    step(world, S2);
    const later = lockAction(world, 1, transferOf(world, {}));
    step(world, S2, [later]);
    step(world, ROOT, [relockOf(world, lock)]);
    step(world, ROOT, [relockOf(world, later)]);
    const hidden = encodeTransaction(lockAction(world, 2, transferOf(world, {})));
    const transactionRoot = bytesToHash(leafDigest(hidden));
    const fork = { headers: [forged(world, { transactionRoot })], height: 1 };
    const proof = { index: 0, size: 1, branch: [] };
    const relock = utxo({ kind: "relock", path: fork, lock: hidden, proof }, []);
    expect(refusal(world, ROOT, relock)).toBe("header that contradicts an anchored one");
    const late = { headers: [forged(world, { height: 2, timeUs: world.timeUs, transactionRoot })], height: 2 };
    const other = utxo({ kind: "relock", path: late, lock: hidden, proof }, []);
    expect(refusal(world, ROOT, other)).toBe("header on another parent");
  });
});

describe("a transfer is delivered or refunded, never both", () => {
  test("what was delivered is not refunded", () => {
    const [world, lock] = withLock({}, new World(LONG_LIFE));
    const relock = relockOf(world, lock);
    step(world, ROOT, [relock]);
    step(world, S3, [reorgOf(world, world.chain(S3), relock)]);
    step(world, S3, [], 61);
    const lockId = lockIdOfAction(lock);
    const leg = legOf(world, lockId);
    assert(leg !== null, "the relock made a leg");
    expect(refusal(world, ROOT, refundOf(world, lockId, leg))).toBe("refund without proof that nothing was delivered");
    // A header from before the delivery shows absence, but not that it is too late.
    expect(refusal(world, ROOT, refundOf(world, lockId, leg, { height: 1 }))).toBe(
      "refund before the delivery has expired",
    );
    expect(refusal(world, S3, reorgOf(world, world.chain(S3), relock))).toBe("delivery after its expiry");
  });

  test("a refund pays the fallback, all but a capped fee", () => {
    const [world, lock] = withLock({}, new World(LONG_LIFE));
    step(world, ROOT, [relockOf(world, lock)]);
    step(world, S3, [], 61);
    const lockId = lockIdOfAction(lock);
    const leg = legOf(world, lockId);
    assert(leg !== null, "the relock made a leg");
    const stolen = [{ amount: leg.remaining, lockingScript: script(66) }];
    const reason = "refund that pays another than the fallback, or too little";
    expect(refusal(world, ROOT, refundOf(world, lockId, leg, { outputs: stolen }))).toBe(reason);
    const least = leg.remaining - world.parameters.maxRefundFee;
    const short = [{ amount: least - 1n, lockingScript: script(50) }];
    expect(refusal(world, ROOT, refundOf(world, lockId, leg, { outputs: short }))).toBe(reason);
    const other = "cd".repeat(32) as Hash;
    expect(refusal(world, ROOT, refundOf(world, other, leg))).toBe("refund of no transfer");
    expect(refusal(world, ROOT, refundOf(world, lockId, leg))).toBe(null);
  });
});
