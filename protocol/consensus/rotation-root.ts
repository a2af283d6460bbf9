import { type Reader, Writer } from "../core/codec.ts";
import type { Hash } from "../core/ids.ts";
import { MAX_COMMITTEE } from "../core/limits.ts";
import { HASH_BYTES, hashTagged } from "../crypto/hash.ts";

/** What a rotation's root is the hash of: shows whoever knows a state root who the delegates are. */
export interface RotationSummary {
  readonly committeeHash: Hash;
  readonly iteration: number;
  readonly standingsHash: Hash;
  /** Of the delegate set of the epoch of the next height. */
  readonly delegatesHash: Hash;
  /** Zero before the snapshot. */
  readonly nextDelegatesHash: Hash;
  readonly claimsHash: Hash;
  /** The last checkpoint that the chain has recorded, zero before the first. */
  readonly checkpointHash: Hash;
  /** By seat. */
  readonly marks: readonly boolean[];
}

/** @returns the encoded size of a summary, in bytes */
export function rotationSummaryBytes({ marks }: RotationSummary): number {
  return 6 * HASH_BYTES + 8 + 4 + marks.length;
}

/** Appends the canonical encoding of a summary. */
export function writeRotationSummary(writer: Writer, summary: RotationSummary): Writer {
  writer.hash(summary.committeeHash).u64(summary.iteration).hash(summary.standingsHash).hash(summary.delegatesHash);
  writer.hash(summary.nextDelegatesHash).hash(summary.claimsHash).hash(summary.checkpointHash);
  writer.u32(summary.marks.length);
  for (const mark of summary.marks) writer.u8(mark ? 1 : 0);
  return writer;
}

/** Reads a summary; whether it is of any chain is not checked here. */
export function readRotationSummary(reader: Reader): RotationSummary {
  return {
    committeeHash: reader.hash(),
    iteration: reader.u64(),
    standingsHash: reader.hash(),
    delegatesHash: reader.hash(),
    nextDelegatesHash: reader.hash(),
    claimsHash: reader.hash(),
    checkpointHash: reader.hash(),
    marks: reader.list(MAX_COMMITTEE, () => {
      const mark = reader.u8();
      if (mark > 1) reader.fail();
      return mark === 1;
    }),
  };
}

const scratch = new Writer();

/** @returns the rotation's half of what a state root commits to */
export function rotationRootOf(summary: RotationSummary): Hash {
  return hashTagged("orrery/rotation", writeRotationSummary(scratch, summary).finish());
}
