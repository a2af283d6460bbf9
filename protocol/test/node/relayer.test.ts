import { expect, test } from "vitest";
import { type AnchorRing, anchorRingKey, decodeAnchorRing, lastAnchored } from "../../bridge/anchor-ring.ts";
import { dataHashOf } from "../../bridge/cross-transfer.ts";
import { IOTX, SECOND_US } from "../../core/units.ts";
import { decodeOutputEntry } from "../../rootchain/entries.ts";
import { payToKey } from "../../rootchain/script/index.ts";
import { latestRootAnchor, recordedHeights } from "../../subchain/root-view.ts";
import { Reorg } from "../../subchain/transaction.ts";
import { holder } from "../people.ts";
import {
  accountOf,
  ENDOWMENT,
  NodeWorld,
  nodeOf,
  payeeOf,
  ROOT,
  rewardScriptOf,
  S2,
  S3,
  type NodeWorld as World,
} from "./world.ts";

/** @returns what outputs under a script hold on the rootchain */
function outputsOf(world: World, script: Uint8Array): bigint {
  let sum = 0n;
  for (const [, bytes] of world.state(ROOT).ledger.entries.entries()) {
    const output = decodeOutputEntry(bytes);
    if (output !== null && Buffer.compare(output.lockingScript, script) === 0) sum += output.amount;
  }
  return sum;
}

function begun(options: ConstructorParameters<typeof NodeWorld>[0] = {}): World {
  const world = new NodeWorld(options);
  world.driver.startAll();
  world.driver.run(2 * SECOND_US);
  return world;
}

/** What the receiver of a transfer holds more than at the beginning. */
const gain = (world: World, chainId: number) => world.balance(chainId, accountOf(1)) - ENDOWMENT;

test("a transfer between two subchains arrives with its data, and pays whoever carried it, once", () => {
  const world = begun();
  const data = Uint8Array.of(1, 2, 3);
  const transfer = world.terms(S2, S3, { dataHash: dataHashOf(data) });
  world.lock(0, transfer);
  const delivered: Uint8Array[] = [];
  world.driver.run(6 * SECOND_US);
  expect(gain(world, S3)).toBe(0n);
  world.order(0, data);
  world.driver.run(20 * SECOND_US, () => gain(world, S3) > 0n);
  const after = transfer.amount - transfer.relockFee - transfer.deliveryFee;
  expect(gain(world, S3)).toBe(after);
  for (const { observation } of world.observations) {
    if (observation.kind !== "finalized") continue;
    const { transactions } = observation.block as { transactions: readonly unknown[] };
    for (const each of transactions) if (each instanceof Reorg) delivered.push(each.data);
  }
  expect(delivered[0]).toEqual(data);
  world.driver.run(6 * SECOND_US);
  expect(gain(world, S3)).toBe(after);
  expect(world.balance(S3, payeeOf(0)) + world.balance(S3, payeeOf(1))).toBe(transfer.deliveryFee);
  expect(outputsOf(world, rewardScriptOf(0)) + outputsOf(world, rewardScriptOf(1))).toBe(transfer.relockFee);
  for (const place of [0, 1]) expect(world.driver.nodes[world.relayerNode(place)]?.machine).toHaveProperty("size", 0);
});

test("from a subchain to the rootchain and from there to a subchain", () => {
  const world = begun();
  const out = world.terms(S2, ROOT, { receiver: payToKey(holder(77).publicKey) });
  world.lock(0, out);
  const back = world.terms(ROOT, S3);
  world.lockOnRoot(back);
  const received = () => outputsOf(world, payToKey(holder(77).publicKey));
  world.driver.run(30 * SECOND_US, () => received() > 0n && gain(world, S3) > 0n);
  expect(received()).toBe(out.amount - out.relockFee);
  expect(gain(world, S3)).toBe(back.amount - back.deliveryFee);
});

test("what nobody may relock in time comes back on its source", () => {
  const world = begun();
  const expiryUs = world.driver.nowUs + 8 * SECOND_US;
  const transfer = world.terms(S2, S3, { rootExpiryUs: expiryUs, destinationExpiryUs: expiryUs });
  const { driver } = world;
  const before = world.balance(S2, accountOf(0));
  // Relayers hear of nothing until the lock has expired.
  driver.cut = (from) => from >= world.relayerNode(0) && driver.nowUs < transfer.rootExpiryUs;
  world.lock(0, transfer);
  driver.run(5 * SECOND_US);
  expect(world.balance(S2, accountOf(0))).toBe(before - transfer.amount - 1000n);
  driver.run(30 * SECOND_US, () => world.balance(S2, accountOf(0)) > before - transfer.amount);
  expect(world.balance(S2, accountOf(0))).toBe(before - 1000n);
  expect(gain(world, S3)).toBe(0n);
});

test("what nobody may deliver in time comes back on the rootchain", () => {
  const world = begun();
  const fallback = payToKey(holder(78).publicKey);
  // Nobody ever hands the data over.
  const dataHash = dataHashOf(Uint8Array.of(9));
  const transfer = world.terms(S2, S3, {
    dataHash,
    fallback,
    destinationExpiryUs: world.driver.nowUs + 62 * SECOND_US,
  });
  const soon = {
    ...transfer,
    rootExpiryUs: world.driver.nowUs + 8 * SECOND_US,
    destinationExpiryUs: world.driver.nowUs + 9 * SECOND_US,
  };
  world.lock(0, soon);
  world.driver.run(40 * SECOND_US, () => outputsOf(world, fallback) > 0n);
  expect(outputsOf(world, fallback)).toBe(transfer.amount - transfer.relockFee);
  expect(gain(world, S3)).toBe(0n);
});

test("relayers that lose all they know, and operators that crash, take nothing with them", () => {
  const world = begun({ relayers: 1, seed: 5 });
  const { driver } = world;
  const transfer = world.terms(S2, S3);
  world.lock(0, transfer);
  driver.run(2 * SECOND_US);
  driver.crash(world.relayerNode(0), true);
  driver.crash(nodeOf(S3, 1));
  driver.run(3 * SECOND_US);
  driver.start(world.relayerNode(0));
  driver.start(nodeOf(S3, 1));
  driver.run(30 * SECOND_US, () => gain(world, S3) > 0n);
  expect(gain(world, S3)).toBe(transfer.amount - transfer.relockFee - transfer.deliveryFee);
});

test("transfers arrive, or come back, through a network that loses a fifth of all messages", () => {
  const world = begun({ seed: 7 });
  const { driver } = world;
  driver.weather = { loss: 0.2, duplication: 0.1, slow: 0.1, fastUs: 30_000, slowUs: 300_000 };
  const transfers = Array.from({ length: 6 }, (_, index) => {
    const [from, to] = index % 2 === 0 ? [S2, S3] : [S3, S2];
    const transfer = world.terms(from, to, { amount: BigInt(index + 1) * IOTX });
    world.lock(2 + (index % 2), transfer);
    return transfer;
  });
  const due = transfers.reduce((sum, each) => sum + each.amount - each.relockFee - each.deliveryFee, 0n);
  driver.run(60 * SECOND_US, () => gain(world, S2) + gain(world, S3) >= due);
  expect(gain(world, S2) + gain(world, S3)).toBe(due);
});

test("heartbeats keep an idle subchain alive", () => {
  const world = begun();
  world.driver.run(25 * SECOND_US);
  const beats = world.observations.filter(
    ({ observation }) => observation.kind === "relayed" && observation.step === "anchor",
  );
  expect(beats.length).toBeGreaterThan(1);
});

test("the subchains' own state follows the rootchain, at the same height of theirs for all operators", () => {
  const world = begun({ relayers: 0 });
  world.driver.run(20 * SECOND_US);
  for (const chainId of [S2, S3]) {
    const recorded = latestRootAnchor(world.state(chainId).ledger.entries);
    expect(world.state(ROOT).height - (recorded?.height ?? 0)).toBeLessThan(16);
    expect(recordedHeights(world.state(chainId).ledger.entries).length).toBeGreaterThan(3);
  }
  expect([...world.rejections.keys()].filter((reason) => !reason.startsWith("root update"))).toEqual([]);
});

test("what was on its way to a chain that died comes back on the rootchain", () => {
  const world = begun({ seed: 3 });
  const { driver } = world;
  const fallback = payToKey(holder(79).publicKey);
  const dataHash = dataHashOf(Uint8Array.of(8));
  const expiries = { rootExpiryUs: driver.nowUs + 60 * SECOND_US, destinationExpiryUs: driver.nowUs + 290 * SECOND_US };
  const transfer = world.terms(S2, S3, { dataHash, fallback, ...expiries });
  world.lock(0, transfer);
  driver.run(8 * SECOND_US);
  // Its operators do not hear of each other any more, but they still answer.
  const isOperator = (node: number) => node >= nodeOf(S3, 0) && node < nodeOf(S3, 4);
  driver.cut = (from, to) => isOperator(from) && isOperator(to);
  driver.run(80 * SECOND_US);
  expect(outputsOf(world, fallback)).toBe(0n);
  driver.run(40 * SECOND_US, () => outputsOf(world, fallback) > 0n);
  expect(outputsOf(world, fallback)).toBe(transfer.amount - transfer.relockFee);
  expect(gain(world, S3)).toBe(0n);
});

test("a delivery that a chain's death makes void comes back on the rootchain, by the relayer that saw it", () => {
  const world = begun({ seed: 3, relayers: 1 });
  const { driver } = world;
  const fallback = payToKey(holder(79).publicKey);
  const expiries = { rootExpiryUs: driver.nowUs + 60 * SECOND_US, destinationExpiryUs: driver.nowUs + 290 * SECOND_US };
  const transfer = world.terms(S2, S3, { fallback, ...expiries });
  world.lock(0, transfer);
  const relayer = world.relayerNode(0);
  const machine = driver.nodes[relayer]?.machine;
  driver.run(30 * SECOND_US, () => gain(world, S3) > 0n);
  // From here on the chain stands still, and what its last blocks hold cannot reach the rootchain.
  const isOperator = (node: number) => node >= nodeOf(S3, 0) && node < nodeOf(S3, 4);
  const isStill = (from: number, to: number) => isOperator(from) && isOperator(to);
  driver.cut = (from, to) => isStill(from, to) || (from === relayer && to < nodeOf(S2, 0));
  const entry = () => world.state(ROOT).ledger.entries.get(anchorRingKey(S3));
  const anchored = () => lastAnchored(decodeAnchorRing(entry() as Uint8Array) as AnchorRing).anchor.height;
  driver.run(6 * SECOND_US);
  expect(machine).toHaveProperty("size", 0);
  expect(anchored()).toBeLessThan(world.state(S3).height);
  driver.run(90 * SECOND_US);
  expect(outputsOf(world, fallback)).toBe(0n);
  driver.cut = isStill;
  driver.run(30 * SECOND_US, () => outputsOf(world, fallback) > 0n);
  expect(outputsOf(world, fallback)).toBe(transfer.amount - transfer.relockFee);
  driver.run(10 * SECOND_US);
  expect(machine).toHaveProperty("size", 0);
});
