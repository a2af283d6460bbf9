import { stateRootOf } from "../consensus/state-root.ts";
import type { Reader, Writer } from "../core/codec.ts";
import type { Hash } from "../core/ids.ts";
import { HASH_BYTES, hashToBytes } from "../crypto/hash.ts";
import { type MapProof, mapProofRoot } from "../crypto/map-proof.ts";
import { leafDigest, type MerkleProof, proveInclusion, verifyInclusion } from "../crypto/merkle.ts";
import {
  mapProofBytes,
  merkleProofBytes,
  readMapProof,
  readMerkleProof,
  writeMapProof,
  writeMerkleProof,
} from "../crypto/proof-codec.ts";

/** The way from an entry's place in a chain's ledger up to the state root of a header. */
export interface StateProof {
  /** The other half of what the state root commits to. */
  readonly rotationRoot: Hash;
  readonly map: MapProof;
}

/**
 * Whether a ledger holds an entry, or holds none, at a state root; never throws.
 *
 * @param value undefined claims that the key is absent
 */
export function verifyStateEntry(
  stateRoot: Hash,
  key: Hash,
  value: Uint8Array | undefined,
  proof: StateProof,
): boolean {
  const ledgerRoot = mapProofRoot(key, value, proof.map);
  return ledgerRoot !== null && stateRootOf(ledgerRoot, proof.rotationRoot) === stateRoot;
}

/** @returns the encoded size of a state proof, in bytes */
export function stateProofBytes({ map }: StateProof): number {
  return HASH_BYTES + mapProofBytes(map);
}

/** Appends the canonical encoding of a state proof. */
export function writeStateProof(writer: Writer, proof: StateProof): void {
  writeMapProof(writer.hash(proof.rotationRoot), proof.map);
}

/** Reads a state proof; whether it shows anything is not checked here. */
export function readStateProof(reader: Reader): StateProof {
  return { rotationRoot: reader.hash(), map: readMapProof(reader) };
}

/** The way from a transaction up to the transaction root of its block. */
export interface TransactionProof {
  /** The transaction's place in its block. */
  readonly index: number;
  /** Transactions in the block. */
  readonly size: number;
  readonly branch: MerkleProof;
}

/** What a proof was last found to show: pools, builders and judges of blocks ask the same of it, one after the other. */
const shown = new WeakMap<TransactionProof, { readonly transactionRoot: Hash; readonly encoded: Uint8Array }>();

/**
 * Whether a block holds a transaction; never throws.
 *
 * @param transactionRoot of the block's header
 * @param encoded the transaction's canonical encoding
 */
export function verifyTransaction(transactionRoot: Hash, encoded: Uint8Array, proof: TransactionProof): boolean {
  const known = shown.get(proof);
  if (known?.encoded === encoded && known.transactionRoot === transactionRoot) return true;
  const { index, size, branch } = proof;
  const claim = { index, size, leaf: leafDigest(encoded), root: hashToBytes(transactionRoot) };
  const isShown = verifyInclusion(claim, branch);
  if (isShown) shown.set(proof, { transactionRoot, encoded });
  return isShown;
}

/** @returns the proof that a block holds its transaction at `index` @param encoded all its transactions, in order */
export function proveTransaction(encoded: readonly Uint8Array[], index: number): TransactionProof {
  return { index, size: encoded.length, branch: proveInclusion(encoded.map(leafDigest), index) };
}

/** @returns the encoded size of a transaction proof, in bytes */
export function transactionProofBytes({ branch }: TransactionProof): number {
  return 4 + 4 + merkleProofBytes(branch);
}

/** Appends the canonical encoding of a transaction proof. */
export function writeTransactionProof(writer: Writer, { index, size, branch }: TransactionProof): void {
  writeMerkleProof(writer.u32(index).u32(size), branch);
}

/** Reads a transaction proof; whether it shows anything is not checked here. */
export function readTransactionProof(reader: Reader): TransactionProof {
  return { index: reader.u32(), size: reader.u32(), branch: readMerkleProof(reader) };
}
