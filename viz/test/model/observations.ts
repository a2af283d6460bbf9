import type { DelegateId, Hash } from "../../../protocol/core/ids.ts";
import type { FinalizedObservation } from "../../../sim/trace/writer.ts";

/** What the synthetic runs take for a block: the facts a trace keeps of one. */
export const BLOCK = { proposer: 2, timeUs: 50, committee: [2, 0, 1], signers: [0, 2], transactions: 1, sizeBytes: 9 };

/** A node's observation that a block became final there; of height 7 and view 0, by its own quorum, unless told. */
export function final(told: Partial<FinalizedObservation>): FinalizedObservation {
  return {
    kind: "finalized",
    height: 7,
    view: 0,
    blockHash: "aa".repeat(32) as Hash,
    block: BLOCK,
    certificate: {},
    committee: [] as DelegateId[],
    by: "quorum",
    ...told,
  };
}
