import { expect, test } from "vitest";
import { subchainStatus } from "../../bridge/anchor-ring.ts";
import { assert } from "../../core/assert.ts";
import { IOTX } from "../../core/units.ts";
import { ownLockKey, tokenKey } from "../../subchain/entries.ts";
import {
  address,
  anchoredHeight,
  anchorOf,
  balance,
  escrow,
  exitOf,
  legOf,
  lockAction,
  lockIdOfAction,
  lockIdOfRoot,
  lockOnRoot,
  refundOf,
  refusal,
  relockOf,
  reorgOf,
  step,
  transferOf,
} from "./actors.ts";
import { COIN, coin, ENDOWMENT, PARAMETERS, ROOT, rootValue, S2, S3, script, World } from "./world.ts";

const TEN = 10n * IOTX;
const FEE = IOTX / 10n;

test("silence is a pure function of time: alive, then silent, then dead", () => {
  const { deadAfterUs, challengeUs } = PARAMETERS;
  expect(subchainStatus(5, 5, PARAMETERS)).toBe("alive");
  expect(subchainStatus(5, 4 + deadAfterUs, PARAMETERS)).toBe("alive");
  expect(subchainStatus(5, 5 + deadAfterUs, PARAMETERS)).toBe("silent");
  expect(subchainStatus(5, 4 + deadAfterUs + challengeUs, PARAMETERS)).toBe("silent");
  expect(subchainStatus(5, 5 + deadAfterUs + challengeUs, PARAMETERS)).toBe("dead");
});

test("heartbeats keep a chain alive, if they advance it and do not come too often", () => {
  const world = new World();
  step(world, S2);
  expect(refusal(world, ROOT, anchorOf(world, S2))).toBe(null);
  step(world, ROOT, [anchorOf(world, S2)], 2);
  expect(anchoredHeight(world, S2)).toBe(1);
  step(world, S2);
  expect(refusal(world, ROOT, anchorOf(world, S2))).toBe("heartbeat too soon");
  step(world, ROOT, [], 2);
  expect(refusal(world, ROOT, anchorOf(world, S2, 1))).toBe("heartbeat that advances nothing");
  step(world, ROOT, [], 19);
  // Silent, but heard of again within the challenge.
  expect(
    refusal(world, ROOT, lockOnRoot(transferOf(world, { sourceChain: ROOT, destinationChain: S2 }), funds())),
  ).toBe("destination that is silent");
  expect(step(world, ROOT, [anchorOf(world, S2)])).toBe(1);
  expect(
    refusal(world, ROOT, lockOnRoot(transferOf(world, { sourceChain: ROOT, destinationChain: S2 }), funds())),
  ).toBe(null);
});

function funds(): { coin: ReturnType<typeof coin>; value: bigint } {
  return { coin: coin(0), value: COIN };
}

/** Expiries that come after the death of a chain. */
const LATE = { rootExpiryUs: 5000_000_000, destinationExpiryUs: 5500_000_000 };

/** @returns a world whose first subchain has died at its last anchored header */
function withDeadSource(world: World): void {
  step(world, S3, [], 30);
  step(world, ROOT, [anchorOf(world, S3)]);
  step(world, ROOT, [], 15);
}

test("a dead chain is not heard any more: its later headers are void, and nothing can be sent to it", () => {
  const world = new World();
  const lock = lockAction(world, 0, transferOf(world, LATE));
  step(world, S2, [lock]);
  withDeadSource(world);
  expect(refusal(world, ROOT, relockOf(world, lock))).toBe("header of a dead chain after its terminal anchor");
  expect(refusal(world, ROOT, anchorOf(world, S2))).toBe("header of a dead chain after its terminal anchor");
  const inward = lockOnRoot(transferOf(world, { sourceChain: ROOT, destinationChain: S2 }), funds());
  expect(refusal(world, ROOT, inward)).toBe("destination that is dead");
  const between = lockAction(world, 0, transferOf(world, { sourceChain: S3, destinationChain: S2 }));
  step(world, S3, [between]);
  expect(refusal(world, ROOT, relockOf(world, between))).toBe("destination that is dead");
});

test("what a dead chain had not consumed at its terminal anchor is refunded, though it has not expired", () => {
  const world = new World();
  const supply = rootValue(world.root.state.ledger);
  const transfer = transferOf(world, { sourceChain: ROOT, destinationChain: S2, destinationExpiryUs: 6000_000_000 });
  const [delivered, stranded] = [0, 1].map((index) => lockOnRoot(transfer, { coin: coin(index), value: COIN }));
  assert(delivered !== undefined && stranded !== undefined, "two locks were made");
  expect(step(world, ROOT, [delivered, stranded])).toBe(2);
  step(world, S2, [reorgOf(world, world.chain(S2), delivered)]);
  step(world, ROOT, [anchorOf(world, S2)], 2);
  // Too late: no header that says so will be anchored.
  step(world, S2, [reorgOf(world, world.chain(S2), stranded)]);
  step(world, ROOT, [], 39);
  const refund = (lock: typeof stranded) => {
    const lockId = lockIdOfRoot(lock);
    const leg = legOf(world, lockId);
    assert(leg !== null, "the lock made a leg");
    return refundOf(world, lockId, leg, { height: anchoredHeight(world, S2) });
  };
  expect(refusal(world, ROOT, refund(stranded))).toBe("refund before the delivery has expired");
  step(world, ROOT, [], 2);
  expect(refusal(world, ROOT, refund(delivered))).toBe("refund without proof that nothing was delivered");
  expect(step(world, ROOT, [refund(stranded)])).toBe(1);
  expect(escrow(world, S2)).toBe(4n * ENDOWMENT + TEN);
  expect(rootValue(world.root.state.ledger)).toBe(supply);
});

test("balances and open locks leave a dead chain by proof and signature, once, never more than its escrow", () => {
  const world = new World();
  const supply = rootValue(world.root.state.ledger);
  const lock = lockAction(world, 0, transferOf(world, {}));
  const taken = lockAction(world, 2, transferOf(world, LATE));
  step(world, S2, [lock, taken]);
  step(world, ROOT, [relockOf(world, taken)]);
  const own = { chainId: S2, owner: 0, key: address(0), amount: ENDOWMENT - TEN };
  expect(refusal(world, ROOT, exitOf(world, own))).toBe("exit from a chain that is not dead");
  withDeadSource(world);
  expect(refusal(world, ROOT, exitOf(world, { ...own, signer: 1 }))).toBe("exit with a bad signature");
  expect(refusal(world, ROOT, exitOf(world, { ...own, key: address(1) }))).toBe(
    "exit with an entry that is not proven",
  );
  const more = [{ amount: own.amount + 1n, lockingScript: script(0) }];
  expect(refusal(world, ROOT, exitOf(world, { ...own, outputs: more }))).toBe("more comes out than goes in");
  expect(step(world, ROOT, [exitOf(world, own)])).toBe(1);
  const again = [{ amount: 1n, lockingScript: script(1) }];
  expect(refusal(world, ROOT, exitOf(world, { ...own, outputs: again }))).toBe("exit with what was taken out already");
  // The lock left its account, but never its chain.
  const locked = { chainId: S2, owner: 0, key: ownLockKey(lockIdOfAction(lock)), amount: TEN };
  expect(refusal(world, ROOT, exitOf(world, { ...locked, owner: 1 }))).toBe(
    "exit with an entry that is worth nothing to the account",
  );
  expect(step(world, ROOT, [exitOf(world, locked)])).toBe(1);
  expect(refusal(world, ROOT, relockOf(world, lock))).not.toBe(null);
  // The other lock was relocked in time.
  const gone = { chainId: S2, owner: 2, key: ownLockKey(lockIdOfAction(taken)), amount: TEN };
  expect(refusal(world, ROOT, exitOf(world, gone))).toBe("exit with what was taken out already");
  for (const owner of [1, 2, 3]) {
    const amount = balance(world, S2, owner);
    expect(step(world, ROOT, [exitOf(world, { chainId: S2, owner, key: address(owner), amount })])).toBe(1);
  }
  expect(escrow(world, S2)).toBe(0n);
  expect(rootValue(world.root.state.ledger)).toBe(supply);
});

test("a chain's own token is worth nothing on the rootchain, the root token that is held beside it is", () => {
  const world = new World({ ownToken: [S2] });
  const inward = lockOnRoot(transferOf(world, { sourceChain: ROOT, destinationChain: S2 }), funds());
  step(world, ROOT, [inward]);
  expect(step(world, S2, [reorgOf(world, world.chain(S2), inward)])).toBe(1);
  step(world, ROOT, [anchorOf(world, S2)], 2);
  withDeadSource(world);
  expect(refusal(world, ROOT, exitOf(world, { chainId: S2, owner: 0, key: address(0), amount: 0n }))).toBe(
    "exit of a token to where it cannot go",
  );
  const onward = { destinationChain: S3, deliveryFee: 0n };
  expect(refusal(world, ROOT, exitOf(world, { chainId: S2, owner: 0, key: address(0), onward }))).toBe(
    "exit with a token that died with its chain",
  );
  const held = { chainId: S2, owner: 1, key: tokenKey(ROOT, address(1)), amount: TEN - FEE };
  expect(step(world, ROOT, [exitOf(world, held)])).toBe(1);
  expect(escrow(world, S2)).toBe(FEE);
});
