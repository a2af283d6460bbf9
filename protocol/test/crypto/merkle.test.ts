import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import {
  EMPTY_MERKLE_ROOT,
  isSubtree,
  leafDigest,
  type MerkleProof,
  merkleRoot,
  proveConsistency,
  proveInclusion,
  verifyConsistency,
  verifyInclusion,
} from "../../crypto/merkle.ts";
import { describeVectors, fromHex, listVectors, readVectors, toHex } from "./vectors.ts";

interface InclusionVector {
  leafIdx: number;
  treeSize?: number;
  start?: number;
  end?: number;
  root: string;
  leafHash: string;
  proof: string[] | null;
  wantErr: boolean;
}

interface ConsistencyVector {
  size1?: number;
  size2?: number;
  start?: number;
  end?: number;
  size?: number;
  root1: string;
  root2: string;
  proof: string[] | null;
  wantErr: boolean;
}

const fromBase64 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "base64"));
const proofOf = (vector: { proof: string[] | null }): MerkleProof => (vector.proof ?? []).map(fromBase64);

// A subtree [start, end) is a Merkle tree of its own leaves, so its inclusion proofs are those of RFC 9162 once the alignment
// of the range (draft-ietf-plants-merkle-tree-certs) was checked.
function judgeInclusion(vector: InclusionVector): boolean {
  const { start = 0, end = vector.treeSize ?? 0 } = vector;
  if (vector.start !== undefined && !isSubtree(start, end)) return false;
  const claim = { index: vector.leafIdx - start, size: end - start };
  return verifyInclusion(
    { ...claim, leaf: fromBase64(vector.leafHash), root: fromBase64(vector.root) },
    proofOf(vector),
  );
}

function judgeConsistency(vector: ConsistencyVector): boolean {
  const { start = 0, end = vector.size1 ?? 0, size = vector.size2 ?? 0 } = vector;
  const roots = { subtreeRoot: fromBase64(vector.root1), root: fromBase64(vector.root2) };
  return verifyConsistency({ start, end, size, ...roots }, proofOf(vector));
}

describeVectors("RFC 6962 test data", () => {
  test.each([...listVectors("rfc6962/testdata/inclusion"), ...listVectors("rfc6962/testdata/subtreeinclusion")])(
    "%s",
    (path) => {
      const vector = readVectors<InclusionVector>(path);
      expect(judgeInclusion(vector)).toBe(!vector.wantErr);
    },
  );

  test.each([...listVectors("rfc6962/testdata/consistency"), ...listVectors("rfc6962/testdata/subtreeconsistency")])(
    "%s",
    (path) => {
      const vector = readVectors<ConsistencyVector>(path);
      // One file claims that a tree of one leaf has a root of 12 bytes; here a root is a SHA-256 digest or is refused.
      const isDigest = [vector.root1, vector.root2].every((root) => fromBase64(root).length === 32);
      expect(judgeConsistency(vector)).toBe(!vector.wantErr && isDigest);
    },
  );

  // The leaves behind the files, from the reference trees of Certificate Transparency.
  const leaves = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
  ].map((data) => leafDigest(fromHex(data)));
  const accepted = (path: string): boolean => !readVectors<{ wantErr: boolean }>(path).wantErr;

  test.each(listVectors("rfc6962/testdata/inclusion").filter(accepted))("makes the root and proof of %s", (path) => {
    const { leafIdx, treeSize, root, proof } = readVectors<InclusionVector>(path);
    const tree = leaves.slice(0, treeSize);
    expect(merkleRoot(tree)).toEqual(fromBase64(root));
    expect(proveInclusion(tree, leafIdx)).toEqual(proofOf({ proof }));
  });

  test.each(listVectors("rfc6962/testdata/consistency").filter(accepted))("makes the roots and proof of %s", (path) => {
    const { size1 = 0, size2, root1, root2, proof } = readVectors<ConsistencyVector>(path);
    const tree = leaves.slice(0, size2);
    expect([merkleRoot(leaves.slice(0, size1)), merkleRoot(tree)]).toEqual([fromBase64(root1), fromBase64(root2)]);
    expect(proveConsistency(tree, size1)).toEqual(proofOf({ proof }));
  });
});

const leavesOf = (count: number): Uint8Array[] => Array.from({ length: count }, (_, i) => leafDigest(Uint8Array.of(i)));

describe("Merkle tree", () => {
  it("has the hash of no bytes as its empty root", () => {
    // SHA-256 of the empty string, FIPS 180-4 examples.
    const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    expect(toHex(EMPTY_MERKLE_ROOT)).toBe(empty);
    expect(toHex(merkleRoot([]))).toBe(empty);
  });

  it("proves each leaf at its own place only", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70 }), fc.nat(), fc.nat(), (size, a, b) => {
        const leaves = leavesOf(size);
        const [index, other] = [a % size, b % size];
        const claim = { index, size, leaf: leaves[index] as Uint8Array, root: merkleRoot(leaves) };
        const proof = proveInclusion(leaves, index);
        expect(verifyInclusion(claim, proof)).toBe(true);
        expect(verifyInclusion({ ...claim, index: other }, proof)).toBe(other === index);
        expect(verifyInclusion({ ...claim, leaf: leaves[other] as Uint8Array }, proof)).toBe(other === index);
      }),
    );
  });

  it("proves that a beginning was only appended to", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70 }), fc.nat(), fc.nat(), (size, a, b) => {
        const leaves = leavesOf(size);
        const [end, other] = [1 + (a % size), 1 + (b % size)];
        const roots = { subtreeRoot: merkleRoot(leaves.slice(0, end)), root: merkleRoot(leaves) };
        const proof = proveConsistency(leaves, end);
        expect(verifyConsistency({ start: 0, end, size, ...roots }, proof)).toBe(true);
        const altered = { ...roots, subtreeRoot: merkleRoot(leaves.slice(0, other)) };
        expect(verifyConsistency({ start: 0, end, size, ...altered }, proof)).toBe(other === end);
      }),
    );
  });

  it("never takes an inner node for a leaf", () => {
    const leaves = leavesOf(4);
    const left = merkleRoot(leaves.slice(0, 2));
    const right = merkleRoot(leaves.slice(2));
    const forged = new Uint8Array(64);
    forged.set(left);
    forged.set(right, 32);
    expect(toHex(leafDigest(forged))).not.toBe(toHex(merkleRoot(leaves)));
  });
});
