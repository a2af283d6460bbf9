import { expect, test } from "vitest";
import { hashTagged } from "../../crypto/hash.ts";
import { genesisAnchor } from "../../light/anchor.ts";
import type { ExecutionExtension } from "../../subchain/extension.ts";
import { mayRead } from "../../subchain/permission.ts";
import { registrationOf } from "../../subchain/provision.ts";
import { account, seat, specificationOf, World } from "./world.ts";

const COUNTER = hashTagged("test/counter");

/** Counts its calls; refuses an empty one, after it wrote. */
const counter: ExecutionExtension = {
  code: 7,
  execute: (workspace, { input }) => {
    const count = workspace.get(COUNTER)?.[0] ?? 0;
    workspace.set(COUNTER, Uint8Array.of(count + 1));
    return input.length === 0 ? "call without input" : null;
  },
};

const call = (code: number, input = Uint8Array.of(1)) => ({ kind: "call", code, input }) as const;

test("an extension's calls pay and count like all others; what it refuses leaves no trace", () => {
  const world = new World(specificationOf(), { extensions: [counter] });
  world.next([world.action(0, call(7))]);
  world.next([world.action(0, call(7))]);
  expect(world.entries.get(COUNTER)).toEqual(Uint8Array.of(2));
  expect(world.nonceOf(0)).toBe(2);
  expect(world.refusal(world.action(0, call(7, new Uint8Array(0))))).toBe("call without input");
  expect(world.next([world.action(0, call(7, new Uint8Array(0)))]).transactions).toEqual([]);
  expect(world.entries.get(COUNTER)).toEqual(Uint8Array.of(2));
  expect(world.refusal(world.action(0, call(8)))).toBe("call of unknown code");
});

test("a chain without extensions understands no call", () => {
  const world = new World();
  expect(world.refusal(world.action(0, call(7)))).toBe("call of unknown code");
});

test("who may read a private chain is what its administrator last said", () => {
  const permission = { kind: "private", administrator: account(0) } as const;
  const world = new World(specificationOf({ permission }), { accounts: [{ address: account(0), amount: 100n }] });
  const reads = (index: number) => mayRead(world.specification, world.entries, account(index));
  expect([reads(0), reads(1)]).toEqual([true, false]);
  const admit = (may: boolean) =>
    world.action(0, { kind: "permit", address: account(1), mayRead: may, mayWrite: false });
  world.next([admit(true)]);
  expect(reads(1)).toBe(true);
  world.next([admit(false)]);
  expect(reads(1)).toBe(false);
  const open = new World();
  expect(mayRead(open.specification, open.entries, account(9))).toBe(true);
});

test("a specification gives a chain, and what registers it; every part of it names another chain", () => {
  const world = new World();
  const operators = [0, 1, 2, 3].map(seat);
  const registration = registrationOf(world.specification, operators, world.state);
  expect(registration.genesis).toEqual(genesisAnchor(world.state));
  expect(registration.genesis.timeUs).toBe(world.root.genesis.timeUs);
  const others = [
    new World(specificationOf({ rewardPool: 1n })),
    new World(world.specification, { accounts: [{ address: account(0), amount: 1n }] }),
    new World(world.specification, { operators: operators.slice(1) }),
  ];
  const hashes = [world, ...others].map(({ state }) => state.blockHash);
  expect(new Set(hashes).size).toBe(4);
});
