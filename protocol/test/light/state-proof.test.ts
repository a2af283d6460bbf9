import fc from "fast-check";
import { expect, test } from "vitest";
import { stateRootOf } from "../../consensus/state-root.ts";
import { Reader, Writer } from "../../core/codec.ts";
import type { Hash } from "../../core/ids.ts";
import { AuthenticatedMap } from "../../crypto/authenticated-map.ts";
import { bytesToHash } from "../../crypto/hash.ts";
import { leafDigest, merkleRoot } from "../../crypto/merkle.ts";
import { addressOf } from "../../ledger/address.ts";
import { encodeTransaction } from "../../ledger/transaction.ts";
import {
  proveTransaction,
  readStateProof,
  readTransactionProof,
  type StateProof,
  stateProofBytes,
  type TransactionProof,
  transactionProofBytes,
  verifyStateEntry,
  verifyTransaction,
  writeStateProof,
  writeTransactionProof,
} from "../../light/state-proof.ts";
import { hash } from "../arbitraries.ts";
import { holder, transfer } from "../people.ts";
import { anyHash, LightChain } from "./light-chain.ts";

function encodeState(proof: StateProof): Uint8Array {
  const writer = new Writer();
  writeStateProof(writer, proof);
  return writer.finish();
}

function decodeState(bytes: Uint8Array): StateProof | null {
  const reader = new Reader(bytes);
  const proof = readStateProof(reader);
  return reader.complete() ? proof : null;
}

function encodeInclusion(proof: TransactionProof): Uint8Array {
  const writer = new Writer();
  writeTransactionProof(writer, proof);
  return writer.finish();
}

function decodeInclusion(bytes: Uint8Array): TransactionProof | null {
  const reader = new Reader(bytes);
  const proof = readTransactionProof(reader);
  return reader.complete() ? proof : null;
}

function flipped(bytes: Uint8Array, at: number, flip: number): Uint8Array {
  const altered = bytes.slice();
  altered[at % bytes.length] = (altered[at % bytes.length] as number) ^ flip;
  return altered;
}

// Few distinct bytes at the ends make long shared beginnings, late differences and many repeated keys.
const key: fc.Arbitrary<Hash> = fc
  .tuple(fc.nat(7), fc.constantFrom(0, 1, 8, 128, 255))
  .map(([first, last]) => bytesToHash(Uint8Array.of(first << 5, ...new Uint8Array(30), last)));
const value = fc.uint8Array({ maxLength: 4 });
const entries = fc.array(fc.tuple(key, value), { maxLength: 40 });
const flip = fc.integer({ min: 1, max: 255 });

test("a header shows what its ledger holds, and what it does not hold", () => {
  const chain = new LightChain();
  const { header } = chain.add([transfer(0, 0)]);
  const { ledger, rotation } = chain.state;
  // The root is of the rotation before the block's own hash became the seed, which the root leaves out.
  const prove = (at: Hash) => ({ rotationRoot: rotation.root, map: ledger.entries.prove(at) });
  const address = addressOf(holder(0).publicKey);
  const held = ledger.entries.get(address) ?? expect.fail("no account");
  expect(verifyStateEntry(header.stateRoot, address, held, prove(address))).toBe(true);
  expect(verifyStateEntry(header.stateRoot, address, undefined, prove(address))).toBe(false);
  const nobody = anyHash(1);
  expect(verifyStateEntry(header.stateRoot, nobody, undefined, prove(nobody))).toBe(true);
  expect(verifyStateEntry(header.stateRoot, nobody, held, prove(nobody))).toBe(false);
  expect(verifyStateEntry(chain.genesis.stateRoot, address, held, prove(address))).toBe(false);
});

test("no byte of a state proof can be altered, be it of presence or of absence", () => {
  fc.assert(
    fc.property(entries, key, hash, fc.nat(), flip, (list, at, rotationRoot, place, change) => {
      const map = list.reduce((all, [each, held]) => all.set(each, held), AuthenticatedMap.empty());
      const root = stateRootOf(map.root, rotationRoot);
      const proof = { rotationRoot, map: map.prove(at) };
      const bytes = encodeState(proof);
      expect(bytes.length).toBe(stateProofBytes(proof));
      expect(verifyStateEntry(root, at, map.get(at), decodeState(bytes) ?? expect.fail("does not decode"))).toBe(true);
      const forged = decodeState(flipped(bytes, place, change));
      if (forged === null) return;
      expect(verifyStateEntry(root, at, map.get(at), forged)).toBe(false);
      const opposite = map.get(at) === undefined ? new Uint8Array(1) : undefined;
      expect(verifyStateEntry(root, at, opposite, forged)).toBe(false);
    }),
    { numRuns: 1000 },
  );
});

test("no byte of an entry can be altered under its proof", () => {
  fc.assert(
    fc.property(
      entries,
      key,
      fc.uint8Array({ minLength: 1, maxLength: 8 }),
      hash,
      fc.nat(),
      flip,
      (list, at, held, other, place, change) => {
        const map = list.reduce((all, [each, bytes]) => all.set(each, bytes), AuthenticatedMap.empty()).set(at, held);
        const proof = { rotationRoot: other, map: map.prove(at) };
        const root = stateRootOf(map.root, other);
        expect(verifyStateEntry(root, at, held, proof)).toBe(true);
        expect(verifyStateEntry(root, at, flipped(held, place, change), proof)).toBe(false);
        expect(verifyStateEntry(root, anyHash(2), held, proof)).toBe(false);
      },
    ),
    { numRuns: 300 },
  );
});

const bodies = fc.array(fc.uint8Array({ maxLength: 6 }), { minLength: 1, maxLength: 40 });

test("a transaction is shown where it is, and no byte of the proof can be altered so that another is", () => {
  fc.assert(
    fc.property(bodies, fc.nat(), fc.nat(), flip, (encoded, choice, place, change) => {
      const root = bytesToHash(merkleRoot(encoded.map(leafDigest)));
      const index = choice % encoded.length;
      const own = encoded[index] as Uint8Array;
      const proof = proveTransaction(encoded, index);
      const bytes = encodeInclusion(proof);
      expect(bytes.length).toBe(transactionProofBytes(proof));
      expect(verifyTransaction(root, own, decodeInclusion(bytes) ?? expect.fail("does not decode"))).toBe(true);
      const altered = Uint8Array.of(...own, 1);
      expect(verifyTransaction(root, altered, proof)).toBe(false);
      const forged = decodeInclusion(flipped(bytes, place, change));
      if (forged === null) return;
      expect(verifyTransaction(root, altered, forged)).toBe(false);
      // A tree's size and a leaf's index are not in the root: some false ones have the same way up. The leaf is there all the same.
      if (place % bytes.length >= 8) expect(verifyTransaction(root, own, forged)).toBe(false);
    }),
    { numRuns: 1000 },
  );
});

test("a header shows its own transactions only", () => {
  const chain = new LightChain();
  const transactions = [transfer(0, 0), transfer(1, 0), transfer(2, 0)];
  const { header } = chain.add(transactions);
  const encoded = chain.blocks[0]?.transactions.map(encodeTransaction) ?? [];
  expect(encoded).toHaveLength(3);
  const at = (index: number) => encoded[index] as Uint8Array;
  expect(verifyTransaction(header.transactionRoot, at(1), proveTransaction(encoded, 1))).toBe(true);
  expect(verifyTransaction(header.transactionRoot, at(2), proveTransaction(encoded, 1))).toBe(false);
  expect(verifyTransaction(header.stateRoot, at(1), proveTransaction(encoded, 1))).toBe(false);
});

test("no bytes make the decoders throw, and only canonical ones pass", () => {
  let passed = 0;
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(3), (noise, steps) => {
      const plausible = Uint8Array.of(...noise.subarray(0, 32), 0, 0, 0, 0, steps, ...noise);
      for (const bytes of [noise, plausible]) {
        const state = decodeState(bytes);
        if (state !== null) expect(encodeState(state)).toEqual(bytes);
        const inclusion = decodeInclusion(bytes);
        if (inclusion !== null) expect(encodeInclusion(inclusion)).toEqual(bytes);
        if (state !== null || inclusion !== null) passed++;
      }
    }),
    { numRuns: 3000 },
  );
  expect(passed).toBeGreaterThan(0);
});
