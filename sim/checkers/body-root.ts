import { sha256 } from "../../protocol/crypto/hash.ts";

function hashOf(prefix: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 1);
  const preimage = new Uint8Array(length);
  preimage[0] = prefix;
  let at = 1;
  for (const part of parts) {
    preimage.set(part, at);
    at += part.length;
  }
  return sha256(preimage);
}

/**
 * The Merkle tree hash over whole leaves, level by level: an odd last node moves up as it is.
 *
 * Source: RFC 9162, section 2.1.1, whose splits at the largest power of two give the same tree.
 */
export function treeHash(leaves: readonly Uint8Array[]): Uint8Array {
  let level = leaves.map((leaf) => hashOf(0, leaf));
  while (level.length > 1) {
    const above: Uint8Array[] = [];
    for (let at = 0; at < level.length; at += 2) {
      const [left, right] = [level[at], level[at + 1]];
      if (left !== undefined) above.push(right === undefined ? left : hashOf(1, left, right));
    }
    level = above;
  }
  return level[0] ?? sha256(new Uint8Array());
}
