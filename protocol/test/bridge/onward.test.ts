import { expect, test } from "vitest";
import type { CrossTransfer } from "../../bridge/cross-transfer.ts";
import { lockIdOf } from "../../bridge/cross-transfer.ts";
import { assert } from "../../core/assert.ts";
import { IOTX } from "../../core/units.ts";
import { hashToBytes } from "../../crypto/hash.ts";
import type { UtxoTransaction } from "../../rootchain/transaction.ts";
import { tokenKey } from "../../subchain/entries.ts";
import {
  address,
  anchorOf,
  balance,
  escrow,
  exitOf,
  legOf,
  lockAction,
  refusal,
  relockOf,
  reorgOf,
  rootUpdateOf,
  step,
  transferOf,
} from "./actors.ts";
import { ROOT, S2, S3, World } from "./world.ts";

const S4 = 4;
const TEN = 10n * IOTX;
const NO_BYTES = new Uint8Array(0);

function inOwnToken(world: World, changes: Partial<CrossTransfer> = {}): CrossTransfer {
  const terms = { token: S2, relockFee: 0n, deliveryFee: 0n, fallback: NO_BYTES, receiver: hashToBytes(address(1)) };
  return transferOf(world, { ...terms, ...changes });
}

/** @returns a world in which account 1 holds ten of the token of S2 on S3, which has died since */
function withDeadHost(): World {
  const world = new World({ chains: [S2, S3, S4], ownToken: [S2] });
  const lock = lockAction(world, 0, inOwnToken(world));
  step(world, S2, [lock]);
  const relock = relockOf(world, lock);
  step(world, ROOT, [relock]);
  step(world, S3, [reorgOf(world, world.chain(S3), relock)]);
  step(world, ROOT, [anchorOf(world, S3)], 2);
  for (const chainId of [S2, S4]) step(world, chainId, [], 15);
  step(world, ROOT, [anchorOf(world, S2), anchorOf(world, S4)]);
  step(world, ROOT, [], 15);
  for (const chainId of [S2, S4]) step(world, chainId);
  step(world, ROOT, [anchorOf(world, S2), anchorOf(world, S4)], 15);
  return world;
}

const HELD = { chainId: S3, owner: 1, key: tokenKey(S2, address(1)) };

function leave(world: World, destinationChain: number, deliveryFee = 0n): UtxoTransaction {
  return exitOf(world, { ...HELD, onward: { destinationChain, deliveryFee } });
}

test("a token that the rootchain does not hold leaves a dead chain for the same account on another one, once", () => {
  const world = withDeadHost();
  expect(balance(world, S3, 1, S2)).toBe(TEN);
  expect(refusal(world, ROOT, exitOf(world, { ...HELD, amount: 1n }))).toBe("exit of a token to where it cannot go");
  expect(refusal(world, ROOT, leave(world, S3))).toBe("destination that is dead");
  expect(refusal(world, ROOT, leave(world, ROOT))).toBe("destination that is no subchain");
  expect(refusal(world, ROOT, leave(world, S4, TEN))).toBe("exit that its fee uses up");
  const exit = leave(world, S4, IOTX);
  expect(step(world, ROOT, [exit])).toBe(1);
  expect([escrow(world, S3, S2), escrow(world, S4, S2)]).toEqual([0n, TEN]);
  expect(refusal(world, ROOT, leave(world, S2))).toBe("exit with what was taken out already");
  const chain = world.chain(S4);
  expect(refusal(world, S2, reorgOf(world, world.chain(S2), exit))).toBe("delivery for another chain");
  expect(step(world, S4, [rootUpdateOf(world, chain), reorgOf(world, chain, exit)])).toBe(2);
  expect(balance(world, S4, 1, S2)).toBe(TEN - IOTX);
  expect(refusal(world, S4, reorgOf(world, chain, exit))).toBe("delivery that took place before");
});

test("at its home a token that comes back from a dead chain is outstanding no longer", () => {
  const world = withDeadHost();
  const before = balance(world, S2, 1, S2);
  const exit = leave(world, S2);
  expect(step(world, ROOT, [exit])).toBe(1);
  expect(step(world, S2, [reorgOf(world, world.chain(S2), exit)])).toBe(1);
  expect(balance(world, S2, 1, S2)).toBe(before + TEN);
});

test("what left a dead chain never expires on its way", () => {
  const world = withDeadHost();
  const exit = leave(world, S4);
  step(world, ROOT, [exit]);
  const leg = legOf(world, lockIdOf(ROOT, exit.outpointId));
  assert(leg !== null, "the exit made a leg");
  for (let hour = 0; hour < 12; hour++) {
    step(world, S4, [], 15);
    step(world, ROOT, [anchorOf(world, S4)]);
    step(world, S4, [rootUpdateOf(world, world.chain(S4))]);
  }
  expect(step(world, S4, [reorgOf(world, world.chain(S4), exit)])).toBe(1);
});
