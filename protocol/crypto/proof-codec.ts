import type { Reader, Writer } from "../core/codec.ts";
import { HASH_BYTES } from "./hash.ts";
import { KEY_BITS, type MapProof } from "./map-proof.ts";
import type { MerkleProof } from "./merkle.ts";

/** Most siblings in a Merkle proof: one for each level of the largest tree. */
const MAX_MERKLE_SIBLINGS = 31;

/** @returns the encoded size of a Merkle proof, in bytes */
export function merkleProofBytes(proof: MerkleProof): number {
  return 1 + proof.length * HASH_BYTES;
}

/** Appends the canonical encoding of a Merkle proof. */
export function writeMerkleProof(writer: Writer, proof: MerkleProof): void {
  writer.u8(proof.length);
  for (const sibling of proof) writer.fixed(sibling);
}

/** Reads a Merkle proof; the reader is marked failed when the bytes are none. */
export function readMerkleProof(reader: Reader): MerkleProof {
  const count = reader.u8();
  if (count > MAX_MERKLE_SIBLINGS) reader.fail();
  const siblings: Uint8Array[] = [];
  while (siblings.length < count && !reader.failed) siblings.push(reader.fixed(HASH_BYTES));
  return siblings;
}

/** @returns the encoded size of a map proof, in bytes */
export function mapProofBytes({ other, steps }: MapProof): number {
  return 1 + (other === null ? 0 : 2 * HASH_BYTES) + 4 + steps.length * (1 + HASH_BYTES);
}

/** Appends the canonical encoding of a map proof. */
export function writeMapProof(writer: Writer, { other, steps }: MapProof): void {
  writer.u8(other === null ? 0 : 1);
  if (other !== null) writer.hash(other.key).fixed(other.valueDigest);
  writer.u32(steps.length);
  for (const { bit, sibling } of steps) writer.u8(bit).fixed(sibling);
}

/** Reads a map proof; steps out of order, from which no root follows, fail the reader. */
export function readMapProof(reader: Reader): MapProof {
  const flag = reader.u8();
  if (flag > 1) reader.fail();
  const other = flag === 1 ? { key: reader.hash(), valueDigest: reader.fixed(HASH_BYTES) } : null;
  let below = KEY_BITS;
  const steps = reader.list(KEY_BITS, () => {
    const bit = reader.u8();
    if (bit >= below) reader.fail();
    below = bit;
    return { bit, sibling: reader.fixed(HASH_BYTES) };
  });
  return { other, steps };
}
