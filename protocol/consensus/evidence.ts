import { Reader, Writer } from "../core/codec.ts";
import type { DelegateId, Hash } from "../core/ids.ts";
import { MAX_COMMITTEE } from "../core/limits.ts";
import type { NodeCrypto } from "../crypto/node-crypto.ts";
import type { SignedObject } from "../crypto/signed-object.ts";
import { type CheckpointVote, readCheckpointVote, writeCheckpointVote } from "./checkpoint.ts";
import type { Registry } from "./registry.ts";
import { forcedBy, newViewHash, readViewChange, type ViewChange, writeViewChangeStatement } from "./view-change.ts";
import { Phase, readVote, type Vote, writeVote } from "./vote.ts";

/** Proof that one delegate broke the rules (C6); everything in it was signed by the culprit or is committed to by it. */
export type Evidence =
  /** Two statements for one height, view and phase. */
  | { readonly kind: "double-vote"; readonly first: Vote; readonly second: Vote }
  /** A commit, then a view change that claims less was prepared. */
  | { readonly kind: "forgotten-commit"; readonly commit: Vote; readonly viewChange: ViewChange }
  /** A prepare that contradicts the new view it refers to. */
  | {
      readonly kind: "unjustified-prepare";
      readonly prepare: Vote;
      readonly viewChanges: readonly ViewChange[];
      readonly blockHash: Hash;
    }
  /** Two view changes for one view. */
  | { readonly kind: "double-view-change"; readonly first: ViewChange; readonly second: ViewChange }
  /** Two checkpoints for one epoch. */
  | { readonly kind: "double-checkpoint"; readonly first: CheckpointVote; readonly second: CheckpointVote };

const DOUBLE_VOTE = 1;
const FORGOTTEN_COMMIT = 2;
const UNJUSTIFIED_PREPARE = 3;
const DOUBLE_VIEW_CHANGE = 4;
const DOUBLE_CHECKPOINT = 5;

/** @returns whether two votes are statements on the same matter by the same signer that differ */
export function votesConflict(a: Vote, b: Vote): boolean {
  const sameMatter = a.chainId === b.chainId && a.height === b.height && a.view === b.view && a.phase === b.phase;
  if (!sameMatter || a.signer !== b.signer) return false;
  return a.blockHash !== b.blockHash || a.newViewHash !== b.newViewHash;
}

/** @returns whether two view changes of one signer are for the same view but claim different things */
export function viewChangesConflict(a: ViewChange, b: ViewChange): boolean {
  const sameMatter = a.chainId === b.chainId && a.height === b.height && a.view === b.view && a.signer === b.signer;
  return sameMatter && (a.preparedView !== b.preparedView || a.preparedHash !== b.preparedHash);
}

/** @returns whether two votes of one signer are about the same epoch but different checkpoints */
export function checkpointVotesConflict(a: CheckpointVote, b: CheckpointVote): boolean {
  const sameMatter = a.chainId === b.chainId && a.epoch === b.epoch && a.signer === b.signer;
  return sameMatter && a.checkpointHash !== b.checkpointHash;
}

/** @returns whether a view change denies a commit that its signer made in a lower view */
export function forgetsCommit(commit: Vote, viewChange: ViewChange): boolean {
  const sameMatter = commit.chainId === viewChange.chainId && commit.height === viewChange.height;
  if (!sameMatter || commit.signer !== viewChange.signer || commit.phase !== Phase.commit) return false;
  return commit.view < viewChange.view && viewChange.preparedView < commit.view;
}

/** @returns whether a prepare is for another block than the new view it names proposes, or may propose */
function contradictsNewView(evidence: Extract<Evidence, { kind: "unjustified-prepare" }>): boolean {
  const { prepare, viewChanges, blockHash } = evidence;
  if (prepare.phase !== Phase.prepare || prepare.view === 0) return false;
  const sameMatter = viewChanges.every((each) => each.height === prepare.height && each.view === prepare.view);
  if (!sameMatter || prepare.newViewHash !== newViewHash(viewChanges, blockHash)) return false;
  const forced = forcedBy(viewChanges);
  return prepare.blockHash !== blockHash || (forced !== null && forced.preparedHash !== blockHash);
}

/** @returns the accused and the signed objects that the accusation rests on, or null when it proves nothing */
function accusation(evidence: Evidence): { culprit: DelegateId; chainId: number; signed: SignedObject[] } | null {
  switch (evidence.kind) {
    case "double-vote": {
      const { first, second } = evidence;
      if (!votesConflict(first, second)) return null;
      return { culprit: first.signer, chainId: first.chainId, signed: [first, second] };
    }
    case "double-view-change": {
      const { first, second } = evidence;
      if (!viewChangesConflict(first, second)) return null;
      return { culprit: first.signer, chainId: first.chainId, signed: [first, second] };
    }
    case "double-checkpoint": {
      const { first, second } = evidence;
      if (!checkpointVotesConflict(first, second)) return null;
      return { culprit: first.signer, chainId: first.chainId, signed: [first, second] };
    }
    case "forgotten-commit": {
      const { commit, viewChange } = evidence;
      if (!forgetsCommit(commit, viewChange)) return null;
      return { culprit: commit.signer, chainId: commit.chainId, signed: [commit, viewChange] };
    }
    case "unjustified-prepare": {
      const { prepare } = evidence;
      if (!contradictsNewView(evidence)) return null;
      return { culprit: prepare.signer, chainId: prepare.chainId, signed: [prepare] };
    }
  }
}

/** @returns whom the evidence is about, guilty or not */
export function culpritOf(evidence: Evidence): DelegateId {
  switch (evidence.kind) {
    case "forgotten-commit":
      return evidence.commit.signer;
    case "unjustified-prepare":
      return evidence.prepare.signer;
    default:
      return evidence.first.signer;
  }
}

/** @returns the delegate that the evidence convicts, or null when it proves nothing */
export function convict(
  crypto: NodeCrypto,
  registry: Registry,
  options: { chainId: number; evidence: Evidence },
): DelegateId | null {
  const accused = accusation(options.evidence);
  if (accused === null || accused.chainId !== options.chainId) return null;
  const registration = registry.get(accused.culprit);
  if (registration === undefined) return null;
  const signedAll = accused.signed.every((object) => crypto.verify(object, registration.publicKey));
  return signedAll ? accused.culprit : null;
}

/** @returns the canonical encoding of the evidence */
export function encodeEvidence(evidence: Evidence): Uint8Array {
  const writer = new Writer();
  switch (evidence.kind) {
    case "double-vote":
      writeVote(writer.u8(DOUBLE_VOTE), evidence.first);
      writeVote(writer, evidence.second);
      break;
    case "forgotten-commit":
      writeVote(writer.u8(FORGOTTEN_COMMIT), evidence.commit);
      writeViewChangeStatement(writer, evidence.viewChange);
      break;
    case "unjustified-prepare":
      writeVote(writer.u8(UNJUSTIFIED_PREPARE), evidence.prepare);
      writer.hash(evidence.blockHash).u32(evidence.viewChanges.length);
      for (const viewChange of evidence.viewChanges) writeViewChangeStatement(writer, viewChange);
      break;
    case "double-view-change":
      writeViewChangeStatement(writer.u8(DOUBLE_VIEW_CHANGE), evidence.first);
      writeViewChangeStatement(writer, evidence.second);
      break;
    case "double-checkpoint":
      writeCheckpointVote(writer.u8(DOUBLE_CHECKPOINT), evidence.first);
      writeCheckpointVote(writer, evidence.second);
      break;
  }
  return writer.finish();
}

function readStatement(reader: Reader): ViewChange {
  const viewChange = readViewChange(reader);
  if (viewChange.certificate !== null) reader.fail();
  return viewChange;
}

function readEvidence(reader: Reader): Evidence | null {
  const kind = reader.u8();
  if (kind === DOUBLE_VOTE) return { kind: "double-vote", first: readVote(reader), second: readVote(reader) };
  if (kind === FORGOTTEN_COMMIT) {
    return { kind: "forgotten-commit", commit: readVote(reader), viewChange: readStatement(reader) };
  }
  if (kind === UNJUSTIFIED_PREPARE) {
    const prepare = readVote(reader);
    const blockHash = reader.hash();
    return { kind: "unjustified-prepare", prepare, blockHash, viewChanges: reader.list(MAX_COMMITTEE, readStatement) };
  }
  if (kind === DOUBLE_VIEW_CHANGE) {
    return { kind: "double-view-change", first: readStatement(reader), second: readStatement(reader) };
  }
  if (kind === DOUBLE_CHECKPOINT) {
    return { kind: "double-checkpoint", first: readCheckpointVote(reader), second: readCheckpointVote(reader) };
  }
  return null;
}

/** @returns the evidence, or null when the bytes are not the canonical encoding of one; never throws */
export function decodeEvidence(bytes: Uint8Array): Evidence | null {
  const reader = new Reader(bytes);
  const evidence = readEvidence(reader);
  return reader.complete() ? evidence : null;
}
