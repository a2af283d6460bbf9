import { expect, test } from "vitest";
import type { Hash, PeerId } from "../../core/ids.ts";
import { MAX_IDS } from "../../core/limits.ts";
import type { Context, Message } from "../../core/machine.ts";
import { Announce, Request, Transactions } from "../../gossip/messages.ts";
import { Relay } from "../../gossip/relay.ts";
import type { Transaction } from "../../ledger/transaction.ts";
import { Draws } from "../driver.ts";
import { crypto, transfer } from "../people.ts";

const TIMER = 4;
const TIMEOUT_US = 1_100_000;
const LATENCY_US = 20_000;

interface Sent {
  readonly from: number;
  readonly to: number;
  readonly message: Message;
}

/** Relays alone on a mesh: each keeps what it is given and passes it on. */
class Mesh {
  readonly held: Map<Hash, Transaction>[];
  readonly sent: Sent[] = [];
  /** How often a transaction came to each node, beyond its own. */
  readonly arrivals: Map<Hash, number>[];
  /** Says what is lost. */
  lost: (each: Sent) => boolean = () => false;
  nowUs = 0;
  readonly #neighbours: readonly (readonly number[])[];
  readonly #relays: readonly Relay[];
  readonly #draws: Draws;
  readonly #due: { atUs: number; run: () => void }[] = [];
  readonly #armed = new Map<number, object>();

  constructor(neighbours: readonly (readonly number[])[], seed: number) {
    this.#neighbours = neighbours;
    this.#draws = new Draws(seed);
    this.#relays = neighbours.map(
      (peers) =>
        new Relay(
          peers.map((peer) => peer as PeerId),
          TIMER,
        ),
    );
    this.held = neighbours.map(() => new Map());
    this.arrivals = neighbours.map(() => new Map());
  }

  /** Hands a transaction to a node, as a client does. */
  give(node: number, transaction: Transaction): void {
    if (!this.#relay(node).accept(transaction.id)) return;
    this.held[node]?.set(transaction.id, transaction);
    this.#relay(node).publish(this.#context(node), transaction.id);
  }

  announce(node: number, from: number, ids: readonly Hash[]): void {
    this.#relay(node).onAnnounce(this.#context(node), from as PeerId, new Announce(ids));
  }

  /** Lets every node ask again for what it has not got. */
  repeat(): void {
    for (const [node, relay] of this.#relays.entries()) relay.repeat(this.#context(node));
  }

  run(durationUs: number): void {
    const endUs = this.nowUs + durationUs;
    for (;;) {
      this.#due.sort((a, b) => a.atUs - b.atUs);
      const next = this.#due[0];
      if (next === undefined || next.atUs > endUs) break;
      this.#due.shift();
      this.nowUs = next.atUs;
      next.run();
    }
    this.nowUs = endUs;
  }

  #relay(node: number): Relay {
    return this.#relays[node] as Relay;
  }

  #send(from: number, to: number, message: Message): void {
    const each = { from, to, message };
    this.sent.push(each);
    expect(this.#neighbours[from]).toContain(to);
    if (this.lost(each)) return;
    const atUs = this.nowUs + 1 + this.#draws.below(LATENCY_US);
    this.#due.push({ atUs, run: () => this.#deliver(each) });
  }

  #deliver({ from, to, message }: Sent): void {
    const [relay, context, peer] = [this.#relay(to), this.#context(to), from as PeerId];
    if (message instanceof Announce) relay.onAnnounce(context, peer, message);
    else if (message instanceof Request) relay.onRequest(context, peer, message, (id) => this.held[to]?.get(id));
    else if (message instanceof Transactions) for (const each of message.transactions) this.#arrive(to, each);
  }

  #arrive(node: number, transaction: Transaction): void {
    const arrivals = this.arrivals[node];
    arrivals?.set(transaction.id, (arrivals.get(transaction.id) ?? 0) + 1);
    this.give(node, transaction);
  }

  #context(node: number): Context {
    return {
      nowUs: this.nowUs,
      crypto,
      entropy: () => this.#draws.word(),
      send: (to, message) => this.#send(node, to, message),
      broadcast: (peers, message) => {
        for (const to of peers) this.#send(node, to, message);
      },
      setTimer: (_timer, delayUs) => {
        const token = {};
        this.#armed.set(node, token);
        const fire = () => (this.#armed.get(node) === token ? this.#relay(node).flush(this.#context(node)) : undefined);
        this.#due.push({ atUs: this.nowUs + delayUs, run: fire });
      },
      cancelTimer: () => this.#armed.delete(node),
      sleep: () => {},
      persist: () => {},
      observe: () => {},
      charge: () => {},
      once: (_state, _input, compute) => compute(),
    };
  }
}

/** A ring with chords: four neighbours each, a few hops across. */
function ring(size: number): number[][] {
  return Array.from({ length: size }, (_, node) => [1, size - 1, 5, size - 5].map((step) => (node + step) % size));
}

const SIZE = 24;
const payments = Array.from({ length: 20 }, (_, at) => transfer(at % 3, at));

function spread(seed: number, lost: Mesh["lost"] = () => false): Mesh {
  const mesh = new Mesh(ring(SIZE), seed);
  mesh.lost = lost;
  for (const [at, payment] of payments.entries()) mesh.give((7 * at) % SIZE, payment);
  mesh.run(20_000_000);
  return mesh;
}

test("every node of a sparse mesh gets every transaction, each once", () => {
  for (let seed = 0; seed < 8; seed++) {
    const mesh = spread(seed);
    expect(mesh.held.map(({ size }) => size)).toEqual(mesh.held.map(() => payments.length));
    const crossings = mesh.arrivals.flatMap((each) => [...each.values()]);
    expect(crossings).toEqual(new Array((SIZE - 1) * payments.length).fill(1));
  }
});

test("nobody announces an id to whom it heard of it from", () => {
  const mesh = spread(3);
  const told = new Set<string>();
  let announcements = 0;
  for (const { from, to, message } of mesh.sent) {
    if (!(message instanceof Announce)) continue;
    for (const id of message.ids) {
      announcements++;
      expect(told.has(`${from} ${to} ${id}`), "twice").toBe(false);
      told.add(`${from} ${to} ${id}`);
    }
  }
  // Without suppression each node tells all four neighbours; crossing on the way, some announcements still meet.
  expect(announcements).toBeLessThan(0.75 * 4 * SIZE * payments.length);
  const asked = mesh.sent.filter(({ message }) => message instanceof Request);
  for (const { from, to, message } of asked) {
    for (const id of (message as Request).ids) expect(told.has(`${from} ${to} ${id}`), "announced back").toBe(false);
  }
});

test("with a tenth of all messages lost nearly all nodes get each transaction, as each asks again, and none gets it twice", () => {
  let [held, twice] = [0, 0];
  for (let seed = 0; seed < 10; seed++) {
    const draws = new Draws(100 + seed);
    const mesh = spread(seed, () => draws.chance(0.1));
    for (let round = 0; round < 12; round++) {
      mesh.repeat();
      mesh.run(5_000_000);
    }
    held += mesh.held.reduce((sum, { size }) => sum + size, 0);
    for (const arrivals of mesh.arrivals) twice += [...arrivals.values()].filter((count) => count > 1).length;
  }
  expect(held / (10 * SIZE * payments.length)).toBeGreaterThan(0.99);
  expect(twice).toBe(0);
});

test("a request that stays unanswered goes to the next one that announces the id, and not before its time is over", () => {
  const [payment] = payments;
  const id = payment?.id ?? expect.fail("no payment");
  const mesh = new Mesh([[1, 2, 3], [0], [0], [0]], 1);
  const asked = () => mesh.sent.filter(({ from, message }) => from === 0 && message instanceof Request);
  mesh.announce(0, 1, [id]);
  mesh.announce(0, 2, [id]);
  expect(asked().map(({ to }) => to)).toEqual([1]);
  mesh.run(TIMEOUT_US);
  mesh.give(3, payment ?? expect.fail("no payment"));
  mesh.run(TIMEOUT_US);
  expect(asked().map(({ to }) => to)).toEqual([1, 3]);
  expect(mesh.held[0]?.has(id)).toBe(true);
  // All three announced it: there is nobody left to tell.
  expect(mesh.sent.filter(({ from, message }) => from === 0 && message instanceof Announce)).toEqual([]);
});

test("a peer that announces an id over and over is remembered once, and crowds nobody out", () => {
  const [payment] = payments;
  const id = payment?.id ?? expect.fail("no payment");
  const mesh = new Mesh([[1, 2, 3], [0], [0], [0]], 1);
  for (let time = 0; time < 50; time++) mesh.announce(0, 1, [id]);
  mesh.announce(0, 2, [id]);
  mesh.give(0, payment ?? expect.fail("no payment"));
  for (let time = 0; time < 50; time++) mesh.announce(0, 1, [id]);
  mesh.run(TIMEOUT_US);
  const told = mesh.sent.filter(({ from, message }) => from === 0 && message instanceof Announce);
  expect(told.map(({ to }) => to)).toEqual([3]);
});

test("strangers that announce a waiting id cannot make the list of who knows it longer than the mesh", () => {
  const [payment] = payments;
  const id = payment?.id ?? expect.fail("no payment");
  const mesh = new Mesh([[1, 2], [0], [0]], 1);
  mesh.give(0, payment ?? expect.fail("no payment"));
  for (let stranger = 100; stranger < 100 + MAX_IDS; stranger++) mesh.announce(0, stranger, [id]);
  mesh.announce(0, 1, [id]);
  mesh.run(TIMEOUT_US);
  // The list is full of strangers: all that is lost is that a neighbour hears of what it knows.
  const told = mesh.sent.filter(({ from, message }) => from === 0 && message instanceof Announce);
  expect(told.map(({ to }) => to)).toEqual([1, 2]);
});

test("answers with one and the same transaction are one message, encoded once", () => {
  const [payment, other] = payments;
  const find = (id: Hash) => [payment, other].find((each) => each?.id === id);
  const mesh = new Mesh([[1, 2], [0], [0]], 1);
  for (const each of [payment, other]) mesh.give(0, each ?? expect.fail("no payment"));
  mesh.run(TIMEOUT_US);
  const relay = new Relay([1 as PeerId], TIMER);
  const answers: Message[] = [];
  const send = (_to: PeerId, message: Message) => void answers.push(message);
  const context = { send } as Context;
  const ids = [payment?.id, other?.id].filter((id) => id !== undefined);
  for (const wanted of [ids.slice(0, 1), ids.slice(0, 1), ids, ids.slice(1)]) {
    relay.onRequest(context, 1 as PeerId, new Request(wanted), find);
  }
  expect(answers[0]).toBe(answers[1]);
  expect(new Set(answers).size).toBe(3);
  expect(answers.map((each) => (each as Transactions).transactions.length)).toEqual([1, 1, 2, 1]);
});
