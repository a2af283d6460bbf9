import fc from "fast-check";
import { expect, test } from "vitest";
import type { PeerId } from "../../core/ids.ts";
import { WireKind } from "../../core/wire-kind.ts";
import { chainWire } from "../../node/wire.ts";
import { message, messages } from "../arbitraries.ts";
import { Cluster } from "../cluster.ts";
import { CALM, Draws } from "../driver.ts";

/** @returns a copy with a few bytes changed, cut off or added */
function mutated(bytes: Uint8Array, draws: Draws): Uint8Array {
  const copy = bytes.slice(0, draws.chance(0.2) ? draws.below(bytes.length + 1) : bytes.length);
  for (let change = draws.below(4); change > 0 && copy.length > 0; change--) {
    copy[draws.below(copy.length)] = draws.chance(0.3) ? 255 : draws.below(256);
  }
  return draws.chance(0.1) ? Uint8Array.of(...copy, draws.below(256)) : copy;
}

/** A message's own fields as text, without what it remembers of itself. */
function plain(value: unknown): string {
  return JSON.stringify(value, (key, each) => {
    if (key === "wire") return undefined;
    return typeof each === "bigint" ? each.toString() : each;
  });
}

test("every kind of message has generated values here", () => {
  expect(Object.keys(messages).sort()).toEqual(Object.keys(WireKind).sort());
});

for (const [name, values] of Object.entries(messages)) {
  test(`${name}: decoding the encoding gives the message, and the encoding again`, () => {
    fc.assert(
      fc.property(values, (value) => {
        const wire = chainWire.encode(value).slice();
        expect(wire[0]).toBe(WireKind[name as keyof typeof WireKind]);
        const decoded = chainWire.decode(wire) ?? expect.fail("does not decode");
        decoded.wire = null;
        expect(chainWire.encode(decoded)).toEqual(wire);
        expect(plain(decoded)).toBe(plain(value));
      }),
      { numRuns: 40, seed: 1 },
    );
  });
}

test("whatever bytes decode encode to themselves again, and no bytes make the decoder throw", () => {
  let accepted = 0;
  const check = (bytes: Uint8Array) => {
    const decoded = chainWire.decode(bytes);
    if (decoded === null) return;
    accepted++;
    decoded.wire = null;
    expect(chainWire.encode(decoded)).toEqual(bytes);
  };
  fc.assert(
    fc.property(message, fc.nat(), (value, seed) => {
      const draws = new Draws(seed);
      for (let copy = 0; copy < 5; copy++) check(mutated(chainWire.encode(value), draws));
    }),
    { numRuns: 250, seed: 1 },
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), check), { numRuns: 2000, seed: 1 });
  expect(accepted).toBeGreaterThan(200);
});

test("no prefix and no extension of a message is a message", () => {
  fc.assert(
    fc.property(message, (value) => {
      const wire = chainWire.encode(value);
      expect(chainWire.decode(Uint8Array.of(...wire, 0))).toBeNull();
      for (const cut of [1, 2, 33, wire.length >> 1]) {
        if (cut < wire.length) expect(chainWire.decode(wire.subarray(0, wire.length - cut))).toBeNull();
      }
    }),
    { numRuns: 100, seed: 1 },
  );
});

test("a huge count is refused before anything is read", () => {
  for (const kind of [
    WireKind.announce,
    WireKind.request,
    WireKind.transactions,
    WireKind.rangeResponse,
    WireKind.newView,
  ]) {
    expect(chainWire.decode(Uint8Array.of(kind, 255, 255, 255, 255))).toBeNull();
  }
});

test("live nodes swallow every well-formed and mutated message of a peer, and the chain goes on soundly", () => {
  const cluster = new Cluster({ delegates: 4, followers: 1, seed: 3 });
  const { driver } = cluster;
  driver.weather = CALM;
  driver.startAll();
  const seen: Uint8Array[] = [];
  driver.cut = (_from, _to, each) => {
    seen.push(chainWire.encode(each));
    return false;
  };
  expect(cluster.reach(4)).toBe(true);
  const draws = new Draws(7);
  const attack = (bytes: Uint8Array, from: PeerId) => {
    const decoded = chainWire.decode(bytes);
    if (decoded !== null) driver.deliver(draws.below(5), from, decoded);
  };
  fc.assert(
    fc.property(message, (value) => attack(chainWire.encode(value), 1 as PeerId)),
    { numRuns: 500, seed: 1 },
  );
  // Real messages of the last heights, altered: they pass more of the checks than made-up ones.
  for (let round = 0; round < 3000; round++) {
    const recent = seen[seen.length - 1 - draws.below(Math.min(seen.length, 300))] as Uint8Array;
    attack(mutated(recent, draws), draws.below(5) as PeerId);
    if (round % 20 === 0) driver.run(20_000);
  }
  expect(cluster.reach(Math.max(...cluster.heights) + 2)).toBe(true);
  expect(cluster.faults).toEqual([]);
  const roots = new Set(
    cluster.honest.map((node) => `${cluster.node(node).state.height} ${cluster.node(node).state.stateRoot}`),
  );
  const heights = new Set(cluster.heights);
  expect(roots.size).toBe(heights.size);
});
