import { type Reader, Writer } from "../core/codec.ts";
import type { DelegateId, Hash } from "../core/ids.ts";
import type { Message } from "../core/machine.ts";
import { WireKind } from "../core/wire-kind.ts";
import { HASH_BYTES, hashTagged } from "../crypto/hash.ts";
import type { NodeCrypto } from "../crypto/node-crypto.ts";
import { SIGNATURE_BYTES, SignedObject } from "../crypto/signed-object.ts";
import { type DelegateSet, MAX_DELEGATES } from "./delegate-set.ts";
import { quorumOf } from "./parameters.ts";

/** What an epoch's delegates sign at its end (L1): where the chain was, and who goes on from there. */
export interface Checkpoint {
  readonly chainId: number;
  readonly epoch: number;
  /** Of the epoch's last block. */
  readonly height: number;
  readonly blockHash: Hash;
  readonly stateRoot: Hash;
  readonly transactionRoot: Hash;
  /** Header time of the epoch's last block, µs. */
  readonly timeUs: number;
  /** The epoch's own delegates, who sign this: a client that skips epochs has nobody else to tell it. */
  readonly delegatesHash: Hash;
  /** The following epoch's delegates. */
  readonly nextDelegatesHash: Hash;
  /** The committee that signs the next height. */
  readonly nextCommitteeHash: Hash;
}

/** Encoded size of every checkpoint, in bytes. */
export const CHECKPOINT_BYTES = 4 + 8 + 8 + 8 + 6 * HASH_BYTES;

/** Appends the canonical encoding of a checkpoint. */
export function writeCheckpoint(writer: Writer, checkpoint: Checkpoint): void {
  writer.u32(checkpoint.chainId).u64(checkpoint.epoch).u64(checkpoint.height).u64(checkpoint.timeUs);
  writer.hash(checkpoint.blockHash).hash(checkpoint.stateRoot).hash(checkpoint.transactionRoot);
  writer.hash(checkpoint.delegatesHash).hash(checkpoint.nextDelegatesHash).hash(checkpoint.nextCommitteeHash);
}

/** Reads a checkpoint. */
export function readCheckpoint(reader: Reader): Checkpoint {
  return {
    chainId: reader.u32(),
    epoch: reader.u64(),
    height: reader.u64(),
    timeUs: reader.u64(),
    blockHash: reader.hash(),
    stateRoot: reader.hash(),
    transactionRoot: reader.hash(),
    delegatesHash: reader.hash(),
    nextDelegatesHash: reader.hash(),
    nextCommitteeHash: reader.hash(),
  };
}

/** A checkpoint that the chain awaits: an epoch has ended, and its delegates' votes are not recorded yet. */
export interface DueCheckpoint {
  readonly checkpoint: Checkpoint;
  /** Of the checkpoint. */
  readonly hash: Hash;
  /** Who may sign it. */
  readonly delegates: DelegateSet;
}

/** Most ended epochs whose checkpoints a chain awaits; of earlier ones none will be recorded. */
export const MAX_DUE_CHECKPOINTS = 4;

const scratch = new Writer();

/** @returns the hash that stands for a checkpoint in votes */
export function checkpointHash(checkpoint: Checkpoint): Hash {
  writeCheckpoint(scratch, checkpoint);
  return hashTagged("orrery/checkpoint", scratch.finish());
}

interface CheckpointVoteFields {
  readonly chainId: number;
  readonly epoch: number;
  readonly checkpointHash: Hash;
  readonly signer: DelegateId;
}

/** One delegate's signed statement of how an epoch ended; a second, different one is an offence (C6). */
export class CheckpointVote extends SignedObject implements Message, CheckpointVoteFields {
  readonly kind = WireKind.checkpointVote;
  wire: Uint8Array | null = null;
  readonly chainId: number;
  readonly epoch: number;
  readonly checkpointHash: Hash;
  readonly signer: DelegateId;

  constructor(fields: CheckpointVoteFields, signature: Uint8Array = new Uint8Array(SIGNATURE_BYTES)) {
    super(signature);
    this.chainId = fields.chainId;
    this.epoch = fields.epoch;
    this.checkpointHash = fields.checkpointHash;
    this.signer = fields.signer;
  }

  preimage(): Uint8Array {
    scratch.ascii("orrery/checkpoint-vote").u32(this.chainId).u64(this.epoch);
    return scratch.hash(this.checkpointHash).finish();
  }
}

/** Appends the canonical encoding of a checkpoint vote. */
export function writeCheckpointVote(writer: Writer, vote: CheckpointVote): void {
  writer.u32(vote.chainId).u64(vote.epoch).hash(vote.checkpointHash).u32(vote.signer).fixed(vote.signature);
}

/** Reads a checkpoint vote; the reader is marked failed when the bytes are none. */
export function readCheckpointVote(reader: Reader): CheckpointVote {
  const [chainId, epoch, hash] = [reader.u32(), reader.u64(), reader.hash()];
  const fields = { chainId, epoch, checkpointHash: hash, signer: reader.u32() as DelegateId };
  return new CheckpointVote(fields, reader.fixed(SIGNATURE_BYTES));
}

/** A checkpoint with the votes of more than two thirds of its epoch's delegates. */
export interface CertifiedCheckpoint {
  readonly checkpoint: Checkpoint;
  /** On this checkpoint, in ascending order of signer, each signer once. */
  readonly votes: readonly CheckpointVote[];
}

/**
 * Judges a checkpoint's votes against the delegates of its epoch. Every vote has to hold, not only enough of them: the bytes
 * of a block must not carry what nobody signed.
 *
 * @param delegates the set that the checkpoint names as its own; whether it deserves trust is the caller's question
 * @returns why it is refused, or null
 */
export function checkpointRefusal(
  crypto: NodeCrypto,
  delegates: DelegateSet,
  { checkpoint, votes }: CertifiedCheckpoint,
): string | null {
  if (checkpoint.delegatesHash !== delegates.hash) return "checkpoint of other delegates";
  if (!delegates.isDistinct) return "delegates that name one of them twice";
  if (votes.length < quorumOf(delegates.size)) return "checkpoint without a quorum";
  const hash = checkpointHash(checkpoint);
  let previous = -1;
  for (const vote of votes) {
    const { chainId, epoch, signer } = vote;
    const isAbout = chainId === checkpoint.chainId && epoch === checkpoint.epoch && vote.checkpointHash === hash;
    if (!isAbout) return "checkpoint with a vote on something else";
    if (signer <= previous) return "checkpoint with a signer twice or out of order";
    const key = delegates.keyOf(signer);
    if (key === undefined) return "checkpoint with an unknown signer";
    if (!crypto.verify(vote, key)) return "checkpoint with a bad signature";
    previous = signer;
  }
  return null;
}

const SIGNED_BYTES = 4 + SIGNATURE_BYTES;

/** @returns the encoded size of a certified checkpoint, in bytes */
export function certifiedCheckpointBytes({ votes }: CertifiedCheckpoint): number {
  return CHECKPOINT_BYTES + 4 + votes.length * SIGNED_BYTES;
}

/** Appends the canonical encoding of a certified checkpoint: what all votes share stands in the checkpoint. */
export function writeCertifiedCheckpoint(writer: Writer, { checkpoint, votes }: CertifiedCheckpoint): void {
  writeCheckpoint(writer, checkpoint);
  writer.u32(votes.length);
  for (const { signer, signature } of votes) writer.u32(signer).fixed(signature);
}

/** Reads a certified checkpoint; signers out of order, or twice, fail the reader. */
export function readCertifiedCheckpoint(reader: Reader): CertifiedCheckpoint {
  const checkpoint = readCheckpoint(reader);
  const { chainId, epoch } = checkpoint;
  const hash = checkpointHash(checkpoint);
  let previous = -1;
  const votes = reader.list(MAX_DELEGATES, () => {
    const signer = reader.u32() as DelegateId;
    if (signer <= previous) reader.fail();
    previous = signer;
    return new CheckpointVote({ chainId, epoch, checkpointHash: hash, signer }, reader.fixed(SIGNATURE_BYTES));
  });
  return { checkpoint, votes };
}
