import { type Checkpoint, checkpointHash, checkpointRefusal } from "../consensus/checkpoint.ts";
import { DelegateSet } from "../consensus/delegate-set.ts";
import type { Evidence } from "../consensus/evidence.ts";
import { rotationRootOf } from "../consensus/rotation-root.ts";
import { stateRootOf } from "../consensus/state-root.ts";
import type { Hash } from "../core/ids.ts";
import type { NodeCrypto } from "../crypto/node-crypto.ts";
import type { KeyPair, SignedObject } from "../crypto/signed-object.ts";
import type { Anchor } from "./anchor.ts";
import { type CertifiedHeader, certifiedHeaderBytes, type Followed, followHeaders } from "./certified-header.ts";
import {
  anchorOfCheckpoint,
  type CheckpointLink,
  checkpointLinkBytes,
  doubleCheckpoints,
  overlapOf,
} from "./checkpoint-link.ts";
import type { ClientRecord } from "./client-record.ts";
import { type DelegatesProof, delegatesProofBytes } from "./delegates-proof.ts";
import { KEPT_CHECKPOINTS, MAX_CHECKPOINT_LINKS } from "./limits.ts";
import {
  type StateProof,
  stateProofBytes,
  type TransactionProof,
  transactionProofBytes,
  verifyStateEntry,
  verifyTransaction,
} from "./state-proof.ts";

/** What a client is told by somebody it trusts: genesis, or any later point that is not too old (weak subjectivity). */
export interface TrustedState {
  readonly anchor: Anchor;
  /** The epoch of the height after the anchor's. */
  readonly epoch: number;
  /** Delegates of that epoch. */
  readonly delegates: DelegateSet;
}

/** What a client of one chain is set up with. */
export interface LightClientOptions {
  readonly crypto: NodeCrypto;
  readonly trusted: TrustedState;
  /** What it had come to trust before a crash; counts where it is later. */
  readonly resumed?: ClientRecord | null;
  /** Blocks of an epoch. */
  readonly epochBlocks: number;
  /** How long after the last trusted time the then delegates still answer with their bonds, µs (L3). */
  readonly trustPeriodUs: number;
  /** How far a header's time may be ahead of the client's clock, µs. */
  readonly maxDriftUs: number;
}

/** What came of something that a client was given. */
export interface Acceptance {
  /** Why it was refused, null when all of it was taken in. */
  readonly refusal: string | null;
  /** Misbehaviour that it proves, to be reported. */
  readonly evidence: readonly Evidence[];
}

/** What following a chain has cost so far. */
export interface LightCosts {
  bytes: number;
  signatures: number;
}

interface KeptCheckpoint {
  readonly link: CheckpointLink;
  readonly delegates: DelegateSet;
  readonly anchor: Anchor;
}

const TAKEN: Acceptance = { refusal: null, evidence: [] };

function refused(refusal: string): Acceptance {
  return { refusal, evidence: [] };
}

/** Passes everything on and counts the signatures. */
class CountingCrypto implements NodeCrypto {
  readonly #crypto: NodeCrypto;
  readonly #costs: LightCosts;

  constructor(crypto: NodeCrypto, costs: LightCosts) {
    this.#crypto = crypto;
    this.#costs = costs;
  }

  sign(object: SignedObject, keyPair: KeyPair): void {
    this.#crypto.sign(object, keyPair);
  }

  verify(object: SignedObject, publicKey: Uint8Array): boolean {
    this.#costs.signatures++;
    return this.#crypto.verify(object, publicKey);
  }

  vrfProve(keyPair: KeyPair, alpha: Uint8Array): Uint8Array {
    return this.#crypto.vrfProve(keyPair, alpha);
  }

  vrfVerify(publicKey: Uint8Array, alpha: Uint8Array, proof: Uint8Array): Uint8Array | null {
    return this.#crypto.vrfVerify(publicKey, alpha, proof);
  }
}

/** @returns where a client begins: with what it was told, or had found out before it was interrupted */
function startOf({ trusted, resumed = null }: LightClientOptions): ClientRecord {
  const { anchor, epoch, delegates } = trusted;
  const isLater =
    resumed !== null && resumed.anchor.chainId === anchor.chainId && resumed.anchor.height > anchor.height;
  if (isLater) return resumed;
  const { hash: delegatesHash } = delegates;
  return { anchor, past: anchor, epoch, delegates, delegatesHash, delegatesUs: anchor.timeUs, isContested: false };
}

/**
 * Follows a chain from what it trusts by checkpoints and by headers (L2), knowing nothing of its state but roots. No
 * networking: whoever feeds it may lie.
 */
export class LightClient {
  readonly costs: LightCosts = { bytes: 0, signatures: 0 };
  readonly #crypto: NodeCrypto;
  readonly #options: LightClientOptions;
  /** The highest trusted header. */
  #anchor: Anchor;
  /** The next epoch to end with a checkpoint, as far as checkpoints led. */
  #epoch: number;
  /** Names the delegates of that epoch. */
  #delegatesHash: Hash;
  /** The latest set whose keys are known, and the trusted time as of which they are bonded. */
  #delegates: DelegateSet;
  #delegatesUs: number;
  readonly #kept = new Map<number, KeptCheckpoint>();
  readonly #first: Anchor;
  #contested: boolean;

  constructor(options: LightClientOptions) {
    const { anchor, past, epoch, delegates, delegatesHash, delegatesUs, isContested } = startOf(options);
    this.#options = options;
    this.#crypto = new CountingCrypto(options.crypto, this.costs);
    this.#anchor = anchor;
    this.#first = past;
    this.#epoch = epoch;
    this.#delegates = delegates;
    this.#delegatesHash = delegatesHash;
    this.#delegatesUs = delegatesUs;
    this.#contested = isContested;
  }

  /** What it has come to trust. */
  get record(): ClientRecord {
    return this.recordBelow(Infinity);
  }

  /** @returns what it has come to trust, with the last checkpoint below a height as the way into the past, if it knows one */
  recordBelow(height: number): ClientRecord {
    let past = this.#first;
    for (const { anchor } of this.#kept.values())
      if (anchor.height > past.height && anchor.height < height) past = anchor;
    return {
      anchor: this.#anchor,
      past,
      epoch: this.#epoch,
      delegatesHash: this.#delegatesHash,
      delegates: this.#delegates,
      delegatesUs: this.#delegatesUs,
      isContested: this.#contested,
    };
  }

  /** The highest trusted header. */
  get anchor(): Anchor {
    return this.#anchor;
  }

  /** The first epoch of whose end no checkpoint was accepted. */
  get epoch(): number {
    return this.#epoch;
  }

  /** @returns whether a checkpoint of that epoch is at hand, to compare others with */
  holdsCheckpoint(epoch: number): boolean {
    return this.#kept.has(epoch);
  }

  /** Whether two certified checkpoints of one epoch were seen: the chain forked, and nothing is accepted any more. */
  get isContested(): boolean {
    return this.#contested;
  }

  /**
   * Moves on along certified headers; none or all of them count.
   *
   * @param nowUs the client's own clock
   */
  acceptHeaders(nowUs: number, chain: readonly CertifiedHeader[]): Acceptance {
    this.costs.bytes += chain.reduce((sum, each) => sum + certifiedHeaderBytes(each), 0);
    const followed = this.#follow(nowUs, this.#anchor, chain);
    if (followed.anchor === null) return refused(followed.refusal);
    this.#anchor = followed.anchor;
    return TAKEN;
  }

  /**
   * Follows certified headers from the last checkpoint below them without moving on: to a block of the past.
   *
   * @param path from after that checkpoint to the wanted header
   * @returns the anchor of the wanted header, or why it is refused
   */
  headerAt(nowUs: number, path: readonly CertifiedHeader[]): Followed {
    this.costs.bytes += path.reduce((sum, each) => sum + certifiedHeaderBytes(each), 0);
    const height = path[0]?.header.height ?? 0;
    let from = this.#first;
    for (const { anchor } of this.#kept.values())
      if (anchor.height < height && anchor.height > from.height) from = anchor;
    return this.#follow(nowUs, from, path);
  }

  /** @returns whether a final block of the past holds a transaction @param path as in `headerAt`, to that block */
  holdsTransaction(
    nowUs: number,
    path: readonly CertifiedHeader[],
    { encoded, proof }: { encoded: Uint8Array; proof: TransactionProof },
  ): boolean {
    this.costs.bytes += encoded.length + transactionProofBytes(proof);
    const { anchor } = this.headerAt(nowUs, path);
    return anchor !== null && verifyTransaction(anchor.transactionRoot, encoded, proof);
  }

  /** @returns whether the ledger at the highest trusted header holds an entry @param value undefined: it holds none */
  holdsEntry(key: Hash, value: Uint8Array | undefined, proof: StateProof): boolean {
    this.costs.bytes += (value?.length ?? 0) + stateProofBytes(proof);
    return verifyStateEntry(this.#anchor.stateRoot, key, value, proof);
  }

  #follow(nowUs: number, from: Anchor, chain: readonly CertifiedHeader[]): Followed {
    const refusal = this.#timeRefusal(nowUs, from.timeUs, chain.at(-1)?.header.timeUs ?? 0);
    if (refusal !== null) return { anchor: null, refusal };
    return followHeaders(this.#crypto, from, chain);
  }

  /** Keys of long ago may be anybody's now: whatever they sign counts no longer (L3). */
  #timeRefusal(nowUs: number, trustedUs: number, claimedUs: number): string | null {
    if (this.#contested) return "chain whose checkpoints conflict";
    if (nowUs - trustedUs >= this.#options.trustPeriodUs) return "trust older than the trust period";
    return claimedUs > nowUs + this.#options.maxDriftUs ? "header from the future" : null;
  }

  /**
   * Moves on along checkpoints, as far as they hold. Each is the next epoch's, or skips epochs.
   *
   * @param nowUs the client's own clock
   */
  acceptCheckpoints(nowUs: number, links: readonly CheckpointLink[]): Acceptance {
    if (links.length > MAX_CHECKPOINT_LINKS) return refused("too many checkpoints");
    for (const link of links) {
      const taken = this.#acceptCheckpoint(nowUs, link);
      if (taken.refusal !== null) return taken;
    }
    return TAKEN;
  }

  #acceptCheckpoint(nowUs: number, link: CheckpointLink): Acceptance {
    this.costs.bytes += checkpointLinkBytes(link);
    const { checkpoint } = link.certified;
    const kept = this.#kept.get(checkpoint.epoch);
    if (kept !== undefined) return this.#compare(kept, link);
    const delegates = link.delegates === null ? this.#delegates : new DelegateSet(link.delegates);
    const refusal =
      this.#timeRefusal(nowUs, this.#delegatesUs, checkpoint.timeUs) ??
      this.#formRefusal(checkpoint) ??
      this.#signersRefusal(link, delegates) ??
      checkpointRefusal(this.#crypto, delegates, link.certified);
    if (refusal !== null) return refused(refusal);
    this.#take(link, delegates);
    return TAKEN;
  }

  /**
   * Learns the delegates of the current epoch from the state at the highest trusted header: over a checkpoint that was never
   * recorded, where too few of the delegates that are known are left to skip it.
   */
  acceptDelegates(nowUs: number, shown: DelegatesProof): Acceptance {
    const { ledgerRoot, rotation, delegates } = shown;
    this.costs.bytes += delegatesProofBytes(shown);
    const refusal = this.#timeRefusal(nowUs, this.#anchor.timeUs, 0);
    if (refusal !== null) return refused(refusal);
    if (stateRootOf(ledgerRoot, rotationRootOf(rotation)) !== this.#anchor.stateRoot)
      return refused("delegates of another state");
    const set = new DelegateSet(delegates);
    if (set.hash !== rotation.delegatesHash) return refused("delegates that the state does not name");
    const epoch = Math.floor(this.#anchor.height / this.#options.epochBlocks);
    if (epoch < this.#epoch) return refused("delegates of an epoch that is behind");
    this.#epoch = epoch;
    this.#delegates = set;
    this.#delegatesHash = set.hash;
    this.#delegatesUs = this.#anchor.timeUs;
    return TAKEN;
  }

  #formRefusal(checkpoint: Checkpoint): string | null {
    if (checkpoint.chainId !== this.#anchor.chainId) return "checkpoint of another chain";
    if (checkpoint.epoch < this.#epoch) return "checkpoint of an epoch that is behind";
    if (checkpoint.height !== (checkpoint.epoch + 1) * this.#options.epochBlocks) return "checkpoint within an epoch";
    if (checkpoint.timeUs <= this.#delegatesUs) return "checkpoint from before the last";
    if (checkpoint.height !== this.#anchor.height) return null;
    return checkpoint.blockHash === this.#anchor.blockHash ? null : "checkpoint of another block than the final one";
  }

  /**
   * The next epoch's delegates are named by the last checkpoint. Of a later epoch's, more than a third of the trusted set has
   * to be among the voters: at most a third less one of that set is Byzantine while its bonds are held, so that one
   * voter is honest, who signs an epoch's end once, as it is final. Their own two thirds are asked for all the same: what
   * is too little for a full node is too little for its client.
   */
  #signersRefusal({ certified }: CheckpointLink, signers: DelegateSet): string | null {
    const { checkpoint, votes } = certified;
    if (checkpoint.epoch === this.#epoch) {
      return signers.hash === this.#delegatesHash ? null : "checkpoint of delegates that nobody named";
    }
    const overlap = overlapOf(this.#delegates, signers, votes);
    return 3 * overlap > this.#delegates.size ? null : "checkpoint of delegates with too few trusted ones";
  }

  #take(link: CheckpointLink, delegates: DelegateSet): void {
    const { checkpoint } = link.certified;
    const anchor = anchorOfCheckpoint(checkpoint);
    if (anchor.height > this.#anchor.height) this.#anchor = anchor;
    this.#epoch = checkpoint.epoch + 1;
    this.#delegates = delegates;
    this.#delegatesHash = checkpoint.nextDelegatesHash;
    this.#delegatesUs = checkpoint.timeUs;
    this.#kept.set(checkpoint.epoch, { link, delegates, anchor });
    if (this.#kept.size <= KEPT_CHECKPOINTS) return;
    for (const oldest of this.#kept.keys()) {
      this.#kept.delete(oldest);
      break;
    }
  }

  /** A second checkpoint of an epoch is the same one, or shows who signed two. */
  #compare(kept: KeptCheckpoint, { certified }: CheckpointLink): Acceptance {
    if (checkpointHash(certified.checkpoint) === checkpointHash(kept.link.certified.checkpoint)) return TAKEN;
    const evidence = doubleCheckpoints(this.#crypto, kept.delegates, [kept.link.certified, certified]);
    // Two quorums of one set share more than a third of it: from then on no signature of this chain says anything.
    if (3 * evidence.length > kept.delegates.size) this.#contested = true;
    return { refusal: "checkpoint that conflicts with another", evidence };
  }
}
