import type { Reader, Writer } from "../core/codec.ts";
import type { Hash } from "../core/ids.ts";
import { MAX_BLOCK_BYTES } from "../core/limits.ts";
import type { MapProof } from "../crypto/map-proof.ts";
import { readMapProof, writeMapProof } from "../crypto/proof-codec.ts";
import { type Header, readHeader, writeHeader } from "../ledger/header.ts";
import { type CertifiedHeader, readCertifiedHeader, writeCertifiedHeader } from "../light/certified-header.ts";
import { readTransactionProof, type TransactionProof, writeTransactionProof } from "../light/state-proof.ts";

/** Most entries that one step reads or writes: the end of a block pays every operator. */
export const MAX_WITNESSES = 300;
const MAX_ENTRY_BYTES = 65_536;

/**
 * One entry as execution meets it. Its proof is against the root that the witnesses before it leave behind, each changed as
 * the step changes it in the end: a chain from the root before to the root after.
 */
export interface Witness {
  readonly key: Hash;
  /** Null where the entry is absent. */
  readonly value: Uint8Array | null;
  readonly proof: MapProof;
}

/** What a block did between two of its ledger roots. */
export type FraudStep =
  | {
      readonly kind: "transaction";
      /** The encoded transaction, in its place i under the header's transaction root. */
      readonly transaction: Uint8Array;
      readonly proof: TransactionProof;
      /** The root after it, at place i + 1 of the execution tree. */
      readonly afterProof: TransactionProof;
    }
  /** The start of the block, which changes nothing: the root before is the last block's, the root after the tree's first. */
  | {
      readonly kind: "opening";
      readonly previous: Header;
      /** The other half of the previous header's state root. */
      readonly rotationRoot: Hash;
    }
  /** The end of the block, which pays its committee. */
  | {
      readonly kind: "closing";
      /** The header before, which names the committee. */
      readonly previous: Header;
      /** The other half of the header's state root, whose one half is the root after. */
      readonly rotationRoot: Hash;
    };

/** Evidence (b) of S8: one step of a certified block whose result is not what the rules give. */
export interface FraudProof {
  readonly header: CertifiedHeader;
  readonly step: FraudStep;
  /** The tree under the header's execution root. */
  readonly executionTree: Hash;
  readonly before: Hash;
  /** Of the root before the step, in its place in that tree; of an opening, of the root after. */
  readonly beforeProof: TransactionProof;
  readonly after: Hash;
  readonly witnesses: readonly Witness[];
}

const TRANSACTION = 0;
const CLOSING = 1;
const OPENING = 2;

function writeStep(writer: Writer, step: FraudStep): void {
  if (step.kind === "transaction") {
    writeTransactionProof(writer.u8(TRANSACTION).bytes(step.transaction), step.proof);
    return writeTransactionProof(writer, step.afterProof);
  }
  writeHeader(writer.u8(step.kind === "closing" ? CLOSING : OPENING), step.previous);
  writer.hash(step.rotationRoot);
}

function readStep(reader: Reader): FraudStep {
  const kind = reader.u8();
  if (kind > OPENING) reader.fail();
  if (kind === CLOSING) return { kind: "closing", previous: readHeader(reader), rotationRoot: reader.hash() };
  if (kind === OPENING) return { kind: "opening", previous: readHeader(reader), rotationRoot: reader.hash() };
  const [transaction, proof] = [reader.bytes(MAX_BLOCK_BYTES), readTransactionProof(reader)];
  return { kind: "transaction", transaction, proof, afterProof: readTransactionProof(reader) };
}

/** Appends the canonical encoding. */
export function writeFraudProof(writer: Writer, fraud: FraudProof): void {
  writeCertifiedHeader(writer, fraud.header);
  writeStep(writer, fraud.step);
  writeTransactionProof(writer.hash(fraud.executionTree).hash(fraud.before), fraud.beforeProof);
  writer.hash(fraud.after).u32(fraud.witnesses.length);
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
    step: readStep(reader),
    executionTree: reader.hash(),
    before: reader.hash(),
    beforeProof: readTransactionProof(reader),
    after: reader.hash(),
    witnesses: reader.list(MAX_WITNESSES, readWitness),
  };
}
