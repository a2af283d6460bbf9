import type { Reader, Writer } from "../core/codec.ts";
import type { Hash } from "../core/ids.ts";
import { MAX_BLOCK_BYTES } from "../core/limits.ts";
import type { MapProof } from "../crypto/map-proof.ts";
import { readMapProof, writeMapProof } from "../crypto/proof-codec.ts";
import { type CertifiedHeader, readCertifiedHeader, writeCertifiedHeader } from "../light/certified-header.ts";
import { readTransactionProof, type TransactionProof, writeTransactionProof } from "../light/state-proof.ts";

/** Most entries that one transaction of a native kind reads or writes. */
export const MAX_WITNESSES = 16;
const MAX_ENTRY_BYTES = 65_536;

/**
 * One entry as execution meets it. Its proof is against the root that the witnesses before it leave behind, each changed as
 * the transaction changes it in the end: a chain from the root before to the root after.
 */
export interface Witness {
  readonly key: Hash;
  /** Null where the entry is absent. */
  readonly value: Uint8Array | null;
  readonly proof: MapProof;
}

/** Evidence (b) of S8: one step of a certified block whose result is not what the rules give. */
export interface FraudProof {
  readonly header: CertifiedHeader;
  /** The encoded transaction, in its place under the header's transaction root. */
  readonly transaction: Uint8Array;
  readonly proof: TransactionProof;
  /** The tree under the header's execution root. */
  readonly executionTree: Hash;
  /** Ledger roots before and after the transaction, at places i and i + 1 in that tree. */
  readonly before: Hash;
  readonly beforeProof: TransactionProof;
  readonly after: Hash;
  readonly afterProof: TransactionProof;
  readonly witnesses: readonly Witness[];
}

/** Appends the canonical encoding. */
export function writeFraudProof(writer: Writer, fraud: FraudProof): void {
  writeCertifiedHeader(writer, fraud.header);
  writeTransactionProof(writer.bytes(fraud.transaction), fraud.proof);
  writeTransactionProof(writer.hash(fraud.executionTree).hash(fraud.before), fraud.beforeProof);
  writeTransactionProof(writer.hash(fraud.after), fraud.afterProof);
  writer.u32(fraud.witnesses.length);
  for (const { key, value, proof } of fraud.witnesses) {
    writer.hash(key).u8(value === null ? 0 : 1);
    if (value !== null) writer.bytes(value);
    writeMapProof(writer, proof);
  }
}

function readWitness(reader: Reader): Witness {
  const key = reader.hash();
  const present = reader.u8();
  if (present > 1) reader.fail();
  return { key, value: present === 1 ? reader.bytes(MAX_ENTRY_BYTES) : null, proof: readMapProof(reader) };
}

/** Reads a proof; the reader is marked failed when the bytes are none. */
export function readFraudProof(reader: Reader): FraudProof {
  return {
    header: readCertifiedHeader(reader),
    transaction: reader.bytes(MAX_BLOCK_BYTES),
    proof: readTransactionProof(reader),
    executionTree: reader.hash(),
    before: reader.hash(),
    beforeProof: readTransactionProof(reader),
    after: reader.hash(),
    afterProof: readTransactionProof(reader),
    witnesses: reader.list(MAX_WITNESSES, readWitness),
  };
}
