import { Writer } from "../../protocol/core/codec.ts";
import type { DelegateId, Hash } from "../../protocol/core/ids.ts";
import { hashTagged } from "../../protocol/crypto/hash.ts";

/** What stands for a candidate, by the checkers' own account. */
export interface Standing {
  stake: bigint;
  bond: bigint;
  slashed: boolean;
  eligibleEpoch: number;
  rejoins: number;
}

/** @returns the hash of an epoch's delegates, in order */
export function delegatesHash(ids: readonly DelegateId[]): Hash {
  const writer = new Writer();
  for (const id of ids) writer.u32(id);
  return hashTagged("orrery/delegates", writer.finish());
}

/** @returns the hash of the priorities that were claimed, by delegate */
export function claimsHash(claims: ReadonlyMap<DelegateId, Hash>): Hash {
  const writer = new Writer();
  for (const [id, priority] of [...claims].sort(([a], [b]) => a - b)) writer.u32(id).hash(priority);
  return hashTagged("orrery/claims", writer.finish());
}

/** @returns the hash of all candidates' standings, in order of id */
export function standingsHash(standings: readonly Standing[]): Hash {
  const writer = new Writer();
  for (const standing of standings) {
    writer.u128(standing.stake).u128(standing.bond);
    writer.u32(standing.eligibleEpoch).u32(standing.rejoins);
    writer.u8(standing.slashed ? 1 : 0);
  }
  return hashTagged("orrery/standings", writer.finish());
}
