import { expect, test } from "vitest";
import { encodeEscrow, escrowKey } from "../../../protocol/bridge/escrow.ts";
import { IOTX } from "../../../protocol/core/units.ts";
import { hashToBytes } from "../../../protocol/crypto/hash.ts";
import type { UtxoTransaction } from "../../../protocol/rootchain/transaction.ts";
import { tokenKey } from "../../../protocol/subchain/entries.ts";
import {
  address,
  anchorOf,
  exitOf,
  lockAction,
  relockOf,
  reorgOf,
  rootUpdateOf,
  transferOf,
} from "../../../protocol/test/bridge/actors.ts";
import { MINUTE_US, ROOT, S2, S3 } from "../../../protocol/test/bridge/world.ts";
import { taken } from "./world-actors.ts";
import { WorldStage } from "./world-stage.ts";

const TEN = 10n * IOTX;

/** A stage on which the second subchain has died, and account 1 held ten of the first one's own token there. */
function withDeadHost(): { stage: WorldStage; exit: UtxoTransaction } {
  const stage = new WorldStage({ ownToken: [S2] });
  const { bridge } = stage;
  const receiver = hashToBytes(address(1));
  const terms = { token: S2, relockFee: 0n, deliveryFee: 0n, fallback: new Uint8Array(0), receiver };
  const lock = lockAction(bridge, 0, transferOf(bridge, terms));
  taken(stage.step(S2, [lock]), 1);
  const relock = relockOf(bridge, lock);
  taken(stage.step(ROOT, [relock]), 1);
  taken(stage.step(S3, [reorgOf(bridge, bridge.chain(S3), relock)]), 1);
  taken(stage.step(ROOT, [anchorOf(bridge, S3)], 2 * MINUTE_US), 1);
  for (let quarter = 0; quarter < 3; quarter++) {
    stage.step(S2, [], 15 * MINUTE_US);
    taken(stage.step(ROOT, [anchorOf(bridge, S2)]), 1);
  }
  const onward = { destinationChain: S2, deliveryFee: 0n };
  return { stage, exit: exitOf(bridge, { chainId: S3, owner: 1, key: tokenKey(S2, address(1)), onward }) };
}

test("what leaves a dead chain for a living one is followed to its arrival", () => {
  const { stage, exit } = withDeadHost();
  taken(stage.step(ROOT, [exit]), 1);
  const chain = stage.bridge.chain(S2);
  taken(stage.step(S2, [rootUpdateOf(stage.bridge, chain), reorgOf(stage.bridge, chain, exit)]), 2);
  expect(stage.broken().names).toEqual([]);
});

test("an entry that leaves twice is caught", () => {
  const { stage, exit } = withDeadHost();
  taken(stage.step(ROOT, [exit]), 1);
  stage.stepAltered(ROOT, { transactions: [exit] });
  expect(stage.broken().names).toContain("consumed-once");
  expect(stage.broken().details).toContain("a second exit of");
});

test("an escrow that keeps what has left it is caught", () => {
  const { stage, exit } = withDeadHost();
  const kept = encodeEscrow(S3, S2, TEN);
  stage.stepAltered(ROOT, { entries: (entries) => entries.set(escrowKey(S3, S2), kept) }, [exit]);
  expect(stage.broken().names).toEqual(["escrow"]);
  expect(stage.broken().details).toContain(`the escrow of chain-3 holds ${TEN} too much of token 2`);
});

test("more of a token than came to a dead chain, taken out by a forged entry, is caught", () => {
  const { stage, exit } = withDeadHost();
  taken(stage.step(ROOT, [exit]), 1);
  const other = exitOf(stage.bridge, {
    chainId: S3,
    owner: 1,
    key: tokenKey(S2, address(1)),
    onward: { destinationChain: S2, deliveryFee: 1n },
  });
  stage.stepAltered(ROOT, { transactions: [other] });
  expect(stage.broken().names).toContain("isolation");
});
