import fc from "fast-check";
import { expect, test } from "vitest";
import { Reader, Writer } from "../../core/codec.ts";
import type { Hash } from "../../core/ids.ts";
import { AuthenticatedMap } from "../../crypto/authenticated-map.ts";
import { bytesToHash } from "../../crypto/hash.ts";
import { updatedRoot } from "../../crypto/map-update.ts";
import { readMapProof, writeMapProof } from "../../crypto/proof-codec.ts";

// Few distinct bytes at the ends make long shared beginnings, late differences and many repeated keys.
const key: fc.Arbitrary<Hash> = fc
  .tuple(fc.nat(7), fc.constantFrom(0, 1, 8, 128, 255))
  .map(([first, last]) => bytesToHash(Uint8Array.of(first << 5, ...new Uint8Array(30), last)));
const value = fc.uint8Array({ maxLength: 4 });
const entries = fc.array(fc.tuple(key, value), { maxLength: 40 });
const change = fc.record({ key, after: fc.option(value, { nil: undefined }) });

function mapOf(list: readonly (readonly [Hash, Uint8Array])[]): AuthenticatedMap {
  return list.reduce((map, [at, held]) => map.set(at, held), AuthenticatedMap.empty());
}

function changed(map: AuthenticatedMap, at: Hash, after: Uint8Array | undefined): AuthenticatedMap {
  return after === undefined ? map.delete(at) : map.set(at, after);
}

test("whoever holds proofs only finds the roots of the map itself, change after change", () => {
  fc.assert(
    fc.property(entries, fc.array(change, { minLength: 1, maxLength: 8 }), (list, changes) => {
      let map = mapOf(list);
      let root: Hash | null = map.root;
      for (const { key: at, after } of changes) {
        root = updatedRoot(root as Hash, { key: at, before: map.get(at), after }, map.prove(at));
        map = changed(map, at, after);
        expect(root).toBe(map.root);
      }
    }),
    { numRuns: 300 },
  );
});

test("no root follows from a false entry, or from a proof under another root", () => {
  fc.assert(
    fc.property(entries, change, value, (list, { key: at, after }, claimed) => {
      const map = mapOf(list);
      const before = map.get(at);
      const proof = map.prove(at);
      const other = map.set(at, Uint8Array.of(1, 2, 3, 4, 5)).root;
      expect(updatedRoot(other, { key: at, before, after }, proof)).toBeNull();
      if (String(claimed) === String(before) && before !== undefined) return;
      expect(updatedRoot(map.root, { key: at, before: claimed, after }, proof)).toBeNull();
      if (before !== undefined) expect(updatedRoot(map.root, { key: at, before: undefined, after }, proof)).toBeNull();
    }),
    { numRuns: 300 },
  );
});

test("from a proof with any byte altered no root follows, or the one that the true proof gives", () => {
  fc.assert(
    fc.property(
      entries,
      change,
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (list, { key: at, after }, place, flip) => {
        const map = mapOf(list);
        const writer = new Writer();
        writeMapProof(writer, map.prove(at));
        const bytes = writer.finish();
        bytes[place % bytes.length] = (bytes[place % bytes.length] as number) ^ flip;
        const reader = new Reader(bytes);
        const proof = readMapProof(reader);
        if (!reader.complete()) return;
        expect(updatedRoot(map.root, { key: at, before: map.get(at), after }, proof)).toBeNull();
      },
    ),
    { numRuns: 500 },
  );
});
