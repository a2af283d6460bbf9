import { Writer } from "../core/codec.ts";
import type { DelegateId, Hash } from "../core/ids.ts";
import { bytesToHash, hashTagged, hashToBytes } from "../crypto/hash.ts";
import type { Registry } from "./registry.ts";

/** A recorded proof and the priority that it proves. */
export interface RankedClaim {
  readonly delegate: DelegateId;
  /** First 32 bytes of the VRF output; the lowest sits first. */
  readonly priority: Hash;
  readonly proof: Uint8Array;
}

const RANGE_32 = 4_294_967_296;

/** @returns the VRF input of an iteration: commits to chain, iteration and seed (C2) */
export function sortitionAlpha(chainId: number, iteration: number, seed: Hash): Uint8Array {
  return new Writer().ascii("orrery/sortition").u32(chainId).u64(iteration).hash(seed).finish();
}

/** @param output 64 bytes of VRF output */
export function priorityOf(output: Uint8Array): Hash {
  return bytesToHash(output.subarray(0, 32));
}

/** Orders candidates that have no proof: by hash of seed and key. */
export function orderBySeed(registry: Registry, seed: Hash, candidates: readonly DelegateId[]): DelegateId[] {
  const rank = new Map<DelegateId, Hash>();
  for (const id of candidates) {
    rank.set(id, hashTagged("orrery/seat", hashToBytes(seed), registry.of(id).publicKey));
  }
  return [...candidates].sort((a, b) => compareHashes(rank.get(a) as Hash, rank.get(b) as Hash));
}

/** @returns negative, zero or positive: the order of the hashes' bytes */
export function compareHashes(a: Hash, b: Hash): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/**
 * Seats the best recorded claims in order of priority, then fills up without proof (C2).
 *
 * @param claims recorded claims of candidates
 * @param candidates who may sit
 */
export function rankedSeats(
  registry: Registry,
  options: {
    claims: readonly RankedClaim[];
    candidates: readonly DelegateId[];
    seed: Hash;
    size: number;
  },
): { members: DelegateId[]; claims: (RankedClaim | null)[] } {
  const eligible = new Set(options.candidates);
  const ranked = options.claims
    .filter((claim) => eligible.has(claim.delegate))
    .sort((a, b) => compareHashes(a.priority, b.priority) || a.delegate - b.delegate)
    .slice(0, options.size);
  const seated = new Set(ranked.map((claim) => claim.delegate));
  const rest = options.candidates.filter((id) => !seated.has(id));
  const fill = ranked.length < options.size ? orderBySeed(registry, options.seed, rest) : [];
  const filled = fill.slice(0, options.size - ranked.length);
  return {
    members: [...ranked.map((claim) => claim.delegate), ...filled],
    claims: [...ranked, ...filled.map(() => null)],
  };
}

/**
 * Whether a VRF output selects its owner in threshold mode: output / 2^512 < expectedSize / candidates, on the leading 32 bits.
 *
 * @param output 64 bytes of VRF output
 */
export function selects(output: Uint8Array, expectedSize: number, candidates: number): boolean {
  const [a = 0, b = 0, c = 0, d = 0] = output;
  const leading = a * 16_777_216 + b * 65_536 + c * 256 + d;
  return leading * candidates < expectedSize * RANGE_32;
}
