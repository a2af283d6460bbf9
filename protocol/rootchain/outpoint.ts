import { Writer } from "../core/codec.ts";
import type { Hash } from "../core/ids.ts";
import { hashTagged } from "../crypto/hash.ts";

/** Names one output of one transaction. */
export interface Outpoint {
  readonly transactionId: Hash;
  readonly index: number;
}

const scratch = new Writer();

/** @returns the key of an output among the rootchain's entries */
export function outpointKey({ transactionId, index }: Outpoint): Hash {
  return hashTagged("orrery/outpoint", scratch.hash(transactionId).u32(index).finish());
}
