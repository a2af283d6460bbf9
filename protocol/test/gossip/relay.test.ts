import { expect, test } from "vitest";
import type { Hash, PeerId } from "../../core/ids.ts";
import { MAX_IDS, SEEN_GENERATION } from "../../core/limits.ts";
import type { Context, Message } from "../../core/machine.ts";
import { Announce, Request, Transactions } from "../../gossip/messages.ts";
import { Relay } from "../../gossip/relay.ts";
import { SeenSet } from "../../gossip/seen-set.ts";
import { Cluster } from "../cluster.ts";
import { accountsOf, crypto, transfer } from "../people.ts";

const id = (number: number) => number.toString(16).padStart(64, "0") as Hash;
const A = 1 as PeerId;

/** A context that only keeps what is sent. */
function outgoing(nowUs = 0): Context & { sent: Message[]; armed: number[] } {
  const sent: Message[] = [];
  const armed: number[] = [];
  return {
    sent,
    armed,
    nowUs,
    crypto,
    entropy: () => 0,
    send: (_to, message) => sent.push(message),
    broadcast: (_to, message) => sent.push(message),
    setTimer: (timer) => armed.push(timer),
    cancelTimer: () => {},
    sleep: () => {},
    persist: () => {},
    observe: () => {},
    charge: () => {},
    once: (_state, _input, compute) => compute(),
  };
}

test("ids gather in one announcement, and a full batch leaves at once", () => {
  const relay = new Relay([A], 4);
  const context = outgoing();
  for (let number = 0; number < MAX_IDS + 3; number++) relay.publish(context, id(number));
  expect(context.sent.map((each) => (each as Announce).ids.length)).toEqual([MAX_IDS]);
  relay.flush(context);
  expect(context.sent.map((each) => (each as Announce).ids.length)).toEqual([MAX_IDS, 3]);
  relay.flush(context);
  expect(context.sent.length).toBe(2);
  expect(context.armed).toEqual([4, 4]);
});

test("an id is asked for once, again after a time-out, and never once it is there", () => {
  const relay = new Relay([A], 4);
  const announce = new Announce([id(1)]);
  const [first, soon, later] = [outgoing(0), outgoing(900_000), outgoing(1_100_000)];
  for (const context of [first, soon, later]) relay.onAnnounce(context, A, announce);
  expect([first, soon, later].map(({ sent }) => sent.length)).toEqual([1, 0, 1]);
  expect([relay.accept(id(1)), relay.accept(id(1))]).toEqual([true, false]);
  const after = outgoing(9_000_000);
  relay.onAnnounce(after, A, announce);
  expect(after.sent).toEqual([]);
});

test("made-up ids do not lock out real ones: the oldest request is forgotten", () => {
  const relay = new Relay([A], 4);
  const context = outgoing();
  for (let number = 0; number < 5000; number++) relay.onAnnounce(context, A, new Announce([id(number)]));
  expect(context.sent.length).toBe(5000);
  relay.onAnnounce(context, A, new Announce([id(0)]));
  expect(context.sent.length).toBe(5001);
});

test("a request is answered with what is held, each transaction once", () => {
  const relay = new Relay([A], 4);
  const context = outgoing();
  const held = transfer(0, 0);
  const find = (wanted: Hash) => (wanted === held.id ? held : undefined);
  relay.onRequest(context, A, new Request([held.id, id(3), held.id, held.id]), find);
  expect((context.sent[0] as Transactions).transactions).toEqual([held]);
  relay.onRequest(context, A, new Request([id(3)]), find);
  expect(context.sent.length).toBe(1);
});

test("seen ids are remembered for a generation at least and two at most", () => {
  const seen = new SeenSet(SEEN_GENERATION);
  for (let number = 0; number < 5 * SEEN_GENERATION; number++) {
    seen.add(id(number));
    expect(seen.has(id(Math.max(0, number - SEEN_GENERATION + 1)))).toBe(true);
  }
  expect(seen.has(id(3 * SEEN_GENERATION - 1))).toBe(false);
});

test("where everybody sits, a transfer goes straight to the committee and becomes final", () => {
  const cluster = new Cluster({ followers: 3 });
  const { driver } = cluster;
  let crossings = 0;
  driver.cut = (_from, _to, message) => {
    if (message instanceof Transactions)
      crossings += message.transactions.filter(({ kind }) => kind === "transfer").length;
    return false;
  };
  driver.startAll();
  const payment = transfer(0, 0);
  driver.deliver(6, -1 as PeerId, new Transactions([payment]));
  expect(cluster.reach(3)).toBe(true);
  // A follower tells two of the four members, and whoever hears of it from the follower first tells the other three.
  expect(crossings).toBeGreaterThanOrEqual(2 + 3);
  expect(crossings).toBeLessThanOrEqual(2 + 2 * 3);
  expect(accountsOf(cluster.node(5).state).get(payment.sender).nonce).toBe(1);
});
