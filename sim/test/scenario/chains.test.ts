import { expect, test } from "vitest";
import { loadText } from "./from-text.ts";

const IOTX = 10n ** 18n;

test("a scenario without subchains has none, and nobody who would need them", () => {
  expect(loadText("seed: 1")).toMatchObject({ subchains: [], lightClients: [], relayers: { count: 0 } });
});

test("count makes chains that differ in their number only; one chain keeps the bare name", () => {
  const { subchains } = loadText(
    "subchains: [{name: home, count: 2, operators: 4, round: 3 s, bond: 10000 IOTX}, {name: shop, operators: 13}]",
  );
  expect(subchains.map(({ name }) => name)).toEqual(["home-1", "home-2", "shop"]);
  const [first, second, shop] = subchains;
  expect({ ...second, name: "home-1" }).toEqual(first);
  expect(first).toMatchObject({ operators: 4, committee: 4, roundsPerIteration: 4, bond: String(10_000n * IOTX) });
  expect(shop).toMatchObject({ committee: 11, roundsPerIteration: 11, iterationsPerEpoch: 47, roundUs: 3_000_000 });
});

test("every figure of a subchain can be given", () => {
  const { subchains } = loadText(`
subchains:
  - name: mint
    operators: 7
    fullNodes: 2
    committee: 5
    iterations: 4
    rounds: 3
    round: 500 ms
    timeout: 2 s
    maxDrift: 100 ms
    maxBlock: 1 MiB
    bond: 20 IOTX
    token: own
    permission: private
    rewards: {pool: 100 IOTX, blocks: 50}
    quota: {pieces: 8, price: 0.5 IOTX, deposit: 40 IOTX}
    endowment: 1000 IOTX
`);
  expect(subchains).toEqual([
    {
      name: "mint",
      operators: 7,
      fullNodes: 2,
      committee: 5,
      iterationsPerEpoch: 4,
      roundsPerIteration: 3,
      roundUs: 500_000,
      timeoutBaseUs: 2_000_000,
      maxDriftUs: 100_000,
      maxBlockBytes: 2 ** 20,
      bond: String(20n * IOTX),
      ownToken: true,
      permission: "private",
      rewardPool: String(100n * IOTX),
      rewardBlocks: 50,
      quota: { pieces: 8, pricePerPiece: String(IOTX / 2n), deposit: String(40n * IOTX) },
      endowment: String(1000n * IOTX),
    },
  ]);
});

test("subchains that say nothing of quota together ask for no more pieces than a block has, while they are few enough", () => {
  for (const count of [1, 16, 17, 64]) {
    const { subchains } = loadText(`subchains: [{name: home, count: ${count}}]`);
    const pieces = subchains.reduce((sum, { quota }) => sum + quota.pieces, 0);
    expect(pieces).toBeGreaterThanOrEqual(count);
    expect(pieces).toBeLessThanOrEqual(64);
  }
});

test("a deposit that nobody gives pays for every piece of a period, as far as a bid may hold so much", () => {
  const depositOf = (quota: string) =>
    loadText(`rootchain: {quota: {period: 100}}\nsubchains: [{name: home, quota: ${quota}}]`).subchains[0]?.quota
      .deposit;
  expect(depositOf("{pieces: 4, price: 2 IOTX}")).toBe(String(800n * IOTX));
  expect(depositOf("{pieces: 64, price: 1000 IOTX}")).toBe(String(1_000_000n * IOTX));
});

test("what the rootchain pays, keeps and takes follows the page of the protocol, and can be given", () => {
  expect(loadText("seed: 1").rootchain).toMatchObject({
    rewardInitial: String(5n * IOTX),
    unbondingUs: 48 * 3_600_000_000,
    trustPeriodUs: 24 * 3_600_000_000,
    informerShare: 0.05,
  });
  const { rootchain } = loadText(`
rootchain:
  rewards: {initial: 0 IOTX, blocks: 100, commission: 20 %}
  bond: 7 IOTX
  unbonding: 3 h
  trust: 1 h
  quota: {period: 20}
  deadAfter: 2 min
  challenge: 3 min
  heartbeat: 10 s
  evidence: {delay: 1, window: 50, informer: 2 %}
`);
  expect(rootchain).toMatchObject({
    rewardInitial: "0",
    rewardBlocks: 100,
    commission: 0.2,
    delegateBond: String(7n * IOTX),
    unbondingUs: 3 * 3_600_000_000,
    trustPeriodUs: 3_600_000_000,
    quotaPeriodBlocks: 20,
    deadAfterUs: 120_000_000,
    challengeUs: 180_000_000,
    heartbeatUs: 10_000_000,
    evidenceDelayBlocks: 1,
    evidenceWindowBlocks: 50,
    informerShare: 0.02,
  });
});

const HOMES = "subchains: [{name: home, count: 2}, {name: mint, token: own}]\n";

test("two relayers are there once a load crosses chains, and the drain leaves its transfers time", () => {
  const crossing = loadText(`${HOMES}workload: [{transfer: {from: home-1, to: home-2}}]`);
  expect([crossing.relayers.count, crossing.drainUs]).toEqual([2, 60_000_000]);
  const staying = loadText(`${HOMES}workload: [{transfer: {from: home-1, to: home-1}}]`);
  expect([staying.relayers.count, staying.drainUs]).toEqual([0, 6_000_000]);
  expect(loadText(`${HOMES}relayers: {count: 5, poll: 3 s}`).relayers).toEqual({ count: 5, pollUs: 3_000_000 });
});

test("relayers earn only where they carry: nothing for a relock from the rootchain or in a chain's own token", () => {
  const feesOf = (ends: string) => loadText(`${HOMES}workload: [{transfer: {${ends}}}]`).workload[0]?.relayFees;
  const fee = String(IOTX / 100n);
  expect(feesOf("from: home-1, to: home-2")).toEqual({ relock: fee, delivery: fee });
  expect(feesOf("from: home-1, to: home-2, route: naive")).toEqual({ relock: fee, delivery: fee });
  expect(feesOf("from: root, to: home-2")).toEqual({ relock: "0", delivery: fee });
  expect(feesOf("from: home-1, to: root")).toEqual({ relock: fee, delivery: "0" });
  expect(feesOf("from: mint, to: home-1")).toEqual({ relock: "0", delivery: fee });
  expect(feesOf("from: home-1, to: home-1")).toEqual({ relock: "0", delivery: "0" });
});

test("expiries stay within what is trusted", () => {
  const expiryOf = (rootchain: string, expiry = "") =>
    loadText(`${HOMES}rootchain: {${rootchain}}\nworkload: [{transfer: {from: home-1, to: home-2${expiry}}}]`)
      .workload[0]?.expiryUs;
  expect(expiryOf("")).toEqual({ root: 300_000_000, destination: 600_000_000 });
  expect(expiryOf("trust: 10 min")).toEqual({ root: 150_000_000, destination: 144_000_000 });
  expect(expiryOf("", ", expiry: {root: 1 min, destination: 90 s}")).toEqual({
    root: 60_000_000,
    destination: 90_000_000,
  });
});

test("light clients follow the rootchain, always awake, unless they say otherwise", () => {
  const { lightClients } = loadText(
    `${HOMES}rootchain: {trust: 2 h}\nlight: [{}, {name: phones, count: 3, chain: home-2, awake: 5 s, asleep: 1 min, trust: 30 d}]`,
  );
  const trustPeriodUs = 2 * 3_600_000_000;
  expect(lightClients).toEqual([
    { name: "light-1", count: 1, chain: "root", awakeUs: 30_000_000, asleepUs: 0, trustPeriodUs, isAdmitted: true },
    {
      name: "phones",
      count: 3,
      chain: "home-2",
      awakeUs: 5_000_000,
      asleepUs: 60_000_000,
      trustPeriodUs: 30 * 86_400_000_000,
      isAdmitted: true,
    },
  ]);
});

test("machines of every role have a class of their own", () => {
  const { hardware } = loadText("hardware: {operators: gateway, lightClients: {preset: device, disk: 1 ms}}");
  expect(hardware).toMatchObject({
    operators: { name: "gateway" },
    relayers: { name: "server" },
    lightClients: { name: "device", diskUs: 1000 },
  });
});

test("an item of a list is overlaid by its number, subchains too", () => {
  const { subchains } = loadText(
    { "x.yaml": "extends: base.yaml\nsubchains: {0: {operators: 7}}\n", "base.yaml": HOMES },
    "subchains.1.bond=5 IOTX",
  );
  expect(subchains.map(({ operators, bond }) => [operators, bond])).toEqual([
    [7, String(10_000n * IOTX)],
    [7, String(10_000n * IOTX)],
    [4, String(5n * IOTX)],
  ]);
});

test("an upgrade is of one chain, and keeps the size of blocks where it says nothing else", () => {
  const { rootchain, subchains } = loadText(`
rootchain: {maxBlock: 2 MiB, upgrade: {height: 40}}
subchains:
  - {name: home}
  - {name: shop, upgrade: {height: 7, maxBlock: 1 MiB}}
`);
  expect(rootchain.upgrade).toEqual({ height: 40, maxBlockBytes: 2 << 20 });
  expect(subchains.map(({ upgrade }) => upgrade)).toEqual([undefined, { height: 7, maxBlockBytes: 1 << 20 }]);
  expect(loadText("seed: 1").rootchain).not.toHaveProperty("upgrade");
});

test("versions talk to each other where the file says so only", () => {
  const { faults } = loadText(`
faults:
  - {at: 1 s, for: 1 min, upgrade: {every: 2 s, compatible: true}}
  - {at: 2 min, upgrade: {version: 3}}
`);
  expect(faults).toEqual([
    { kind: "upgrade", name: "upgrade-1", atUs: 1e6, forUs: 60e6, everyUs: 2e6, version: 2, isCompatible: true },
    { kind: "upgrade", name: "upgrade-2", atUs: 120e6, forUs: null, everyUs: 5e6, version: 3 },
  ]);
});
