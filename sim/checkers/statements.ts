import type { Certificate } from "../../protocol/consensus/certificate.ts";
import type { Checkpoint, CheckpointVote } from "../../protocol/consensus/checkpoint.ts";
import type { ConsensusParameters } from "../../protocol/consensus/parameters.ts";
import type { ViewChange } from "../../protocol/consensus/view-change.ts";
import { Phase, type Vote } from "../../protocol/consensus/vote.ts";
import { Writer } from "../../protocol/core/codec.ts";
import { type DelegateId, type Hash, ZERO_HASH } from "../../protocol/core/ids.ts";
import { hashTagged } from "../../protocol/crypto/hash.ts";
import type { World } from "./checker.ts";

/** Of the signatures that honest signers send themselves, one in so many is verified. */
const SPOT_CHECK_INTERVAL = 16;

/** @returns whether `count` of `members` are more than two thirds (C4) */
export function isQuorum(count: number, members: number): boolean {
  return 3 * count > 2 * members;
}

/** @returns the iteration of a height (section 3: rounds an iteration, from height 1 on) */
export function iterationAt(parameters: ConsensusParameters, height: number): number {
  return Math.ceil(height / parameters.roundsPerIteration) - 1;
}

/** What delegates sign for one another to count. */
type Statement = Vote | ViewChange | CheckpointVote;

/** What a vote has to be a signature over: chain, height, view, phase, block and new view (section 0). */
export function votePreimage(vote: Vote): Uint8Array {
  const writer = new Writer().ascii("orrery/vote").u32(vote.chainId).u64(vote.height).u32(vote.view).u8(vote.phase);
  return writer.hash(vote.blockHash).hash(vote.newViewHash).finish();
}

/** What a view change has to be a signature over. */
export function viewChangePreimage(change: ViewChange): Uint8Array {
  const writer = new Writer().ascii("orrery/view-change").u32(change.chainId).u64(change.height).u32(change.view);
  return writer
    .u32(change.preparedView + 1)
    .hash(change.preparedHash)
    .finish();
}

/** What a checkpoint vote has to be a signature over. */
export function checkpointVotePreimage(vote: CheckpointVote): Uint8Array {
  const writer = new Writer().ascii("orrery/checkpoint-vote").u32(vote.chainId).u64(vote.epoch);
  return writer.hash(vote.checkpointHash).finish();
}

/** What checkpoint votes refer to. */
export function checkpointDigest(checkpoint: Checkpoint): Hash {
  const writer = new Writer().u32(checkpoint.chainId).u64(checkpoint.epoch).u64(checkpoint.height);
  writer.u64(checkpoint.timeUs).hash(checkpoint.blockHash).hash(checkpoint.stateRoot).hash(checkpoint.transactionRoot);
  writer.hash(checkpoint.delegatesHash).hash(checkpoint.nextDelegatesHash).hash(checkpoint.nextCommitteeHash);
  return hashTagged("orrery/checkpoint", writer.finish());
}

function preimageOf(statement: Statement): Uint8Array {
  if ("checkpointHash" in statement) return checkpointVotePreimage(statement);
  return "phase" in statement ? votePreimage(statement) : viewChangePreimage(statement);
}

/** What a new view says: why it may begin, and with which block. */
export interface NewViewContent {
  readonly viewChanges: readonly ViewChange[];
  readonly block: { readonly hash: Hash };
}

/** What prepares under a new view refer to. */
export function newViewDigest(newView: NewViewContent): Hash {
  const writer = new Writer().hash(newView.block.hash).u32(newView.viewChanges.length);
  for (const change of newView.viewChanges) writer.u32(change.signer).bytes(viewChangePreimage(change));
  return hashTagged("orrery/new-view", writer.finish());
}

/** @returns whether two votes on one matter say different things */
export function votesDiffer(one: Vote, other: Vote): boolean {
  return one.blockHash !== other.blockHash || one.newViewHash !== other.newViewHash;
}

/** @returns whether two view changes to one view claim different things */
export function viewChangesDiffer(one: ViewChange, other: ViewChange): boolean {
  return one.preparedView !== other.preparedView || one.preparedHash !== other.preparedHash;
}

/** Who signs by which key, and when. */
export interface SigningKeys {
  keyAt(height: number, delegate: DelegateId): Uint8Array | undefined;
  keyIn(epoch: number, delegate: DelegateId): Uint8Array | undefined;
}

/**
 * Says whether signatures hold. What an honest signer was seen to send is only spot-checked, so that watching a run costs
 * less than running it; all else is verified, once for each object.
 */
export class Signatures {
  readonly #world: World;
  readonly #keys: SigningKeys;
  readonly #verdicts = new WeakMap<object, boolean>();
  #sent = 0;

  constructor(world: World, keys: SigningKeys) {
    this.#world = world;
    this.#keys = keys;
  }

  /** Takes note of a statement sent by its honest signer. @returns whether its signature holds, as far as looked at */
  sent(statement: Statement): boolean {
    const known = this.#verdicts.get(statement);
    if (known !== undefined) return known;
    if (this.#sent++ % SPOT_CHECK_INTERVAL === 0) return this.hold(statement);
    this.#verdicts.set(statement, true);
    return true;
  }

  /** @returns whether a statement is signed by the delegate it names */
  hold(statement: Statement): boolean {
    const known = this.#verdicts.get(statement);
    if (known !== undefined) return known;
    const { signer } = statement;
    const key =
      "epoch" in statement ? this.#keys.keyIn(statement.epoch, signer) : this.#keys.keyAt(statement.height, signer);
    const holds = key !== undefined && this.#world.backend.verify(key, preimageOf(statement), statement.signature);
    this.#verdicts.set(statement, holds);
    return holds;
  }
}

/** What a certificate has to be about. */
export interface Subject {
  readonly chainId: number;
  readonly height: number;
  readonly view: number;
  readonly phase: Phase;
  readonly blockHash: Hash;
}

/** @returns why a certificate does not show that more than two thirds of a committee said the same, or null */
export function certificateFault(
  certificate: Certificate,
  options: { subject: Subject; members: readonly DelegateId[]; signatures: Signatures },
): string | null {
  const { subject, members, signatures } = options;
  const signers = new Set<DelegateId>();
  for (const vote of certificate.votes) {
    if (!isAbout(vote, subject)) return "a vote on another matter";
    if (vote.newViewHash !== certificate.newViewHash) return "votes that refer to different new views";
    if (!members.includes(vote.signer)) return `delegate ${vote.signer} who is no member`;
    if (!signatures.hold(vote)) return `a bad signature of delegate ${vote.signer}`;
    signers.add(vote.signer);
  }
  if (signers.size !== certificate.votes.length) return "a member counted twice";
  if (!isQuorum(signers.size, members.length))
    return `${signers.size} of ${members.length} members, which is no quorum`;
  return isAbout(certificate, subject) ? null : "a heading on another matter";
}

function isAbout(statement: Subject, subject: Subject): boolean {
  return (
    statement.chainId === subject.chainId &&
    statement.height === subject.height &&
    statement.view === subject.view &&
    statement.phase === subject.phase &&
    statement.blockHash === subject.blockHash
  );
}

/** @returns why a view change's claim is not proven by its certificate, or null */
export function claimFault(
  change: ViewChange,
  options: { members: readonly DelegateId[]; signatures: Signatures },
): string | null {
  const { certificate, preparedView, preparedHash } = change;
  if (preparedView < 0) return certificate === null && preparedHash === ZERO_HASH ? null : "a claim to nothing";
  if (certificate === null) return "a claim without a certificate";
  if (preparedView >= change.view) return "a claim from the future";
  const { chainId, height } = change;
  const subject = { chainId, height, view: preparedView, phase: Phase.prepare, blockHash: preparedHash };
  return certificateFault(certificate, { subject, ...options });
}
