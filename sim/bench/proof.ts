import { stateRootOf } from "../../protocol/consensus/state-root.ts";
import { Reader, Writer } from "../../protocol/core/codec.ts";
import type { Hash } from "../../protocol/core/ids.ts";
import { AuthenticatedMap } from "../../protocol/crypto/authenticated-map.ts";
import { bytesToHash, hashTagged } from "../../protocol/crypto/hash.ts";
import { leafDigest, merkleRoot } from "../../protocol/crypto/merkle.ts";
import {
  proveTransaction,
  readStateProof,
  readTransactionProof,
  type StateProof,
  verifyStateEntry,
  verifyTransaction,
  writeStateProof,
  writeTransactionProof,
} from "../../protocol/light/state-proof.ts";
import type { BenchResult } from "./result.ts";
import { median, processStopwatch } from "./rounds.ts";

const SIZES = [10, 100, 1_000, 10_000, 100_000, 1_000_000] as const;
const ENTRY_BYTES = 24;
const ROUNDS = 7;
const VERIFICATIONS = 2_000;
/** Proofs for different leaves of one map, for entries and for their absence. */
const MAP_PROOFS = 64;
/** The first and the last: proving is linear in the tree. */
const MERKLE_PROOFS = 2;
/** One signature takes about as long. */
const MAX_VERIFY_US = 120;
const MAX_PROOF_BYTES = 1_280;

/** A proof as it travels, and what looks whether it holds. */
interface Case {
  readonly bytes: Uint8Array;
  readonly holds: (bytes: Uint8Array) => boolean;
}

function entry(number: number): Uint8Array {
  return new Writer()
    .u64(number)
    .fixed(new Uint8Array(ENTRY_BYTES - 8))
    .finish();
}

function keyOf(number: number): Hash {
  return hashTagged("orrery/bench", entry(number));
}

function merkleCases(size: number): Case[] {
  const encoded = Array.from({ length: size }, (_, at) => entry(at));
  const root = bytesToHash(merkleRoot(encoded.map(leafDigest)));
  const writer = new Writer();
  return Array.from({ length: MERKLE_PROOFS }, (_, at) => {
    const index = Math.floor((at * (size - 1)) / (MERKLE_PROOFS - 1));
    writeTransactionProof(writer, proveTransaction(encoded, index));
    const own = encoded[index] as Uint8Array;
    return {
      bytes: writer.finish(),
      holds: (bytes) => verifyTransaction(root, own, readTransactionProof(new Reader(bytes))),
    };
  });
}

/** @param isPresent whether the proofs are of entries, else of the absence of others */
function mapCases(map: AuthenticatedMap, isPresent: boolean): Case[] {
  const rotationRoot = keyOf(4_294_967_295);
  const root = stateRootOf(map.root, rotationRoot);
  const writer = new Writer();
  return Array.from({ length: MAP_PROOFS }, (_, at) => {
    const number = Math.floor((at * (map.size - 1)) / (MAP_PROOFS - 1));
    const key = keyOf(isPresent ? number : number + map.size);
    const value = map.get(key);
    const proof: StateProof = { rotationRoot, map: map.prove(key) };
    writeStateProof(writer, proof);
    return {
      bytes: writer.finish(),
      holds: (bytes) => verifyStateEntry(root, key, value, readStateProof(new Reader(bytes))),
    };
  });
}

/** @returns the median time of reading and verifying one proof, µs */
function verifyUs(cases: readonly Case[]): number {
  const rounds: number[] = [];
  while (rounds.length < ROUNDS) {
    const read = processStopwatch();
    for (let i = 0; i < VERIFICATIONS; i++) {
      const { bytes, holds } = cases[i % cases.length] as Case;
      if (!holds(bytes)) throw new Error("a proof of the benchmark does not hold");
    }
    rounds.push((read().cpuSeconds * 1e6) / VERIFICATIONS);
  }
  return median(rounds);
}

function resultsOf(name: string, what: string, cases: readonly Case[]): BenchResult[] {
  const largest = Math.max(...cases.map(({ bytes }) => bytes.length));
  const line = (value: number, unit: string, target: number): BenchResult => {
    return { name, value, unit, higherIsBetter: false, ratio: null, target, met: value <= target, detail: what };
  };
  return [line(verifyUs(cases), "µs", MAX_VERIFY_US), line(largest, "bytes", MAX_PROOF_BYTES)];
}

/** Bytes of proofs, and the time to read and verify one, for trees of 10 to 1,000,000 leaves. */
export async function proofCost(name: string): Promise<readonly BenchResult[]> {
  const results: BenchResult[] = [];
  let map = AuthenticatedMap.empty();
  for (const size of SIZES) {
    while (map.size < size) map = map.set(keyOf(map.size), entry(map.size));
    results.push(...resultsOf(name, `a transaction among ${size}`, merkleCases(size)));
    results.push(...resultsOf(name, `an entry among ${size}`, mapCases(map, true)));
    results.push(...resultsOf(name, `an entry's absence among ${size}`, mapCases(map, false)));
  }
  return results;
}
