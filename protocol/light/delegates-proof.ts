import {
  DELEGATE_KEY_BYTES,
  type DelegateKey,
  readDelegateKeys,
  writeDelegateKeys,
} from "../consensus/delegate-set.ts";
import {
  type RotationSummary,
  readRotationSummary,
  rotationSummaryBytes,
  writeRotationSummary,
} from "../consensus/rotation-root.ts";
import type { Reader, Writer } from "../core/codec.ts";
import type { Hash } from "../core/ids.ts";
import { HASH_BYTES } from "../crypto/hash.ts";

/** Who the delegates are, shown by the state after a block. */
export interface DelegatesProof {
  readonly ledgerRoot: Hash;
  readonly rotation: RotationSummary;
  readonly delegates: readonly DelegateKey[];
}

/** @returns the encoded size of a proof, in bytes */
export function delegatesProofBytes({ rotation, delegates }: DelegatesProof): number {
  return HASH_BYTES + rotationSummaryBytes(rotation) + 4 + delegates.length * DELEGATE_KEY_BYTES;
}

/** Appends the canonical encoding. */
export function writeDelegatesProof(writer: Writer, { ledgerRoot, rotation, delegates }: DelegatesProof): void {
  writeDelegateKeys(writeRotationSummary(writer.hash(ledgerRoot), rotation), delegates);
}

/** Reads a proof; what it shows is not checked here. */
export function readDelegatesProof(reader: Reader): DelegatesProof {
  return { ledgerRoot: reader.hash(), rotation: readRotationSummary(reader), delegates: readDelegateKeys(reader) };
}
