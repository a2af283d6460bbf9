import { describe, expect, test } from "vitest";
import { addressOf } from "../../../protocol/ledger/address.ts";
import type { Block } from "../../../protocol/ledger/block.ts";
import { transactionBytes } from "../../../protocol/ledger/transaction.ts";
import { nextPayment } from "../../../protocol/node/device-payment.ts";
import { PendingRecord } from "../../../protocol/node/device-records.ts";
import { payToKey } from "../../../protocol/rootchain/script/standard.ts";
import { holder } from "../../../protocol/test/people.ts";
import { pendingBytes } from "../../scenario/device-memory.ts";
import { numberNodes } from "../../scenario/numbering.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import { alarms, outcomeOf } from "../campaign/run.ts";
import { complaints, loadText } from "../scenario/from-text.ts";
import { figure } from "./town.ts";

const THINGS = "name: things, on: town-1, count: 6, link: wifi, sleep: {every: 1 min, awake: 50 s}";

function towns(send: string, rest = "", things = THINGS): string {
  return `
duration: 5 min
crypto: modelled
rootchain: {preset: small, delegates: 4, committee: 4, round: 3 s}
subchains:
  - {name: town, count: 2, operators: 4, iterations: 3, rounds: 10, round: 3 s}
devices:
  - {${things}, send: {${send}}}
${rest}`;
}

/** What final blocks hold of the transfers of devices. */
interface Seen {
  /** By sender and number: how often it was locked. */
  readonly locks: Map<string, number>;
  /** Data of each delivery, by its lock. */
  readonly deliveries: Map<string, Uint8Array[]>;
}

function followed(scenario: Scenario) {
  const seen: Seen = { locks: new Map(), deliveries: new Map() };
  const known = new Set<string>();
  const { powered } = numberNodes(scenario);
  const watcher = {
    onObserve: (node: number, _atUs: number, observation: { kind: string; block?: object; blockHash?: string }) => {
      if (node >= powered || observation.kind !== "finalized" || known.has(observation.blockHash ?? "")) return;
      known.add(observation.blockHash ?? "");
      for (const each of (observation.block as Block).transactions) {
        if (each.kind === "action" && each.action.kind === "lock") {
          const key = `${each.sender}/${each.nonce}`;
          seen.locks.set(key, (seen.locks.get(key) ?? 0) + 1);
        } else if (each.kind === "reorg") {
          seen.deliveries.set(each.lockId, [...(seen.deliveries.get(each.lockId) ?? []), each.data]);
        }
      }
    },
  };
  return { run: outcomeOf(scenario, { watchers: [watcher] }), seen };
}

function expectOnceEach({ locks, deliveries }: Seen, dataBytes: number): void {
  expect([...locks.values()].filter((times) => times !== 1)).toEqual([]);
  const data = [...deliveries.values()];
  expect(data.filter((all) => all.length !== 1)).toEqual([]);
  expect(data.filter(([one]) => one?.length !== dataBytes)).toEqual([]);
  expect(new Set(data.map(([one]) => one?.join(","))).size).toBe(data.length);
}

describe("devices that send to another subchain", () => {
  test("see their lock final, and what they sent arrives with its data, each with its own", () => {
    const { run, seen } = followed(loadText(towns("to: town-2, data: 64 B")));
    expect(alarms(run)).toEqual([]);
    expect(figure(run, "transfers.started")).toBeGreaterThan(15);
    expect(figure(run, "transfers.delivered")).toBe(1);
    expect(figure(run, "devices.things.delivered")).toBe(1);
    expect(figure(run, "devices.confirmed")).toBe(1);
    expect(figure(run, "devices.delivery.p50")).toBeGreaterThan(figure(run, "devices.latency.p50"));
    expectOnceEach(seen, 64);
  });

  test("lose and send twice nothing when their power goes between a lock and its confirmation", () => {
    // Some come back at the very moment at which they are struck again, and have signed what nobody will ever see.
    const churn = "faults: [{at: 30 s, for: 3 min, churn: {of: devices, period: 2 s, away: 4 s}}]";
    const { run, seen } = followed({ ...loadText(towns("to: town-2, data: 64 B", churn)), durationUs: 420_000_000 });
    expect(alarms(run)).toEqual([]);
    expect(figure(run, "devices.struck")).toBeGreaterThan(50);
    expect(figure(run, "transfers.started")).toBeGreaterThan(15);
    expect(figure(run, "transfers.lost")).toBe(0);
    expect(figure(run, "transfers.delivered") + figure(run, "transfers.refunded")).toBe(1);
    expect(seen.locks.size).toBeGreaterThanOrEqual(figure(run, "transfers.started"));
    expectOnceEach(seen, 64);
  });

  test("get back what nobody carries in time", () => {
    const faults = "faults: [{at: 20 s, crash: {of: relayers, count: 2}, restartAfter: 80 s}]";
    const send = "to: town-2, data: 64 B, expiry: {root: 40 s, destination: 60 s}";
    const { run } = followed(loadText(towns(send, faults)));
    expect(alarms(run)).toEqual([]);
    expect(figure(run, "devices.refunded")).toBeGreaterThan(0);
    expect(figure(run, "devices.delivered") + figure(run, "devices.refunded")).toBe(1);
  });

  test("need no proof to be carried on, no data, and may have a token of their own", () => {
    const own = towns("to: town-2, data: 0 B, confirm: never").replace("count: 2, ", "count: 2, token: own, ");
    const { run, seen } = followed(loadText(own));
    expect(alarms(run)).toEqual([]);
    expect(figure(run, "transfers.delivered")).toBe(1);
    expect([...seen.deliveries.values()].flat().every(({ length }) => length === 0)).toBe(true);
  });

  test("give the same digest in slices, and with nothing remembered", () => {
    const scenario = { ...loadText(towns("to: town-2, data: 64 B")), durationUs: 120_000_000 };
    const { digest } = outcomeOf(scenario);
    expect(outcomeOf(scenario, {}, 97).digest).toBe(digest);
    expect(outcomeOf(scenario, { paranoid: true }).digest).toBe(digest);
  });
});

test("what a device keeps of a lock has the size that its memory is judged by", () => {
  const { publicKey } = holder(0);
  const wallet = { keyPair: holder(0), address: addressOf(publicKey), script: payToKey(publicKey) };
  const crossing = {
    destinationChain: 3,
    token: 1,
    relockFee: 1n,
    deliveryFee: 1n,
    rootExpiryUs: 1,
    destinationExpiryUs: 1,
    relayers: [],
  };
  const payment = { to: wallet.address, amount: 1n, fee: 1n, data: new Uint8Array(64), crossing };
  const lock = nextPayment(payment, wallet, { chainId: 2, nonce: 0, nowUs: 0 });
  const { sizeBytes } = new PendingRecord(lock, 0);
  const said = pendingBytes({ dataBytes: 64, crosses: true });
  expect(sizeBytes).toBeLessThanOrEqual(said);
  expect(sizeBytes).toBeGreaterThan(0.8 * said);
  // With the head of its message.
  expect(transactionBytes(lock.transaction) + 5).toBeLessThanOrEqual(330);
});

test.each([
  ["to: town-3", /there is no chain town-3/],
  ["to: root", /the rootchain has no account for what devices tell/],
  ["to: town-1", /town-1 is their own chain/],
  ["fees: {relock: 1 IOTX}", /these transactions stay on their chain/],
  ["to: town-2, amount: 0.001 IOTX", /the relay fees use up the smallest amount/],
  ["to: town-2, expiry: {root: 5 s}", /no transfer gets to the rootchain in this time/],
  ["to: town-2, data: 5 KiB", /a reading of 5120 B is more than a transaction may carry/],
])("%s is refused where it stands", (send, message) => {
  expect(complaints(towns(send))).toEqual([expect.stringMatching(message)]);
});

test("a lock and its data, too, have to fit the link, and the time that its duty cycle leaves", () => {
  const lora = (every: string) =>
    `name: things, on: town-1, link: {lora: {spreadingFactor: 12}}, radius: 100 m, sleep: {every: ${every}, awake: 5 min, poll: 2 min}`;
  const over = (every: string) => complaints(towns("to: town-2, data: 64 B", "", lora(every)));
  expect(over("10 min")[0]).toMatch(/on the air for each transaction/);
  expect(over("30 min").join()).not.toMatch(/on the air/);
});
