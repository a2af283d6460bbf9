import { equalBytes } from "@noble/curves/utils.js";
import {
  type CertifiedCheckpoint,
  type Checkpoint,
  type CheckpointVote,
  certifiedCheckpointBytes,
  checkpointHash,
  readCertifiedCheckpoint,
  writeCertifiedCheckpoint,
} from "../consensus/checkpoint.ts";
import {
  DELEGATE_KEY_BYTES,
  type DelegateKey,
  type DelegateSet,
  readDelegateKeys,
  writeDelegateKeys,
} from "../consensus/delegate-set.ts";
import { checkpointVotesConflict, type Evidence } from "../consensus/evidence.ts";
import type { Reader, Writer } from "../core/codec.ts";
import type { NodeCrypto } from "../crypto/node-crypto.ts";
import type { Anchor } from "./anchor.ts";
import { MAX_CHECKPOINT_LINKS } from "./limits.ts";

/** One step of a client's way over checkpoints. */
export interface CheckpointLink {
  readonly certified: CertifiedCheckpoint;
  /** The delegates that signed it; null where they are the ones that the client holds already. */
  readonly delegates: readonly DelegateKey[] | null;
}

/** @returns the anchor that a trusted checkpoint gives */
export function anchorOfCheckpoint(checkpoint: Checkpoint): Anchor {
  const { chainId, height, blockHash, timeUs, stateRoot, transactionRoot, nextCommitteeHash } = checkpoint;
  return { chainId, height, blockHash, timeUs, stateRoot, transactionRoot, nextCommitteeHash };
}

/**
 * How many of a trusted set's delegates voted for a checkpoint: by name and key, as the voters' own set is claimed by whoever
 * sent it.
 */
export function overlapOf(trusted: DelegateSet, signers: DelegateSet, votes: readonly CheckpointVote[]): number {
  return votes.filter(({ signer }) => {
    const key = trusted.keyOf(signer);
    const other = signers.keyOf(signer);
    return key !== undefined && other !== undefined && equalBytes(key, other);
  }).length;
}

/**
 * The offences that two different checkpoints of one epoch show: one for each delegate that signed both.
 *
 * @param delegates of that epoch
 */
export function doubleCheckpoints(
  crypto: NodeCrypto,
  delegates: DelegateSet,
  [one, other]: readonly [CertifiedCheckpoint, CertifiedCheckpoint],
): Evidence[] {
  if (checkpointHash(one.checkpoint) === checkpointHash(other.checkpoint)) return [];
  const seconds = new Map(other.votes.map((vote) => [vote.signer, vote]));
  return one.votes.flatMap((first): Evidence[] => {
    const second = seconds.get(first.signer);
    const key = delegates.keyOf(first.signer);
    if (second === undefined || key === undefined || !checkpointVotesConflict(first, second)) return [];
    const signedBoth = crypto.verify(first, key) && crypto.verify(second, key);
    return signedBoth ? [{ kind: "double-checkpoint", first, second }] : [];
  });
}

/** @returns the encoded size of a link, in bytes */
export function checkpointLinkBytes({ certified, delegates }: CheckpointLink): number {
  const setBytes = delegates === null ? 0 : 4 + delegates.length * DELEGATE_KEY_BYTES;
  return certifiedCheckpointBytes(certified) + 1 + setBytes;
}

/** Appends the canonical encoding of links. */
export function writeCheckpointLinks(writer: Writer, links: readonly CheckpointLink[]): void {
  writer.u32(links.length);
  for (const { certified, delegates } of links) {
    writeCertifiedCheckpoint(writer, certified);
    writer.u8(delegates === null ? 0 : 1);
    if (delegates !== null) writeDelegateKeys(writer, delegates);
  }
}

/** Reads links; whether they lead anywhere is not checked here. */
export function readCheckpointLinks(reader: Reader): CheckpointLink[] {
  return reader.list(MAX_CHECKPOINT_LINKS, () => {
    const certified = readCertifiedCheckpoint(reader);
    const flag = reader.u8();
    if (flag > 1) reader.fail();
    return { certified, delegates: flag === 1 ? readDelegateKeys(reader) : null };
  });
}
