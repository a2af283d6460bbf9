import { expect, test } from "vitest";
import type { ChainState } from "../../consensus/chain-state.ts";
import { MILLISECOND_US, SECOND_US } from "../../core/units.ts";
import { DeviceNode, type DeviceNodeOptions } from "../../node/device-node.ts";
import { trustedGenesis } from "../../node/light-client-node.ts";
import { LooseBeat, type Rhythm } from "../../node/rhythm.ts";
import { payToKey } from "../../rootchain/script/standard.ts";
import { holder } from "../people.ts";
import { accountOf, NodeWorld, S2 } from "./world.ts";

const EVERY_20_S = new LooseBeat(20 * SECOND_US, 0);

function worldWithDevice(changes: Partial<DeviceNodeOptions> = {}, rhythm: Rhythm = EVERY_20_S) {
  const world = new NodeWorld({
    relayers: 0,
    moreCount: 1,
    more: (self) =>
      new DeviceNode(
        {
          trusted: trustedGenesis(self.genesis.get(S2) as ChainState),
          epochBlocks: 6,
          epochUs: 6 * SECOND_US,
          trustPeriodUs: 600 * SECOND_US,
          maxDriftUs: SECOND_US,
          peers: self.peersOf(S2),
          pollIntervalUs: 500 * MILLISECOND_US,
          isPrivate: false,
          payment: { to: accountOf(2), amount: 5n, fee: 1000n, data: new Uint8Array(16) },
          patienceUs: 10 * SECOND_US,
          confirmsEvery: 1,
          ...changes,
        },
        { keyPair: holder(0), address: accountOf(0), script: payToKey(holder(0).publicKey) },
        rhythm,
      ),
  });
  const node = world.relayerNode(0);
  const steps = (step: "sent" | "confirmed") =>
    world.observations.flatMap(({ node: at, observation }) =>
      at === node && observation.kind === "spending" && observation.step === step ? [observation.id] : [],
    );
  return { world, node, steps };
}

test("a device wakes, sees its transaction final and sleeps, each time with the next one", () => {
  const { world, node, steps } = worldWithDevice();
  const { driver } = world;
  driver.startAll();
  driver.run(70 * SECOND_US);
  expect(steps("sent").length).toBe(4);
  expect(steps("confirmed")).toEqual(steps("sent").slice(0, steps("confirmed").length));
  expect(steps("confirmed").length).toBeGreaterThanOrEqual(3);
  // Asleep between: no machine.
  expect(driver.nodes[node]?.machine).toBeNull();
});

test("what got lost is sent again, under the same number, until it is final", () => {
  const { world, node, steps } = worldWithDevice();
  const { driver } = world;
  let isMute = true;
  driver.cut = (from) => isMute && from === node;
  driver.startAll();
  driver.run(30 * SECOND_US);
  expect(steps("confirmed")).toEqual([]);
  isMute = false;
  driver.run(60 * SECOND_US);
  expect(steps("confirmed").slice(0, 2)).toEqual(steps("sent").slice(0, 2));
});

test("one that only sends sleeps at once, and bears a damaged record", () => {
  const { world, node, steps } = worldWithDevice({ confirmsEvery: 16 });
  const { driver } = world;
  driver.startAll();
  driver.run(SECOND_US);
  expect(driver.nodes[node]?.machine).toBeNull();
  expect(steps("sent").length).toBe(1);
  driver.nodes[node]?.storage.set("wallet", new Uint8Array([1, 2, 3]));
  driver.run(25 * SECOND_US);
  expect(steps("sent").length).toBe(2);
});

test("a device asks its rhythm at each waking, and wakes at once where the next one is past", () => {
  const wakings: number[] = [];
  const rhythm: Rhythm = {
    nextUs: ({ wokeUs, number }, { nowUs }) => {
      wakings.push(wokeUs);
      return number < 3 ? nowUs - 1 : wokeUs + 30 * SECOND_US;
    },
  };
  const { world, steps } = worldWithDevice({ confirmsEvery: 0 }, rhythm);
  const { driver } = world;
  driver.startAll();
  driver.run(20 * SECOND_US);
  expect(steps("sent").length).toBe(3);
  expect(Math.max(...wakings)).toBeLessThan(SECOND_US);
  driver.run(70 * SECOND_US);
  expect(steps("sent").length).toBe(6);
});
