import { expect, test } from "vitest";
import { IOTX } from "../../core/units.ts";
import {
  balance,
  creditOf,
  escrow,
  legOf,
  lockAction,
  lockIdOfAction,
  lockOnRoot,
  refundOf,
  refusal,
  relockOf,
  reorgOf,
  step,
  subRefundOf,
  transferOf,
} from "./actors.ts";
import { ENDOWMENT, ROOT, rootValue, S2, S3, script, World } from "./world.ts";

const TEN = 10n * IOTX;
const FEE = IOTX / 10n;

function supplyOf(world: World): bigint {
  return rootValue(world.root.state.ledger);
}

test("three transactions move a transfer from one subchain to another", () => {
  const world = new World();
  const supply = supplyOf(world);
  const lock = lockAction(world, 0, transferOf(world, {}));
  expect(step(world, S2, [lock])).toBe(1);
  expect(balance(world, S2, 0)).toBe(ENDOWMENT - TEN);
  const relock = relockOf(world, lock);
  expect(step(world, ROOT, [relock])).toBe(1);
  expect(escrow(world, S2)).toBe(4n * ENDOWMENT - TEN);
  expect(escrow(world, S3)).toBe(4n * ENDOWMENT + TEN - FEE);
  expect(step(world, S3, [reorgOf(world, world.chain(S3), relock)])).toBe(1);
  expect(balance(world, S3, 1)).toBe(ENDOWMENT + TEN - 2n * FEE);
  expect(balance(world, S3, 3)).toBe(ENDOWMENT + FEE);
  expect(supplyOf(world)).toBe(supply);
});

test("the naive way takes four transactions: out to the rootchain, and in again", () => {
  const world = new World();
  const supply = supplyOf(world);
  const lock = lockAction(world, 0, transferOf(world, { destinationChain: ROOT, receiver: script(9) }));
  step(world, S2, [lock]);
  const relock = relockOf(world, lock);
  expect(step(world, ROOT, [relock])).toBe(1);
  expect(escrow(world, S2)).toBe(4n * ENDOWMENT - TEN);
  const held = { transactionId: relock.outpointId, index: 0 };
  const transfer = transferOf(world, { sourceChain: ROOT, amount: TEN - FEE });
  const inward = lockOnRoot(transfer, { coin: held, value: TEN - FEE });
  expect(step(world, ROOT, [inward])).toBe(1);
  expect(escrow(world, S3)).toBe(4n * ENDOWMENT + TEN - FEE);
  expect(step(world, S3, [reorgOf(world, world.chain(S3), inward)])).toBe(1);
  expect(balance(world, S3, 1)).toBe(ENDOWMENT + TEN - 2n * FEE);
  expect(supplyOf(world)).toBe(supply);
});

test("a path over changes of committee leads to a lock many iterations later", () => {
  const world = new World();
  for (let block = 0; block < 9; block++) step(world, S2);
  const lock = lockAction(world, 0, transferOf(world, {}));
  step(world, S2, [lock]);
  const relock = relockOf(world, lock);
  expect(relock.payload?.kind === "relock" && relock.payload.path.headers.length).toBeGreaterThan(3);
  expect(step(world, ROOT, [relock])).toBe(1);
  // What is anchored needs no header any more.
  const second = lockAction(world, 1, transferOf(world, {}));
  step(world, S2, [second]);
  expect(step(world, ROOT, [relockOf(world, second)])).toBe(1);
  expect(refusal(world, ROOT, relockOf(world, second))).toBe("lock that was consumed already");
});

test("a lock below the last anchor is relocked by a path from an older one", () => {
  const world = new World();
  const lock = lockAction(world, 0, transferOf(world, {}));
  step(world, S2, [lock]);
  for (let block = 0; block < 5; block++) step(world, S2);
  const late = lockAction(world, 1, transferOf(world, {}));
  step(world, S2, [late]);
  expect(step(world, ROOT, [relockOf(world, late)])).toBe(1);
  expect(step(world, ROOT, [relockOf(world, lock)])).toBe(1);
  expect(legOf(world, lockIdOfAction(lock))?.state).toBe("waiting");
});

test("what is not relocked in time goes back to its sender, and cannot be relocked any more", () => {
  const world = new World();
  const lock = lockAction(world, 0, transferOf(world, {}));
  step(world, S2, [lock]);
  step(world, ROOT, [], 31);
  expect(refusal(world, ROOT, relockOf(world, lock))).toBe("lock that has expired");
  const refund = subRefundOf(world, world.chain(S2), lockIdOfAction(lock));
  expect(step(world, S2, [refund])).toBe(1);
  expect(balance(world, S2, 0)).toBe(ENDOWMENT);
  expect(escrow(world, S2)).toBe(4n * ENDOWMENT);
  expect(step(world, S2, [refund])).toBe(0);
});

test("what is not delivered in time goes to the fallback, less what was earned, and is delivered no more", () => {
  const world = new World({ bridge: { deadAfterUs: 3600_000_000_000 } });
  const supply = supplyOf(world);
  const lock = lockAction(world, 0, transferOf(world, {}));
  step(world, S2, [lock]);
  const relock = relockOf(world, lock);
  step(world, ROOT, [relock]);
  const lockId = lockIdOfAction(lock);
  const leg = legOf(world, lockId);
  if (leg === null) throw new Error("the relock made a leg");
  expect(leg.remaining).toBe(TEN - FEE);
  step(world, S3);
  expect(refusal(world, ROOT, refundOf(world, lockId, leg))).toBe("refund before the delivery has expired");
  step(world, S3, [], 61);
  expect(refusal(world, S3, reorgOf(world, world.chain(S3), relock))).toBe("delivery after its expiry");
  const refund = refundOf(world, lockId, leg);
  expect(step(world, ROOT, [refund])).toBe(1);
  expect(refund.outputs[0]).toEqual({ amount: TEN - FEE - world.parameters.maxRefundFee, lockingScript: script(50) });
  expect(legOf(world, lockId)?.state).toBe("paid");
  expect(escrow(world, S3)).toBe(4n * ENDOWMENT);
  const again = refundOf(world, lockId, leg, { outputs: [{ amount: leg.remaining, lockingScript: script(50) }] });
  expect(refusal(world, ROOT, again)).toBe("refund that was given already");
  expect(refusal(world, S2, creditOf(world, world.chain(S2), lockId))).toBe(
    "refund that the rootchain has not granted",
  );
  expect(supplyOf(world)).toBe(supply);
});

test("a token of a subchain that is not delivered comes back to its source by the rootchain's word", () => {
  const world = new World({ ownToken: [S2], bridge: { deadAfterUs: 3600_000_000_000 } });
  expect(balance(world, S2, 0, S2)).toBe(ENDOWMENT);
  const lock = lockAction(world, 0, transferOf(world, { token: S2, relockFee: 0n }));
  expect(step(world, S2, [lock])).toBe(1);
  expect(step(world, ROOT, [relockOf(world, lock, { outputs: [] })])).toBe(1);
  expect(balance(world, S2, 0, S2)).toBe(ENDOWMENT - TEN);
  // A chain's own token is not counted at home, only where it is foreign.
  expect(escrow(world, S2, S2)).toBe(0n);
  expect(escrow(world, S3, S2)).toBe(TEN);
  const lockId = lockIdOfAction(lock);
  const leg = legOf(world, lockId);
  if (leg === null) throw new Error("the relock made a leg");
  step(world, S3, [], 61);
  expect(step(world, ROOT, [refundOf(world, lockId, leg)])).toBe(1);
  expect(escrow(world, S3, S2)).toBe(0n);
  expect(step(world, S2, [creditOf(world, world.chain(S2), lockId)])).toBe(1);
  expect(balance(world, S2, 0, S2)).toBe(ENDOWMENT);
});
