import { expect, test } from "vitest";
import { IOTX } from "../../../protocol/core/units.ts";
import type { UtxoTransaction } from "../../../protocol/rootchain/transaction.ts";
import {
  creditOf,
  lockAction,
  lockIdOfAction,
  lockIdOfRoot,
  lockOnRoot,
  relockOf,
  reorgOf,
  rootUpdateOf,
  subRefundOf,
  transferOf,
} from "../../../protocol/test/bridge/actors.ts";
import { COIN, coin, MINUTE_US, ROOT, S2, S3 } from "../../../protocol/test/bridge/world.ts";
import { bidOf, LASTING, refundOfLeg, relay } from "./world-actors.ts";
import { WorldStage } from "./world-stage.ts";

const EVERY_CROSS_INVARIANT = [
  "escrow",
  "consumed-once",
  "delivery",
  "header-authority",
  "isolation",
  "light",
  "quota",
  "rewards",
] as const;

function expectHonest(stage: WorldStage): void {
  expect(stage.broken()).toEqual({ names: [], details: "" });
}

test("an honest world breaks nothing, and every checker judges something", () => {
  const stage = new WorldStage({
    ownToken: [S3],
    bridge: { ...LASTING, quotaPeriodBlocks: 5 },
    economics: { initialReward: 5n * IOTX + 3n, rewardBlocks: 1000 },
  });
  const { bridge } = stage;
  const [second, third] = [bridge.chain(S2), bridge.chain(S3)];
  const across = lockAction(bridge, 0, transferOf(bridge, {}));
  const home = lockAction(bridge, 1, transferOf(bridge, { destinationChain: ROOT }));
  const late = lockAction(bridge, 2, transferOf(bridge, { rootExpiryUs: bridge.timeUs + MINUTE_US }));
  expect(stage.step(S2, [across, home, late])).toHaveLength(3);
  const foreign = transferOf(bridge, { sourceChain: S3, destinationChain: S2, token: S3, relockFee: 0n });
  const own = lockAction(bridge, 0, foreign);
  expect(stage.step(S3, [own])).toHaveLength(1);
  const relocks = [relockOf(bridge, across), relockOf(bridge, home), relockOf(bridge, own, { outputs: [] })];
  const inward = lockOnRoot(transferOf(bridge, { sourceChain: ROOT }), { coin: coin(0), value: COIN });
  const lost = lockOnRoot(transferOf(bridge, { sourceChain: ROOT }), { coin: coin(1), value: COIN, fee: 7n });
  const [winning, losing] = [bidOf(S2, 2, 2000n), bidOf(S3, 3, 1500n)];
  expect(stage.step(ROOT, [...relocks, inward, lost, winning, losing])).toHaveLength(7);
  const deliveries = [reorgOf(bridge, third, relocks[0] as UtxoTransaction), reorgOf(bridge, third, inward)];
  expect(stage.step(S3, [...deliveries, rootUpdateOf(bridge, third)])).toHaveLength(3);
  for (const chainId of [S2, S3]) stage.step(chainId, [], 61 * MINUTE_US);
  const ownId = lockIdOfAction(own);
  const refunds = [lockIdOfRoot(lost), ownId].map((id) => refundOfLeg(stage, id));
  expect(stage.step(ROOT, refunds)).toHaveLength(2);
  stage.step(ROOT);
  expect(stage.step(S2, [subRefundOf(bridge, second, lockIdOfAction(late))])).toHaveLength(1);
  expect(stage.step(S3, [creditOf(bridge, third, ownId)])).toHaveLength(1);
  for (let height = 4; height <= 6; height++) stage.step(ROOT);
  relay(stage, 3);
  for (let height = 8; height <= 40; height++) stage.step(ROOT);
  for (const chainId of [S2, S3]) for (let each = 0; each < 32; each++) stage.step(chainId);
  for (const chainId of [ROOT, S2, S3]) {
    for (const height of [1, 3]) stage.follow(chainId, height, bridge.chain(chainId).at(height).after.blockHash);
  }
  expectHonest(stage);
  for (const invariant of EVERY_CROSS_INVARIANT) expect(stage.samplesOf(invariant), invariant).toBeGreaterThan(0);
});
