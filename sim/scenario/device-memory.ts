import type { DeviceClass } from "./device-classes.ts";

/**
 * Bytes of what a device holds, from the formats of protocol/light, protocol/consensus and protocol/ledger; a test holds them
 * against real encodings.
 */
const ANCHOR_BYTES = 148;
const DELEGATE_BYTES = 36;
const VOTE_BYTES = 68;
const CHECKPOINT_BYTES = 220;
/** A header, and its certificate without votes. */
const HEADER_BYTES = 304 + 85;
/** Counts, ids and flags around these in messages and records. */
const FRAME_BYTES = 64;
/** A signed transaction, the height and number that it is kept with, besides its data. */
const PENDING_BYTES = 240;
/** What a lock for another chain has more than a payment. */
const LOCK_BYTES = 140;
/** As many wait at once, see protocol/node/device-node.ts. */
const PENDING = 16;
/** Flash is written in turns: each record has a place besides its own. */
const FLASH_COPIES = 2;

/** What its chain and its habits make a device hold. */
export interface Holdings {
  /** Delegates whose keys it knows: the operators of its subchain. */
  readonly signers: number;
  /** Attached to each transaction. */
  readonly dataBytes: number;
  /** Whether these are locks for another chain. */
  readonly crosses: boolean;
}

/** @returns bytes of what a light client must not forget */
export function clientRecordBytes(signers: number): number {
  return 2 * ANCHOR_BYTES + FRAME_BYTES + signers * DELEGATE_BYTES;
}

/** @returns bytes of the message with one checkpoint, signed by everybody and with everybody's key, without which no client moves on */
export function checkpointMessageBytes(signers: number): number {
  return CHECKPOINT_BYTES + FRAME_BYTES + signers * (VOTE_BYTES + DELEGATE_BYTES);
}

/** @returns bytes of the message with one certified header and its committee's keys */
export function headerMessageBytes(signers: number): number {
  return HEADER_BYTES + FRAME_BYTES + signers * (VOTE_BYTES + DELEGATE_BYTES);
}

/** @returns bytes of a transaction that waits, with what belongs to it */
export function pendingBytes({ dataBytes, crosses }: Omit<Holdings, "signers">): number {
  return PENDING_BYTES + (crosses ? LOCK_BYTES : 0) + dataBytes;
}

/** @returns bytes of memory that are left for a message that comes in; below 0 where not even the rest fits */
export function receiveBytes({ ramBytes, system }: DeviceClass, { signers, ...each }: Holdings): number {
  return ramBytes - system.ramBytes - clientRecordBytes(signers) - PENDING * pendingBytes(each);
}

/** @returns bytes that the largest message takes without which a device cannot follow its chain */
export function neededBytes({ signers }: Pick<Holdings, "signers">): number {
  return Math.max(checkpointMessageBytes(signers), headerMessageBytes(signers));
}

/** @returns bytes of flash that records and code take */
export function flashNeededBytes({ system }: DeviceClass, { signers, ...each }: Holdings): number {
  return system.flashBytes + FLASH_COPIES * (clientRecordBytes(signers) + PENDING * pendingBytes(each));
}
