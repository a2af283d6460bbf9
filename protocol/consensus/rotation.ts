import { assert } from "../core/assert.ts";
import { Writer } from "../core/codec.ts";
import { type DelegateId, type Hash, ZERO_HASH } from "../core/ids.ts";
import { hashTagged } from "../crypto/hash.ts";
import { VRF_PROOF_BYTES } from "../ledger/header.ts";
import { type DueCheckpoint, MAX_DUE_CHECKPOINTS } from "./checkpoint.ts";
import { type Committee, privateCommittee, publicCommittee } from "./committee.ts";
import { type DelegateSet, delegateSetOf } from "./delegate-set.ts";
import { type ConsensusParameters, epochOf, iterationOf } from "./parameters.ts";
import { marksAfter, proposerOrder } from "./proposer.ts";
import type { Registration, Registry } from "./registry.ts";
import { type RotationSummary, rotationRootOf } from "./rotation-root.ts";
import { compareHashes, orderBySeed, type RankedClaim, rankedSeats, sortitionAlpha } from "./sortition.ts";

/** The part of a delegate's record that the chain changes. */
export interface Standing {
  readonly stake: bigint;
  readonly bond: bigint;
  readonly slashed: boolean;
  /** First epoch in which the delegate may sit (again). */
  readonly eligibleEpoch: number;
  /** Rejoins that the chain has recorded. */
  readonly rejoins: number;
}

interface RotationFields {
  readonly registry: Registry;
  readonly parameters: ConsensusParameters;
  readonly standings: readonly Standing[];
  readonly delegates: readonly DelegateId[];
  readonly delegateSet: DelegateSet;
  readonly nextDelegates: readonly DelegateId[] | null;
  readonly committee: Committee;
  readonly seatClaims: readonly (RankedClaim | null)[];
  readonly marks: readonly boolean[];
  readonly claims: readonly RankedClaim[];
  readonly seed: Hash;
  readonly claimAlpha: Uint8Array;
  readonly due: readonly DueCheckpoint[];
  readonly checkpointHash: Hash;
}

const EMPTY_PROOF = new Uint8Array(VRF_PROOF_BYTES);

/** Elects an epoch's delegates: the highest stakes among the eligible, ties by hash of the key (C1). */
export function electDelegates(
  registry: Registry,
  parameters: ConsensusParameters,
  options: { standings: readonly Standing[]; epoch: number },
): DelegateId[] {
  const { standings, epoch } = options;
  const eligible = standings.flatMap((standing, id) => (maySit(standing, epoch) ? [id as DelegateId] : []));
  const tie = eligible.map((id) => hashTagged("orrery/election", registry.of(id).publicKey));
  const order = eligible.map((id, index) => ({ id, stake: standings[id]?.stake ?? 0n, tie: tie[index] as Hash }));
  order.sort((a, b) => (a.stake === b.stake ? compareHashes(a.tie, b.tie) : a.stake > b.stake ? -1 : 1));
  return order.slice(0, parameters.delegates).map(({ id }) => id);
}

function maySit(standing: Standing, epoch: number): boolean {
  return !standing.slashed && standing.eligibleEpoch <= epoch;
}

/**
 * Who may sign and propose the next height, and what the chain has recorded towards later committees: the consensus part of
 * a chain's state. Immutable; each block yields the next one.
 */
export class Rotation implements RotationFields {
  readonly registry: Registry;
  readonly parameters: ConsensusParameters;
  readonly standings: readonly Standing[];
  /** Delegates of the epoch of the next height. */
  readonly delegates: readonly DelegateId[];
  /** The same with the keys that they had when the epoch began, which sign its checkpoint. */
  readonly delegateSet: DelegateSet;
  /** Delegates of the epoch after it, once snapshot. */
  readonly nextDelegates: readonly DelegateId[] | null;
  /** Signs the next height. */
  readonly committee: Committee;
  /** For each seat the claim it was won by, null where it was filled without proof. */
  readonly seatClaims: readonly (RankedClaim | null)[];
  readonly marks: readonly boolean[];
  /** Claims recorded for the following iteration, in order of delegate. */
  readonly claims: readonly RankedClaim[];
  /** Seed of the following iteration. Not in the root: the header chain commits to it. */
  readonly seed: Hash;
  /** VRF input of claims for the following iteration. */
  readonly claimAlpha: Uint8Array;
  /** Checkpoints that the chain awaits, the oldest first. Not in the root: the header chain commits to them. */
  readonly due: readonly DueCheckpoint[];
  /** The last checkpoint that the chain has recorded, zero before the first. */
  readonly checkpointHash: Hash;
  #root: Hash | null = null;
  #candidates: readonly DelegateId[] | null = null;
  #order: readonly DelegateId[] | null = null;

  constructor(fields: RotationFields) {
    this.registry = fields.registry;
    this.parameters = fields.parameters;
    this.standings = fields.standings;
    this.delegates = fields.delegates;
    this.delegateSet = fields.delegateSet;
    this.nextDelegates = fields.nextDelegates;
    this.committee = fields.committee;
    this.seatClaims = fields.seatClaims;
    this.marks = fields.marks;
    this.claims = fields.claims;
    this.seed = fields.seed;
    this.claimAlpha = fields.claimAlpha;
    this.due = fields.due;
    this.checkpointHash = fields.checkpointHash;
  }

  /** The iteration that the committee serves. */
  get iteration(): number {
    return this.committee.iteration;
  }

  get epoch(): number {
    return epochOf(this.parameters, this.iteration);
  }

  /** @returns who proposes at the next height in a view */
  proposer(view: number): DelegateId {
    this.#order ??= proposerOrder(this.committee.members, this.marks);
    const id = this.#order[view % this.#order.length];
    assert(id !== undefined, "a committee has members");
    return id;
  }

  /** @returns the priority and proof that a proposer's header carries */
  proofOf(id: DelegateId): { priority: Hash; proof: Uint8Array } {
    const claim = this.seatClaims[this.committee.seatOf(id)];
    return claim == null ? { priority: ZERO_HASH, proof: EMPTY_PROOF } : claim;
  }

  /** Who may claim a seat in the following iteration; never empty. */
  get candidates(): readonly DelegateId[] {
    this.#candidates ??= this.#findCandidates();
    return this.#candidates;
  }

  #findCandidates(): readonly DelegateId[] {
    const { epoch } = this;
    const following = epochOf(this.parameters, this.iteration + 1);
    const delegates = following === epoch ? this.delegates : (this.nextDelegates ?? this.delegates);
    const able = delegates.filter((id) => maySit(this.standings[id] as Standing, following));
    // A chain without a committee would stop for good: where nobody may sit, those who sit stay, however guilty.
    return able.length > 0 ? able : this.committee.members;
  }

  /** @returns whether a delegate's claim for the following iteration may be recorded now */
  maySeekSeat(id: DelegateId): boolean {
    if (this.parameters.sortition.mode !== "ranked") return false;
    return this.candidates.includes(id) && !this.claims.some((claim) => claim.delegate === id);
  }

  /** Records a verified claim for the following iteration. */
  withClaim(claim: RankedClaim): Rotation {
    const place = this.claims.findIndex((each) => each.delegate > claim.delegate);
    const claims = this.claims.toSpliced(place < 0 ? this.claims.length : place, 0, claim);
    return new Rotation({ ...this, claims });
  }

  withStanding(id: DelegateId, standing: Standing): Rotation {
    return new Rotation({ ...this, standings: this.standings.map((each, index) => (index === id ? standing : each)) });
  }

  /** Awaits the checkpoint of an epoch that ended. */
  withDue(due: DueCheckpoint): Rotation {
    return new Rotation({ ...this, due: [...this.due, due].slice(-MAX_DUE_CHECKPOINTS) });
  }

  /** Records a checkpoint: no more is awaited of its epoch, nor of those before it. */
  withCheckpoint({ checkpoint, hash }: DueCheckpoint): Rotation {
    const due = this.due.filter((each) => each.checkpoint.epoch > checkpoint.epoch);
    return new Rotation({ ...this, due, checkpointHash: hash });
  }

  /** Records a new delegate, who may sit from an epoch on; its id is the registry's old size. */
  withRegistered(registration: Registration, eligibleEpoch: number): Rotation {
    const { stake, bond } = registration;
    const standing = { stake, bond, slashed: false, eligibleEpoch, rejoins: 0 };
    return new Rotation({
      ...this,
      registry: this.registry.with(registration),
      standings: [...this.standings, standing],
    });
  }

  /**
   * Lets another key sit in a delegate's place from the next selection on (S3). What the old key claimed is void, and lists of
   * delegates become new ones, as what is known of a list assumes the keys it was made with.
   */
  withReplaced(id: DelegateId, registration: Registration): Rotation {
    return new Rotation({
      ...this,
      registry: this.registry.withReplaced(id, registration),
      delegates: [...this.delegates],
      nextDelegates: this.nextDelegates === null ? null : [...this.nextDelegates],
      claims: this.claims.filter(({ delegate }) => delegate !== id),
    });
  }

  /** Commits to everything in here that the header chain does not give anyway. */
  get root(): Hash {
    this.#root ??= rotationRootOf(this.summary);
    return this.#root;
  }

  /** What the root is the hash of. */
  get summary(): RotationSummary {
    const { nextDelegates } = this;
    return {
      committeeHash: this.committee.hash,
      iteration: this.iteration,
      standingsHash: hashStandings(this.standings),
      delegatesHash: this.delegateSet.hash,
      nextDelegatesHash: nextDelegates === null ? ZERO_HASH : hashDelegates(nextDelegates),
      claimsHash: hashClaims(this.claims),
      checkpointHash: this.checkpointHash,
      marks: this.marks,
    };
  }

  /**
   * The rotation for the height after a final block.
   *
   * @param height of that block, with `originalView` in its header
   */
  advance(height: number, originalView: number): Rotation {
    const marks = marksAfter(this.committee.members, this.marks, originalView);
    const ending = iterationOf(this.parameters, height + 1) !== this.iteration;
    return ending ? this.#nextIteration() : new Rotation({ ...this, marks });
  }

  /**
   * Sets the seed that only the sealed block's hash gives.
   *
   * @param blockHash of the last block of an iteration
   */
  withSeed(blockHash: Hash): Rotation {
    const { parameters } = this;
    const following = sortitionAlpha(parameters.chainId, this.iteration + 1, blockHash);
    const oneBack = parameters.sortition.mode === "threshold" && parameters.sortition.seedRule === "one-back";
    if (!oneBack) return new Rotation({ ...this, seed: blockHash, claimAlpha: following });
    const alpha = sortitionAlpha(parameters.chainId, this.iteration, blockHash);
    const committee = privateCommittee(this.registry, parameters, {
      iteration: this.iteration,
      members: orderBySeed(this.registry, blockHash, this.committee.members),
      alpha,
    });
    return new Rotation({ ...this, committee, seed: blockHash, claimAlpha: following });
  }

  #nextIteration(): Rotation {
    const { parameters, registry } = this;
    const iteration = this.iteration + 1;
    const epoch = epochOf(parameters, iteration);
    const candidates = this.candidates;
    const delegates = epoch === this.epoch ? this.delegates : (this.nextDelegates ?? this.delegates);
    const delegateSet = epoch === this.epoch ? this.delegateSet : delegateSetOf(registry, delegates);
    const withinEpoch = this.iteration % parameters.iterationsPerEpoch;
    const snapshot = withinEpoch === parameters.iterationsPerEpoch - 3;
    const nextDelegates = snapshot ? this.#elect() : epoch === this.epoch ? this.nextDelegates : null;
    const seats = this.#seats(iteration, candidates);
    const marks = seats.committee.members.map(() => false);
    return new Rotation({ ...this, ...seats, delegates, delegateSet, nextDelegates, marks, claims: [] });
  }

  /** Where nobody may be elected, the delegates stay who they are. */
  #elect(): readonly DelegateId[] {
    const { standings, epoch } = this;
    const elected = electDelegates(this.registry, this.parameters, { standings, epoch: epoch + 1 });
    return elected.length > 0 ? elected : this.delegates;
  }

  #seats(iteration: number, candidates: readonly DelegateId[]): Pick<RotationFields, "committee" | "seatClaims"> {
    const { parameters, registry, seed } = this;
    assert(candidates.length > 0, "somebody may sit in the next committee");
    if (parameters.sortition.mode === "threshold") {
      const members = orderBySeed(registry, seed, candidates);
      const committee = privateCommittee(registry, parameters, { iteration, members, alpha: this.claimAlpha });
      return { committee, seatClaims: members.map(() => null) };
    }
    const size = parameters.committee;
    const { members, claims } = rankedSeats(registry, { claims: this.claims, candidates, seed, size });
    return { committee: publicCommittee(registry, iteration, members), seatClaims: claims };
  }
}

/** The rotation before block 1: iteration 0 sits by hash of genesis and key. */
export function genesisRotation(registry: Registry, parameters: ConsensusParameters, genesisHash: Hash): Rotation {
  assert(parameters.iterationsPerEpoch >= 3, "an epoch's third-last iteration exists");
  const standings: Standing[] = [];
  for (let id = 0; id < registry.size; id++) {
    const { stake, bond } = registry.of(id as DelegateId);
    standings.push({ stake, bond, slashed: false, eligibleEpoch: 0, rejoins: 0 });
  }
  const delegates = electDelegates(registry, parameters, { standings, epoch: 0 });
  const members = orderBySeed(registry, genesisHash, delegates);
  const alpha = sortitionAlpha(parameters.chainId, 0, genesisHash);
  const ranked = parameters.sortition.mode === "ranked";
  const committee = ranked
    ? publicCommittee(registry, 0, members.slice(0, parameters.committee))
    : privateCommittee(registry, parameters, { iteration: 0, members, alpha });
  // With three iterations an epoch, the third-last one is the first: its end, not genesis, takes the snapshot.
  return new Rotation({
    registry,
    parameters,
    standings,
    delegates,
    delegateSet: delegateSetOf(registry, delegates),
    nextDelegates: null,
    committee,
    seatClaims: committee.members.map(() => null),
    marks: committee.members.map(() => false),
    claims: [],
    seed: genesisHash,
    claimAlpha: sortitionAlpha(parameters.chainId, 1, genesisHash),
    due: [],
    checkpointHash: ZERO_HASH,
  });
}

function delegatesHash(delegates: readonly DelegateId[]): Hash {
  const writer = new Writer();
  for (const id of delegates) writer.u32(id);
  return hashTagged("orrery/delegates", writer.finish());
}

function standingsHash(standings: readonly Standing[]): Hash {
  const writer = new Writer();
  for (const each of standings) {
    writer.u128(each.stake).u128(each.bond).u32(each.eligibleEpoch).u32(each.rejoins);
    writer.u8(each.slashed ? 1 : 0);
  }
  return hashTagged("orrery/standings", writer.finish());
}

function claimsHash(claims: readonly RankedClaim[]): Hash {
  const writer = new Writer();
  for (const claim of claims) writer.u32(claim.delegate).hash(claim.priority);
  return hashTagged("orrery/claims", writer.finish());
}

/** @returns a form of `hash` that hashes each list once: most blocks change none of them */
function oncePerList<T extends object>(hash: (list: T) => Hash): (list: T) => Hash {
  const known = new WeakMap<T, Hash>();
  return (list) => {
    const result = known.get(list) ?? hash(list);
    known.set(list, result);
    return result;
  };
}

const hashDelegates = oncePerList(delegatesHash);
const hashStandings = oncePerList(standingsHash);
const hashClaims = oncePerList(claimsHash);
