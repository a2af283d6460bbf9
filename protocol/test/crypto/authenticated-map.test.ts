import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Hash } from "../../core/ids.ts";
import { AuthenticatedMap } from "../../crypto/authenticated-map.ts";
import { bytesToHash, sha256 } from "../../crypto/hash.ts";
import { EMPTY_MAP_ROOT, type MapProof, mapProofRoot, verifyMapProof } from "../../crypto/map-proof.ts";

// Few distinct bytes at the ends make long shared beginnings, late differences and many repeated keys.
const key: fc.Arbitrary<Hash> = fc
  .tuple(fc.nat(7), fc.constantFrom(0, 1, 8, 128, 255))
  .map(([first, last]) => bytesToHash(Uint8Array.of(first << 5, ...new Uint8Array(30), last)));
const value = fc.uint8Array({ maxLength: 4 });
const operation = fc.record({ key, value: fc.option(value, { nil: undefined, freq: 3 }) });
type Operation = { key: Hash; value: Uint8Array | undefined };

function apply(operations: readonly Operation[]): { map: AuthenticatedMap; model: Map<Hash, Uint8Array> } {
  const model = new Map<Hash, Uint8Array>();
  let map = AuthenticatedMap.empty();
  for (const { key, value } of operations) {
    map = value === undefined ? map.delete(key) : map.set(key, value);
    if (value === undefined) model.delete(key);
    else model.set(key, value);
  }
  return { map, model };
}

const fromEntries = (entries: Iterable<[Hash, Uint8Array]>): AuthenticatedMap => {
  let map = AuthenticatedMap.empty();
  for (const [key, value] of entries) map = map.set(key, value);
  return map;
};

describe("authenticated map", () => {
  it("names exactly the entries in which two versions differ, whichever way and however they came about", () => {
    const histories = fc.tuple(fc.array(operation, { maxLength: 30 }), fc.array(operation, { maxLength: 30 }));
    fc.assert(
      fc.property(histories, fc.boolean(), ([first, second], continues) => {
        const older = apply(first);
        const newer = apply(continues ? [...first, ...second] : second);
        // A continued version shares what it can; one made apart shares nothing.
        let map = continues ? older.map : AuthenticatedMap.empty();
        for (const { key, value } of second) map = value === undefined ? map.delete(key) : map.set(key, value);
        const changes = [...map.changesSince(older.map)].filter(({ before, after }) => before !== after);
        const keys = new Set([...older.model.keys(), ...newer.model.keys()]);
        const expected = [...keys].filter((each) => older.model.get(each) !== newer.model.get(each));
        expect(changes.map((change) => change.key).sort()).toEqual(expected.sort());
        for (const { key, before, after } of changes) {
          expect([before, after]).toEqual([older.model.get(key), newer.model.get(key)]);
        }
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  it("holds what a plain map holds, in order of the keys", () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 60 }), key, (operations, other) => {
        const { map, model } = apply(operations);
        expect(map.size).toBe(model.size);
        expect(map.get(other)).toBe(model.get(other));
        expect([...map.entries()]).toEqual([...model].sort(([a], [b]) => (a < b ? -1 : 1)));
      }),
    );
  });

  it("has a root that depends on the entries and not on their history", () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
        const { map, model } = apply(operations);
        expect(map.root).toBe(fromEntries([...model].reverse()).root);
        expect(map.root === EMPTY_MAP_ROOT).toBe(model.size === 0);
      }),
    );
  });

  it("has different roots for different entries", () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 20 }), operation, (operations, change) => {
        const before = apply(operations);
        const after = apply([...operations, change]);
        const isEqual = String(before.model.get(change.key)) === String(after.model.get(change.key));
        expect(before.map.root === after.map.root).toBe(isEqual);
      }),
    );
  });

  it("never changes an earlier version", () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 30 }), operation, (operations, { key, value }) => {
        const { map } = apply(operations);
        const [root, entries] = [map.root, [...map.entries()]];
        void (value === undefined ? map.delete(key) : map.set(key, value)).root;
        expect([map.root, [...map.entries()]]).toEqual([root, entries]);
        expect(fromEntries(entries).root).toBe(root);
      }),
    );
  });

  it("proves for every key what it holds, and nothing else", () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 40 }), key, value, (operations, key, claimed) => {
        const { map, model } = apply(operations);
        const held = model.get(key);
        // Another object than the map made: of its own ones it is known what they show.
        const proof = { ...map.prove(key) };
        expect(verifyMapProof(map.root, key, held, proof)).toBe(true);
        expect(verifyMapProof(map.root, key, claimed, proof)).toBe(
          String(claimed) === String(held) && held !== undefined,
        );
        expect(verifyMapProof(map.root, key, undefined, proof)).toBe(held === undefined);
      }),
    );
  });

  it("knows of its own proofs what they show, and of nothing else by them", () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 40 }), key, value, (operations, key, claimed) => {
        const { map } = apply(operations);
        const proof = map.prove(key);
        for (const each of [map.get(key), claimed, undefined]) {
          expect(mapProofRoot(key, each, proof)).toBe(mapProofRoot(key, each, { ...proof }));
        }
      }),
    );
  });

  it("refuses a proof under another root or an altered one", () => {
    fc.assert(
      fc.property(fc.array(operation, { minLength: 1, maxLength: 40 }), key, fc.nat(), (operations, key, choice) => {
        const { map, model } = apply(operations);
        const proof = map.prove(key);
        for (const forged of forgeries(proof, choice))
          expect(verifyMapProof(map.root, key, model.get(key), forged)).toBe(false);
        const changed = map.set(key, Uint8Array.of(1, 2, 3, 4, 5));
        expect(verifyMapProof(changed.root, key, model.get(key), proof)).toBe(false);
      }),
    );
  });

  it("takes no key's own leaf for proof of its absence", () => {
    fc.assert(
      fc.property(fc.array(operation, { minLength: 1, maxLength: 40 }), (operations) => {
        const { map } = apply(operations);
        for (const [key, value] of map.entries()) {
          const forged = { ...map.prove(key), other: { key, valueDigest: sha256(value) } };
          expect(verifyMapProof(map.root, key, undefined, forged)).toBe(false);
        }
      }),
    );
  });

  it("shows no key present or absent by another key's proof", () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 40 }), key, key, (operations, key, other) => {
        const { map, model } = apply(operations);
        const proof = map.prove(other);
        const held = model.get(other);
        if (held !== undefined) expect(verifyMapProof(map.root, key, held, proof)).toBe(key === other);
        // Two absent keys may share one place; a present key is never shown absent.
        if (model.has(key)) expect(verifyMapProof(map.root, key, undefined, proof)).toBe(false);
      }),
    );
  });
});

function forgeries(proof: MapProof, choice: number): MapProof[] {
  const { other, steps } = proof;
  const sibling = new Uint8Array(32);
  const forged: MapProof[] = [
    { other, steps: [...steps, { bit: 0, sibling }] },
    { other, steps: [{ bit: 255, sibling }, ...steps] },
    { other, steps: [{ bit: 0.5, sibling }, ...steps] },
    { other: { key: bytesToHash(new Uint8Array(32).fill(9)), valueDigest: sibling }, steps },
  ];
  const step = steps[choice % Math.max(1, steps.length)];
  if (step === undefined) return forged;
  const flipped = Uint8Array.from(step.sibling);
  flipped[choice % 32] = (flipped[choice % 32] as number) ^ 1;
  const replace = (altered: typeof step): MapProof => ({
    other,
    steps: steps.map((each) => (each === step ? altered : each)),
  });
  return [
    ...forged,
    { other, steps: steps.filter((each) => each !== step) },
    replace({ ...step, sibling: flipped }),
    replace({ ...step, sibling: step.sibling.subarray(1) }),
    replace({ ...step, bit: step.bit ^ 1 }),
    replace({ ...step, bit: step.bit + 256 }),
  ];
}
