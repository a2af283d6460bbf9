import type { Hash } from "../core/ids.ts";
import type { Header } from "../ledger/header.ts";
import { type Checkpoint, checkpointHash, type DueCheckpoint } from "./checkpoint.ts";
import type { Rotation } from "./rotation.ts";

/** The rotations around an epoch's last block. */
interface EpochEnd {
  /** In which its epoch's delegates hold office. */
  readonly before: Rotation;
  readonly after: Rotation;
}

/** @returns what an epoch's delegates are to sign at its end @param header of the epoch's last block */
export function checkpointAt(header: Header, blockHash: Hash, { before, after }: EpochEnd): DueCheckpoint {
  const { chainId, height, timeUs, stateRoot, transactionRoot, nextCommitteeHash } = header;
  const checkpoint: Checkpoint = {
    chainId,
    epoch: before.epoch,
    height,
    timeUs,
    blockHash,
    stateRoot,
    transactionRoot,
    delegatesHash: before.delegateSet.hash,
    nextDelegatesHash: after.delegateSet.hash,
    nextCommitteeHash,
  };
  return { checkpoint, hash: checkpointHash(checkpoint), delegates: before.delegateSet };
}
