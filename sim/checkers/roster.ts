import { decodeSubchainRecord, type OperatorRecord } from "../../protocol/bridge/subchain-record.ts";
import type { CertifiedCheckpoint, CheckpointVote } from "../../protocol/consensus/checkpoint.ts";
import type { Registry } from "../../protocol/consensus/registry.ts";
import { Writer } from "../../protocol/core/codec.ts";
import { type DelegateId, type Hash, ZERO_HASH } from "../../protocol/core/ids.ts";
import { bytesToHash, hashTagged, hashToBytes } from "../../protocol/crypto/hash.ts";
import type { Block } from "../../protocol/ledger/block.ts";
import type { Header } from "../../protocol/ledger/header.ts";
import type { Rejoin, SortitionClaim } from "../../protocol/ledger/transaction.ts";
import type { UtxoTransaction } from "../../protocol/rootchain/transaction.ts";
import type { RootUpdate } from "../../protocol/subchain/transaction.ts";
import type { World } from "./checker.ts";
import type { People } from "./people.ts";
import { claimsHash, delegatesHash, type Standing, standingsHash } from "./roster-hashes.ts";
import { checkpointDigest, checkpointVotePreimage, isQuorum, iterationAt } from "./statements.ts";

/** Of the claims of honest delegates, one in so many is verified. */
const SPOT_CHECK_INTERVAL = 32;

/**
 * Who may sign and propose, derived from the final blocks alone (C1 to C3, C7): bookkeeping of its own that shares nothing
 * with the nodes' but the formats of what is hashed.
 */
export class Roster {
  /** Bonds that slashing has burned. */
  burned = 0n;
  readonly #world: World;
  readonly #people: People;
  readonly #records: Standing[] = [];
  /** By iteration. */
  readonly #committees: (readonly DelegateId[])[] = [];
  readonly #committeeHashes: Hash[] = [];
  /** By iteration: hash of its last block. */
  readonly #ends: Hash[] = [];
  /** By epoch. */
  readonly #delegates: (readonly DelegateId[])[] = [];
  /** Members that proposed or were passed over in this iteration. */
  #done = new Set<DelegateId>();
  /** Priorities by which members of the current iteration won their seats. */
  #seatPriorities = new Map<DelegateId, Hash>();
  /** Priorities recorded for the following iteration. */
  #claims = new Map<DelegateId, Hash>();
  #recordsHash: Hash | null = null;
  /** Of the checkpoint that the chain recorded last; zero before the first. */
  #checkpointHash: Hash = ZERO_HASH;
  /** Headers of epochs' last blocks, with their hashes, by epoch. */
  readonly #epochEnds = new Map<number, { readonly header: Header; readonly hash: Hash }>();
  #judgedClaims = 0;
  /** Who is registered by now: new delegates of the rootchain, and nominees in the seats of a subchain, come and go. */
  #registry: Registry;
  /** By epoch: as it was when the epoch began. */
  readonly #registries: Registry[] = [];
  /** What a subchain knows of its seats, and what of that was frozen for the next epoch (S3). */
  #seats: readonly OperatorRecord[] | null = null;
  #nextSeats: readonly OperatorRecord[] | null = null;

  constructor(world: World, people: People) {
    this.#world = world;
    this.#people = people;
    const { registry, genesis, parameters } = world;
    this.#registry = registry;
    this.#registries.push(registry);
    for (let id = 0; id < registry.size; id++) {
      const { stake, bond } = registry.of(id as DelegateId);
      this.#records.push({ stake, bond, slashed: false, eligibleEpoch: 0, rejoins: 0 });
    }
    this.#delegates.push(this.#elect(0));
    const order = this.#bySeatHash(genesis.blockHash, this.#delegatesOf(0));
    this.#seat(order.slice(0, parameters.committee));
  }

  /** Bonds that delegates still have at stake. */
  get bonds(): bigint {
    return this.#records.reduce((sum, record) => sum + record.bond, 0n);
  }

  /** How many were ever registered. */
  get registered(): number {
    return this.#registry.size;
  }

  /** @returns the key by which a delegate signs what is about a height, undefined where it has none */
  keyAt(height: number, delegate: DelegateId): Uint8Array | undefined {
    return this.keyIn(this.#epochOf(iterationAt(this.#world.parameters, height)), delegate);
  }

  /** @returns the key by which a delegate speaks for an epoch, undefined where it has none */
  keyIn(epoch: number, delegate: DelegateId): Uint8Array | undefined {
    return (this.#registries[epoch] ?? this.#registry).get(delegate)?.publicKey;
  }

  /** @returns the members that sign a height, by priority; undefined where the chain does not reach so far */
  membersAt(height: number): readonly DelegateId[] | undefined {
    return this.#committees[iterationAt(this.#world.parameters, height)];
  }

  /** @returns the hash by which a header authorises the committee of a height */
  committeeHashAt(height: number): Hash | undefined {
    return this.#committeeHashes[iterationAt(this.#world.parameters, height)];
  }

  /** @returns who proposes the next block in a view (C3) */
  proposerOf(height: number, view: number): DelegateId | undefined {
    const members = this.membersAt(height) ?? [];
    const fresh = members.filter((id) => !this.#done.has(id));
    const rest = members.filter((id) => this.#done.has(id));
    return [...fresh, ...rest][view % members.length];
  }

  /** @returns the priority that the header of a member's block carries */
  priorityOf(member: DelegateId): Hash {
    return this.#seatPriorities.get(member) ?? ZERO_HASH;
  }

  /**
   * Takes in a final block.
   *
   * @param settled what the node holds of its delegates after the block, where the block's own ledger moved stakes or bonds:
   *   those are for the books of that ledger to judge
   * @returns what in it the rules do not allow
   */
  apply(block: Block, settled: readonly Standing[] | null = null): string[] {
    const { height, originalView } = block.header;
    const iteration = iterationAt(this.#world.parameters, height);
    const faults: string[] = [];
    for (const transaction of block.transactions) {
      if (transaction.kind === "claim") faults.push(...this.#claim(transaction, iteration));
      else if (transaction.kind === "evidence") faults.push(...this.#slash(transaction.culprit));
      else if (transaction.kind === "rejoin") faults.push(...this.#rejoin(transaction, iteration));
      else if (transaction.kind === "checkpoint") faults.push(...this.#checkpoint(transaction.certified));
      else if (transaction.kind === "root-update") this.#learn(transaction);
      else if (transaction.kind === "utxo") this.#register(transaction, height);
    }
    if (settled !== null) this.#adopt(settled);
    this.#mark(height, originalView);
    if (iterationAt(this.#world.parameters, height + 1) !== iteration) {
      this.#turnSeats(iteration);
      this.#turn(iteration, block.hash);
    }
    this.#endEpoch(block);
    return faults;
  }

  /** A delegate that registers has the next id, and may sit from the first epoch on whose snapshot is taken after that. */
  #register({ payload, outputs }: UtxoTransaction, height: number): void {
    if (payload?.kind !== "register-delegate") return;
    const { publicKey, vrfPublicKey, endpoint } = payload;
    const bond = outputs[0]?.amount ?? 0n;
    this.#registry = this.#registry.with({ publicKey, vrfPublicKey, endpoint, stake: 0n, bond });
    const { parameters } = this.#world;
    const iteration = iterationAt(parameters, height);
    const isInTime = iteration % parameters.iterationsPerEpoch <= parameters.iterationsPerEpoch - 3;
    const eligibleEpoch = this.#epochOf(iteration) + (isInTime ? 1 : 2);
    this.#records.push({ stake: 0n, bond, slashed: false, eligibleEpoch, rejoins: 0 });
    this.#recordsHash = null;
  }

  /** A subchain learns from the rootchain's record of it who acts in its seats. */
  #learn({ record }: RootUpdate): void {
    const known = record === null ? null : decodeSubchainRecord(record.encoded);
    if (known !== null) this.#seats = known.operators;
  }

  /** What was known when an epoch's delegates were elected is who sits in it, by the latest nomination of each seat. */
  #turnSeats(iteration: number): void {
    const { iterationsPerEpoch } = this.#world.parameters;
    const place = iteration % iterationsPerEpoch;
    if (place === iterationsPerEpoch - 3) this.#nextSeats = this.#seats;
    if (place !== iterationsPerEpoch - 1) return;
    for (const [seat, { registered, nominees }] of (this.#nextSeats ?? []).entries()) {
      const id = seat as DelegateId;
      const [current, acting] = [this.#registry.get(id), nominees.at(-1) ?? registered];
      if (current === undefined || this.#registry.has(acting.publicKey)) continue;
      const { publicKey, vrfPublicKey, endpoint } = acting;
      this.#registry = this.#registry.withReplaced(id, { ...current, publicKey, vrfPublicKey, endpoint });
      this.#claims.delete(id);
    }
    this.#registries[this.#epochOf(iteration) + 1] = this.#registry;
  }

  #adopt(settled: readonly Standing[]): void {
    this.#records.splice(0, this.#records.length, ...settled);
    this.#recordsHash = null;
  }

  #endEpoch({ header, hash }: Block): void {
    const { parameters } = this.#world;
    const epochs = [header.height, header.height + 1].map((height) => this.#epochOf(iterationAt(parameters, height)));
    if (epochs[0] !== epochs[1]) this.#epochEnds.set(epochs[0] ?? 0, { header, hash });
  }

  /** A checkpoint says what the epoch's last block and the snapshots say, with above two thirds of the epoch's delegates (L1). */
  #checkpoint({ checkpoint, votes }: CertifiedCheckpoint): string[] {
    const { epoch } = checkpoint;
    const end = this.#epochEnds.get(epoch);
    if (end === undefined) return [`a checkpoint of epoch ${epoch}, which has not ended`];
    const { chainId, height, timeUs, stateRoot, transactionRoot, nextCommitteeHash } = end.header;
    const delegatesHash = this.#delegateSetHash(epoch);
    const nextDelegatesHash = this.#delegateSetHash(epoch + 1);
    const said = { chainId, epoch, height, blockHash: end.hash, stateRoot, transactionRoot, timeUs };
    const expected = checkpointDigest({ ...said, delegatesHash, nextDelegatesHash, nextCommitteeHash });
    const delegates = this.#delegatesOf(epoch);
    const holds = (vote: CheckpointVote) =>
      vote.checkpointHash === expected && delegates.includes(vote.signer) && this.#isSigned(vote);
    const signers = new Set(votes.filter(holds).map(({ signer }) => signer));
    this.#epochEnds.delete(epoch);
    this.#checkpointHash = expected;
    if (checkpointDigest(checkpoint) !== expected)
      return [`a checkpoint of epoch ${epoch} that its blocks do not give`];
    return isQuorum(signers.size, delegates.length) ? [] : [`a checkpoint of epoch ${epoch} without a quorum`];
  }

  #isSigned(vote: CheckpointVote): boolean {
    const key = this.keyIn(vote.epoch, vote.signer);
    return key !== undefined && this.#world.backend.verify(key, checkpointVotePreimage(vote), vote.signature);
  }

  /** Marks the proposer and all who were passed over before it; clears the marks once all members have one (C3). */
  #mark(height: number, originalView: number): void {
    const members = this.membersAt(height) ?? [];
    const fresh = members.filter((id) => !this.#done.has(id));
    for (const id of fresh.slice(0, originalView + 1)) this.#done.add(id);
    if (this.#done.size === members.length) this.#done = new Set();
  }

  #claim(claim: SortitionClaim, iteration: number): string[] {
    const { parameters } = this.#world;
    const known = this.#claims.has(claim.delegate) || !this.#candidates(iteration + 1).includes(claim.delegate);
    const placed = claim.chainId === parameters.chainId && claim.iteration === iteration + 1;
    if (known || !placed) return [`a claim of delegate ${claim.delegate} out of place`];
    const output = this.#outputOf(claim, this.#alpha(iteration + 1));
    if (output === null) return [`a claim of delegate ${claim.delegate} without proof`];
    this.#claims.set(claim.delegate, bytesToHash(output.subarray(0, 32)));
    return [];
  }

  /** An honest delegate's proof is only spot-checked: verifying all of them would cost more than the run does. */
  #outputOf({ delegate, proof }: SortitionClaim, alpha: Uint8Array): Uint8Array | null {
    const { backend } = this.#world;
    const registry = this.#registry;
    const trusted = this.#people.isHonestDelegate(delegate) && this.#judgedClaims++ % SPOT_CHECK_INTERVAL !== 0;
    return trusted ? backend.vrfOutput(proof) : backend.vrfVerify(registry.of(delegate).vrfPublicKey, alpha, proof);
  }

  #slash(culprit: DelegateId): string[] {
    const record = this.#records[culprit];
    if (record === undefined || record.slashed) return [`evidence against delegate ${culprit}, who owes nothing`];
    this.burned += record.bond;
    this.#records[culprit] = { ...record, bond: 0n, slashed: true };
    this.#recordsHash = null;
    return [];
  }

  #rejoin(rejoin: Rejoin, iteration: number): string[] {
    const record = this.#records[rejoin.delegate];
    if (record === undefined || rejoin.nonce !== record.rejoins + 1) return ["a rejoin out of turn"];
    const eligibleEpoch = this.#epochOf(iteration) + 2;
    this.#records[rejoin.delegate] = { ...record, rejoins: rejoin.nonce, eligibleEpoch };
    this.#recordsHash = null;
    return [];
  }

  /** Ends an iteration: takes the snapshot if it is the epoch's third-last, and seats the next committee. */
  #turn(iteration: number, lastHash: Hash): void {
    const { iterationsPerEpoch, committee } = this.#world.parameters;
    this.#ends[iteration] = lastHash;
    if (iteration % iterationsPerEpoch === iterationsPerEpoch - 3) {
      this.#delegates.push(this.#elect(this.#epochOf(iteration) + 1));
    }
    const candidates = this.#candidates(iteration + 1);
    const claims = [...this.#claims].filter(([id]) => candidates.includes(id));
    claims.sort(([a, first], [b, second]) => (first === second ? a - b : first < second ? -1 : 1));
    const best = claims.slice(0, committee).map(([id]) => id);
    const others = candidates.filter((id) => !best.includes(id));
    const fill = best.length < committee ? this.#bySeatHash(this.#seed(iteration + 1), others) : [];
    this.#seatPriorities = new Map(claims.slice(0, committee));
    this.#claims = new Map();
    this.#done = new Set();
    this.#seat([...best, ...fill].slice(0, committee));
  }

  #seat(members: readonly DelegateId[]): void {
    const quorum = members.findIndex((_, index) => isQuorum(index + 1, members.length)) + 1;
    const writer = new Writer().u32(quorum).u32(members.length);
    for (const id of members) writer.fixed(this.#registry.of(id).publicKey);
    this.#committees.push(members);
    this.#committeeHashes.push(hashTagged("orrery/committee", writer.finish()));
  }

  #epochOf(iteration: number): number {
    return Math.floor(iteration / this.#world.parameters.iterationsPerEpoch);
  }

  /** Delegates of an epoch. */
  #delegatesOf(epoch: number): readonly DelegateId[] {
    return this.#delegates[epoch] ?? [];
  }

  /** Where no delegate may sit, the committee before stays. */
  #candidates(iteration: number): readonly DelegateId[] {
    const epoch = this.#epochOf(iteration);
    const eligible = this.#delegatesOf(epoch).filter((id) => this.#isEligible(id, epoch));
    return eligible.length === 0 ? (this.#committees[iteration - 1] ?? []) : eligible;
  }

  #isEligible(id: DelegateId, epoch: number): boolean {
    const record = this.#records[id];
    return record !== undefined && !record.slashed && record.eligibleEpoch <= epoch;
  }

  /** The highest stakes, ties by hash of the key (C1); the delegates before, where nobody is eligible. */
  #elect(epoch: number): readonly DelegateId[] {
    const { parameters } = this.#world;
    const registry = this.#registry;
    const ids = this.#records.map((_, id) => id as DelegateId).filter((id) => this.#isEligible(id, epoch));
    if (ids.length === 0) return this.#delegatesOf(epoch - 1);
    const ranked = ids.map((id) => {
      const stake = this.#records[id]?.stake ?? 0n;
      const { publicKey } = registry.of(id);
      return { id, stake, tie: hashTagged("orrery/election", publicKey) };
    });
    ranked.sort((a, b) => (a.stake !== b.stake ? (a.stake < b.stake ? 1 : -1) : a.tie < b.tie ? -1 : 1));
    return ranked.slice(0, parameters.delegates).map(({ id }) => id);
  }

  #bySeatHash(seed: Hash, ids: readonly DelegateId[]): DelegateId[] {
    const key = (id: DelegateId) => this.#registry.of(id).publicKey;
    const hashed = ids.map((id) => ({ id, hash: hashTagged("orrery/seat", hashToBytes(seed), key(id)) }));
    return hashed.sort((a, b) => (a.hash < b.hash ? -1 : 1)).map(({ id }) => id);
  }

  /** The last block of the iteration before the previous one; genesis for the first two (C2). */
  #seed(iteration: number): Hash {
    return this.#ends[iteration - 2] ?? this.#world.genesis.blockHash;
  }

  #alpha(iteration: number): Uint8Array {
    const writer = new Writer().ascii("orrery/sortition").u32(this.#world.parameters.chainId);
    return writer.u64(iteration).hash(this.#seed(iteration)).finish();
  }

  /** @returns the hash by which the state root commits to all this, for the state that the next height begins with */
  rootBefore(height: number): Hash {
    const iteration = iterationAt(this.#world.parameters, height);
    const committeeHash = this.#committeeHashes[iteration] ?? ZERO_HASH;
    const epoch = this.#epochOf(iteration);
    const next = this.#delegates[epoch + 1];
    const writer = new Writer().hash(committeeHash).u64(iteration).hash(this.#standingsHash());
    writer.hash(this.#delegateSetHash(epoch)).hash(next === undefined ? ZERO_HASH : delegatesHash(next));
    writer.hash(claimsHash(this.#claims)).hash(this.#checkpointHash);
    const members = this.membersAt(height) ?? [];
    writer.u32(members.length);
    for (const id of members) writer.u8(this.#done.has(id) ? 1 : 0);
    return hashTagged("orrery/rotation", writer.finish());
  }

  /** By names and keys, in the order of election. */
  #delegateSetHash(epoch: number): Hash {
    const ids = this.#delegatesOf(epoch);
    const writer = new Writer().u32(ids.length);
    const registry = this.#registries[epoch] ?? this.#registry;
    for (const id of ids) writer.u32(id).fixed(registry.of(id).publicKey);
    return hashTagged("orrery/delegate-set", writer.finish());
  }

  #standingsHash(): Hash {
    this.#recordsHash ??= standingsHash(this.#records);
    return this.#recordsHash;
  }
}
