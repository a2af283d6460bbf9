import { type ConsensusParameters, maxBlockBytesAt } from "../consensus/parameters.ts";
import { MAX_GRANTS } from "./limits.ts";

/** Pieces that the cross-chain part of a block is cut into; 64 KiB each where a block has 8 MiB. Source: protocol.md, B7. */
export const PIECES_PER_BLOCK = MAX_GRANTS;

/** How the bytes of a block are divided. */
export interface BlockSpace {
  /** Of one piece for relocks. */
  readonly pieceBytes: number;
  /** For all that is no relock. */
  readonly normalBytes: number;
  /** Part of the normal bytes that only heartbeats, evidence and refunds may use. */
  readonly reservedBytes: number;
}

/** @returns half for relocks in pieces, half for all else, of which an eighth is reserved */
export function blockSpaceOf(maxBlockBytes: number): BlockSpace {
  const pieceBytes = Math.floor(maxBlockBytes / (2 * PIECES_PER_BLOCK));
  const normalBytes = maxBlockBytes - pieceBytes * PIECES_PER_BLOCK;
  return { pieceBytes, normalBytes, reservedBytes: Math.floor(normalBytes / 8) };
}

/**
 * The rule for the size of blocks may change within a period.
 *
 * @param last height of the period's last block
 * @param blocks of the period
 * @returns what one piece comes to over all blocks of a period, in bytes
 */
export function pieceBytesOver(parameters: ConsensusParameters, last: number, blocks: number): bigint {
  const pieceAt = (height: number) => blockSpaceOf(maxBlockBytesAt(parameters, height)).pieceBytes;
  const first = last - blocks + 1;
  const before = Math.min(blocks, Math.max(0, (parameters.upgrade?.height ?? first) - first));
  return BigInt(before) * BigInt(pieceAt(first)) + BigInt(blocks - before) * BigInt(pieceAt(last));
}
