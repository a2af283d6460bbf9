import { expect, test } from "vitest";
import { subchainKey } from "../../bridge/subchain-record.ts";
import { SECOND_US } from "../../core/units.ts";
import { NodeWorld, nodeOf, ROOT, S2, S3 } from "./world.ts";

function begun(): NodeWorld {
  const world = new NodeWorld({ later: [S3], relayers: 0 });
  world.driver.startAll();
  world.driver.run(4 * SECOND_US);
  return world;
}

test("operators wait as light clients of the rootchain, and begin once their chain is registered there", () => {
  const world = begun();
  expect(world.state(ROOT).height).toBeGreaterThan(3);
  expect(world.state(S2).height).toBeGreaterThan(3);
  expect(world.state(S3).height).toBe(0);
  const followed = world.observations.filter(({ node, observation }) => {
    return node >= nodeOf(S3, 0) && observation.kind === "followed" && observation.chainId === ROOT;
  });
  expect(followed.length).toBeGreaterThan(4);
  world.register(S3);
  world.driver.run(4 * SECOND_US);
  for (const seat of [0, 1, 2, 3]) expect(world.state(S3, seat).height).toBeGreaterThan(2);
});

test("a registration under another specification is not theirs", () => {
  const world = begun();
  const registration = world.registrations.get(S3);
  if (registration === undefined) throw new Error("the chain was provisioned");
  const { specification } = registration;
  const trustPeriodUs = specification.trustPeriodUs + 1;
  world.register(S3, { specification: { ...specification, trustPeriodUs } });
  world.driver.run(4 * SECOND_US);
  expect(world.state(ROOT).ledger.entries.get(subchainKey(S3))).not.toBe(undefined);
  expect(world.state(S3).height).toBe(0);
  expect(world.rejections.get("registration of another chain")).toBeGreaterThan(0);
});

test("an operator that restarts goes on at once: a chain is registered for ever", () => {
  const world = begun();
  world.register(S3);
  world.driver.run(4 * SECOND_US);
  const node = nodeOf(S3, 1);
  world.driver.crash(node);
  world.driver.run(SECOND_US);
  world.driver.start(node);
  const { height } = world.state(S3, 1);
  expect(height).toBeGreaterThan(0);
  world.driver.run(3 * SECOND_US);
  expect(world.state(S3, 1).height).toBeGreaterThan(height + 2);
});
