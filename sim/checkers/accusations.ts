import type { CheckpointVote } from "../../protocol/consensus/checkpoint.ts";
import type { Evidence } from "../../protocol/consensus/evidence.ts";
import type { ViewChange } from "../../protocol/consensus/view-change.ts";
import { Phase, type Vote } from "../../protocol/consensus/vote.ts";
import { type DelegateId, type Hash, ZERO_HASH } from "../../protocol/core/ids.ts";
import { type NewViewContent, newViewDigest, type Signatures, viewChangesDiffer, votesDiffer } from "./statements.ts";

/** The offences of C6, by their letters. */
export type Offence = "a: double vote" | "b: forgotten commit" | "c: unjustified prepare" | "d: double view change";

/** C6 (a). */
export function isDoubleVote(one: Vote, other: Vote): boolean {
  return isSameMatter(one, other) && one.view === other.view && one.phase === other.phase && votesDiffer(one, other);
}

/** C6 (b). */
export function isForgottenCommit(commit: Vote, change: ViewChange): boolean {
  if (!isSameMatter(commit, change) || commit.phase !== Phase.commit) return false;
  return change.view > commit.view && change.preparedView < commit.view;
}

/** C6 (c), for a prepare that refers to this very new view. */
export function isUnjustifiedPrepare(prepare: Vote, newView: NewViewContent): boolean {
  if (prepare.blockHash !== newView.block.hash) return true;
  const claimed = highestClaim(newView.viewChanges);
  return claimed.view >= 0 && claimed.blockHash !== prepare.blockHash;
}

/** C6 (d). */
export function isDoubleViewChange(one: ViewChange, other: ViewChange): boolean {
  return isSameMatter(one, other) && one.view === other.view && viewChangesDiffer(one, other);
}

/** C6 (d), for epochs. */
function isDoubleCheckpoint(one: CheckpointVote, other: CheckpointVote): boolean {
  const isSameEpoch = one.signer === other.signer && one.chainId === other.chainId && one.epoch === other.epoch;
  return isSameEpoch && one.checkpointHash !== other.checkpointHash;
}

/** @returns the highest prepared view that is claimed, and the block prepared there */
export function highestClaim(viewChanges: readonly ViewChange[]): { view: number; blockHash: Hash } {
  const top = { view: -1, blockHash: ZERO_HASH };
  for (const { preparedView, preparedHash } of viewChanges) {
    if (preparedView <= top.view) continue;
    top.view = preparedView;
    top.blockHash = preparedHash;
  }
  return top;
}

interface Statement {
  readonly chainId: number;
  readonly height: number;
  readonly signer: DelegateId;
}

function isSameMatter(one: Statement, other: Statement): boolean {
  return one.signer === other.signer && one.chainId === other.chainId && one.height === other.height;
}

/** @returns whom the evidence proves guilty, or null when it proves nothing */
export function provenCulprit(evidence: Evidence, signatures: Signatures): DelegateId | null {
  switch (evidence.kind) {
    case "double-vote": {
      const { first, second } = evidence;
      return isDoubleVote(first, second) && signatures.hold(first) && signatures.hold(second) ? first.signer : null;
    }
    case "double-view-change": {
      const { first, second } = evidence;
      return isDoubleViewChange(first, second) && signatures.hold(first) && signatures.hold(second)
        ? first.signer
        : null;
    }
    case "double-checkpoint": {
      const { first, second } = evidence;
      return isDoubleCheckpoint(first, second) && signatures.hold(first) && signatures.hold(second)
        ? first.signer
        : null;
    }
    case "forgotten-commit": {
      const { commit, viewChange } = evidence;
      const proven = isForgottenCommit(commit, viewChange) && signatures.hold(commit) && signatures.hold(viewChange);
      return proven ? commit.signer : null;
    }
    case "unjustified-prepare":
      return provenPrepare(evidence, signatures);
  }
}

function provenPrepare(
  evidence: Extract<Evidence, { kind: "unjustified-prepare" }>,
  signatures: Signatures,
): DelegateId | null {
  const { prepare, viewChanges, blockHash } = evidence;
  const named = { viewChanges, block: { hash: blockHash } };
  const refers = prepare.phase === Phase.prepare && prepare.newViewHash === newViewDigest(named);
  return refers && isUnjustifiedPrepare(prepare, named) && signatures.hold(prepare) ? prepare.signer : null;
}
