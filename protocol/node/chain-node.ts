import { equalBytes } from "@noble/curves/utils.js";
import type { Certificate } from "../consensus/certificate.ts";
import { type BlockPlan, buildBlock, type ChainState, type Judgement } from "../consensus/chain-state.ts";
import { CheckpointVote } from "../consensus/checkpoint.ts";
import { CheckpointSigner } from "../consensus/checkpoint-signer.ts";
import type { Committee } from "../consensus/committee.ts";
import { culpritOf, type Evidence, encodeEvidence } from "../consensus/evidence.ts";
import {
  BlockBody,
  BlockRequest,
  CertifiedBlock,
  Proposal,
  RangeRequest,
  RangeResponse,
  Status,
} from "../consensus/messages.ts";
import { Pbft } from "../consensus/pbft.ts";
import { type Identity, type PbftNode, reject, Timer } from "../consensus/pbft-node.ts";
import { readSafetyRecords } from "../consensus/safety-records.ts";
import { Sync } from "../consensus/sync.ts";
import { NewView, ViewChange } from "../consensus/view-change.ts";
import { Vote } from "../consensus/vote.ts";
import { assert } from "../core/assert.ts";
import type { DelegateId, PeerId } from "../core/ids.ts";
import { HEIGHT_WINDOW } from "../core/limits.ts";
import { CLIENT, type Context, type Machine, type Message, PROTOCOL_VERSION, type Storage } from "../core/machine.ts";
import { Transactions } from "../gossip/messages.ts";
import type { Block } from "../ledger/block.ts";
import { NEWEST_BLOCK_VERSION } from "../ledger/header.ts";
import { type CheckpointTransaction, EvidenceReport, isSystem, SortitionClaim } from "../ledger/transaction.ts";
import { BlockSpread } from "./block-spread.ts";
import { ChainStore, UNKNOWN_VERSION } from "./chain-store.ts";
import { EarlyMessages } from "./early-messages.ts";
import { isLightRequest } from "./light-messages.ts";
import { LightServer } from "./light-server.ts";
import { type PrivateChain, ReadGuard } from "./read-guard.ts";
import { ReadRequest } from "./read-request.ts";
import { Silence } from "./silence.ts";
import { Submissions } from "./submissions.ts";
import { SystemPool } from "./system-pool.ts";
import { TransactionIntake } from "./transaction-intake.ts";
import { decodeMessage, encodeMessage } from "./wire.ts";

/** What a chain node is given at its birth. */
export interface ChainNodeOptions {
  readonly genesis: ChainState;
  /** Keys of a delegate; null for a node that only follows. */
  readonly identity: Identity | null;
  /** Its neighbours in the gossip mesh. */
  readonly mesh: readonly PeerId[];
  /** How often a node without news asks a neighbour, µs. */
  readonly statusIntervalUs: number;
  /** Given where the chain is private: then only those are answered who may read it. */
  readonly guarded?: PrivateChain;
  /** Newest version of blocks that the node's software knows; all that there are where left out. */
  readonly newestVersion?: number;
}

/** What only a delegate has. */
interface Delegate {
  readonly pbft: Pbft;
  readonly silence: Silence;
  readonly submissions: Submissions;
  readonly pool: SystemPool;
  readonly checkpoints: CheckpointSigner;
}

/** A full node of one chain that, with an identity, also takes part in its consensus. */
export class ChainNode implements Machine, PbftNode {
  readonly protocolVersion = PROTOCOL_VERSION;
  readonly #options: ChainNodeOptions;
  readonly #chain: ChainStore;
  readonly #sync: Sync;
  readonly #intake: TransactionIntake;
  readonly #spread: BlockSpread;
  readonly #light: LightServer;
  readonly #guard: ReadGuard | null;
  readonly #delegate: Delegate | null;
  readonly #accused = new Set<DelegateId>();
  readonly #early = new EarlyMessages();
  #mode: "member" | "idle" | "silent" = "idle";
  #claimedIteration = -1;
  #reportedHeight = 0;

  constructor(options: ChainNodeOptions) {
    this.#options = options;
    this.#chain = new ChainStore(options.genesis, options.newestVersion ?? NEWEST_BLOCK_VERSION);
    this.#sync = new Sync(this.#chain);
    const { genesis, mesh } = options;
    this.#intake = new TransactionIntake({ genesis, mesh, timer: Timer.gossip, self: options.identity?.id ?? null });
    this.#spread = new BlockSpread(mesh);
    this.#light = new LightServer(this.#chain);
    this.#guard = options.guarded === undefined ? null : new ReadGuard(options.guarded, mesh);
    this.#delegate = options.identity === null ? null : this.#asDelegate();
  }

  #asDelegate(): Delegate {
    const [submissions, pool, checkpoints] = [new Submissions(this), new SystemPool(), new CheckpointSigner(this)];
    return { pbft: new Pbft(this), silence: new Silence(this), submissions, pool, checkpoints };
  }

  get identity(): Identity {
    assert(this.#options.identity !== null, "only delegates sign");
    return this.#options.identity;
  }

  get state(): ChainState {
    return this.#chain.state;
  }

  peerOf(id: DelegateId): PeerId {
    return this.state.rotation.registry.peerOf(id);
  }

  start(context: Context, storage: Storage): void {
    this.#chain.load(context, storage);
    this.#reportedHeight = this.state.height;
    this.#guard?.start(context);
    context.setTimer(Timer.status, this.#options.statusIntervalUs);
    if (this.#delegate === null) return;
    const { pbft, silence, checkpoints } = this.#delegate;
    silence.start(context, storage);
    checkpoints.start(storage, decodeMessage);
    pbft.enter(context, this.#isMute(silence), readSafetyRecords(storage, this.state.height + 1, decodeMessage));
    this.#tellMode(context, this.#delegate);
    this.#seekSeat(context);
    this.#offer(context, this.#delegate, checkpoints.onBlock(context, silence.firstEpoch));
    if (this.state.height > 0 || silence.active) this.#askNeighbour(context);
  }

  onTimer(context: Context, timer: number): void {
    if (timer === Timer.gossip) this.#intake.flush(context);
    else if (timer === Timer.status) this.#onStatusTimer(context);
    else this.#delegate?.pbft.onTimer(context, timer);
  }

  /** A node that made no headway since the last time asks a neighbour how far it is. */
  #onStatusTimer(context: Context): void {
    context.setTimer(Timer.status, this.#options.statusIntervalUs);
    this.#intake.repeat(context);
    if (this.state.height === this.#reportedHeight) this.#askNeighbour(context);
    this.#reportedHeight = this.state.height;
  }

  #askNeighbour(context: Context): void {
    const { mesh } = this.#options;
    const peer = mesh[context.entropy() % Math.max(1, mesh.length)];
    if (peer !== undefined) this.inform(context, peer);
  }

  onMessage(context: Context, from: PeerId, message: Message): void {
    if (message instanceof Vote) this.#onConsensus(context, from, message.height, message);
    else if (message instanceof CertifiedBlock) this.#onCertifiedBlock(context, from, message);
    else if (message instanceof Proposal) this.#onConsensus(context, from, message.vote.height, message);
    else if (message instanceof ViewChange) this.#onConsensus(context, from, message.height, message);
    else if (message instanceof NewView) this.#onConsensus(context, from, message.vote.height, message);
    else if (message instanceof Status) this.#sync.onStatus(context, from, message);
    else if (message instanceof RangeRequest) this.#onRequest(context, from, message);
    else if (message instanceof RangeResponse) this.#onRangeResponse(context, from, message);
    else if (message instanceof Transactions) this.#onTransactions(context, from, message);
    else if (message instanceof BlockRequest) this.#onBlockRequest(context, from, message);
    else if (message instanceof CheckpointVote) this.#onCheckpointVote(context, message);
    else if (message instanceof BlockBody) this.#delegate?.pbft.onBlockBody(context, message.block);
    else if (message instanceof ReadRequest) this.#onReadRequest(context, from, message);
    else if (!this.#intake.onGossip(context, from, message)) this.#onRequest(context, from, message);
  }

  /** Whoever keeps a private chain itself asks as on a public one; everybody else has to say who it is (S5). */
  #onRequest(context: Context, from: PeerId, message: Message): void {
    const isGuarded = message instanceof RangeRequest || isLightRequest(message);
    const isStranger = isGuarded && this.#guard !== null && !this.#guard.isMember(this.state, from);
    if (isStranger) reject(context, "unsigned request to a private chain");
    else this.#serve(context, from, message);
  }

  #onReadRequest(context: Context, from: PeerId, message: ReadRequest): void {
    const refusal =
      this.#guard === null ? "signed request to a public chain" : this.#guard.refusal(context, this.state, message);
    if (refusal !== null) reject(context, refusal);
    else this.#serve(context, from, message.request);
  }

  #serve(context: Context, from: PeerId, message: Message): void {
    if (message instanceof RangeRequest) this.#sync.onRequest(context, from, message);
    else this.#light.onMessage(context, from, message);
  }

  /** Consensus of this height goes to PBFT, of the next ones is kept, of past ones shows who is behind. */
  #onConsensus(context: Context, from: PeerId, height: number, message: Message): void {
    if (this.#delegate === null) return reject(context, "consensus message to a node without a seat");
    const { pbft } = this.#delegate;
    const next = this.state.height + 1;
    if (height === next) this.#deliver(context, pbft, from, message);
    else if (height > next) this.#keepEarly(context, from, height - next, message);
    else if (height < this.state.height && from !== CLIENT) this.inform(context, from);
  }

  #deliver(context: Context, pbft: Pbft, from: PeerId, message: Message): void {
    if (this.#chain.isOutdated) return reject(context, UNKNOWN_VERSION);
    if (!pbft.active) return;
    if (message instanceof Vote) pbft.onVote(context, from, message);
    else if (message instanceof Proposal) pbft.onProposal(context, message);
    else if (message instanceof ViewChange) pbft.onViewChange(context, message);
    else if (message instanceof NewView) pbft.onNewView(context, message);
  }

  #keepEarly(context: Context, from: PeerId, ahead: number, message: Message): void {
    if (ahead > 1) this.catchUp(context, from);
    if (ahead > HEIGHT_WINDOW) return;
    const known = this.state.rotation.registry.delegateAt(from) !== undefined;
    if (!known || !this.#early.keep(from, message)) reject(context, "too many early messages");
  }

  judge(context: Context, block: Block): Judgement {
    return this.#chain.judge(context, block);
  }

  build(context: Context, plan: BlockPlan): { block: Block; after: ChainState } {
    const system = this.#delegate?.pool.candidates() ?? [];
    const candidates = [...system, ...this.#intake.candidates(this.state)];
    const built = buildBlock(context.crypto, this.state, { plan, candidates });
    context.charge("execute", built.block.transactions.length);
    this.#chain.rememberBuilt(context, built.block, built.after);
    return built;
  }

  save(context: Context, key: string, message: Message): void {
    context.persist(key, message instanceof CertifiedBlock ? message : encodeMessage(message));
  }

  catchUp(context: Context, from: PeerId): void {
    if (from !== CLIENT) this.#sync.request(context, from);
  }

  inform(context: Context, peer: PeerId): void {
    this.#sync.inform(context, peer);
  }

  accuse(context: Context, evidence: Evidence): void {
    const culprit = culpritOf(evidence);
    if (this.#delegate === null || this.#accused.has(culprit)) return;
    this.#accused.add(culprit);
    context.observe({ kind: "evidence", culprit, evidence });
    const report = new EvidenceReport(culprit, encodeEvidence(evidence));
    this.#delegate.pool.add(context, this.state, report);
    this.#delegate.submissions.submit(context, report);
  }

  finalize(context: Context, final: { block: Block; certificate: Certificate; after: ChainState }): void {
    const certified = new CertifiedBlock(final.block, final.certificate);
    const { committee } = this.state.rotation;
    this.#append(context, certified, { after: final.after, by: "quorum" });
    this.#push(context, certified, committee, null);
    this.#nextHeight(context);
  }

  #append(
    context: Context,
    certified: CertifiedBlock,
    final: { after: ChainState; by: "quorum" | "gossip" | "sync" },
  ): void {
    const { block, certificate } = certified;
    const { height } = block.header;
    const { view } = certificate;
    const committee = this.state.rotation.committee.members;
    this.#chain.append(context, certified, final.after);
    const { by } = final;
    context.observe({ kind: "finalized", height, view, blockHash: block.hash, block, certificate, committee, by });
    this.#intake.settle(block.transactions, this.state);
    this.#delegate?.silence.onBlock(context, block);
  }

  #push(context: Context, certified: CertifiedBlock, signers: Committee, from: PeerId | null): void {
    this.#spread.push(context, certified, { signers, registry: this.state.rotation.registry, from });
  }

  /** Turns to the height after the last final block, once a batch of blocks is taken in. */
  #nextHeight(context: Context): void {
    if (this.#delegate === null) return;
    const { pbft, silence, submissions, pool, checkpoints } = this.#delegate;
    pool.settle(this.state);
    this.#offer(context, this.#delegate, checkpoints.onBlock(context, silence.firstEpoch));
    submissions.onBlock(context);
    const rejoin = this.#holdsSeat ? silence.nextRejoin(context) : null;
    if (rejoin !== null) submissions.submit(context, rejoin);
    this.#seekSeat(context);
    pbft.enter(context, this.#isMute(silence));
    this.#tellMode(context, this.#delegate);
    if (this.#early.isEmpty) return;
    for (const { from, message } of this.#early.take()) this.onMessage(context, from, message);
  }

  #onCheckpointVote(context: Context, vote: CheckpointVote): void {
    if (this.#delegate === null) return reject(context, "consensus message to a node without a seat");
    this.#offer(context, this.#delegate, this.#delegate.checkpoints.onVote(context, vote));
  }

  #offer(context: Context, { pool }: Delegate, checkpoint: CheckpointTransaction | null): void {
    if (checkpoint !== null) pool.add(context, this.state, checkpoint);
  }

  /** Whether it is this node's key that the registry names for its seat: nominees take seats over, and new delegates come (S3). */
  get #holdsSeat(): boolean {
    const { id, signing } = this.identity;
    const key = this.state.rotation.registry.get(id)?.publicKey;
    return key === signing.publicKey || (key !== undefined && equalBytes(key, signing.publicKey));
  }

  /** Software that does not know the version of the next block builds none and votes for none: it stays where it is. */
  #isMute(silence: Silence): boolean {
    return silence.active || !this.#holdsSeat || this.#chain.isOutdated;
  }

  #tellMode(context: Context, { pbft, silence }: Delegate): void {
    const mode = silence.active ? "silent" : pbft.active ? "member" : "idle";
    if (mode !== this.#mode) context.observe({ kind: "mode", mode });
    this.#mode = mode;
  }

  /** Claims a seat in the following iteration, once in each iteration (C2). */
  #seekSeat(context: Context): void {
    const { rotation } = this.state;
    if (this.#delegate === null || rotation.iteration === this.#claimedIteration) return;
    this.#claimedIteration = rotation.iteration;
    const { id, vrf } = this.identity;
    if (this.#isMute(this.#delegate.silence) || !rotation.maySeekSeat(id)) return;
    const { chainId } = rotation.parameters;
    const proof = context.crypto.vrfProve(vrf, rotation.claimAlpha);
    const claim = new SortitionClaim({ chainId, iteration: rotation.iteration + 1, delegate: id, proof });
    this.#delegate.pool.add(context, this.state, claim);
    this.#delegate.submissions.submit(context, claim);
  }

  #onCertifiedBlock(context: Context, from: PeerId, certified: CertifiedBlock): void {
    const { height } = certified.block.header;
    const next = this.state.height + 1;
    if (height > next) return this.catchUp(context, from);
    const { committee } = this.state.rotation;
    if (height < next || !this.#take(context, certified, "gossip")) return;
    this.#push(context, certified, committee, from);
    this.#nextHeight(context);
  }

  /** @returns whether a certified block extends this node's chain, and now does */
  #take(context: Context, certified: CertifiedBlock, by: "gossip" | "sync"): boolean {
    const { after, refusal } = this.#chain.verify(context, certified);
    if (after === null) reject(context, refusal);
    else this.#append(context, certified, { after, by });
    return after !== null;
  }

  #onRangeResponse(context: Context, from: PeerId, response: RangeResponse): void {
    const { committee } = this.state.rotation;
    let last: CertifiedBlock | null = null;
    for (const certified of response.blocks) {
      const { height } = certified.block.header;
      if (height !== this.state.height + 1) continue;
      if (!this.#take(context, certified, "sync")) break;
      last = certified;
    }
    if (last === null) return;
    this.#sync.settle(context, from, response);
    // Whoever was announced a large block, and fetched it, is the next to announce it.
    this.#push(context, last, committee, from);
    this.#nextHeight(context);
  }

  #onBlockRequest(context: Context, from: PeerId, request: BlockRequest): void {
    if (request.height !== this.state.height + 1) return this.inform(context, from);
    const block = this.#delegate?.pbft.blockOf(request.blockHash) ?? null;
    if (block !== null) context.send(from, new BlockBody(block));
  }

  #onTransactions(context: Context, from: PeerId, message: Transactions): void {
    for (const transaction of message.transactions) {
      if (isSystem(transaction)) this.#delegate?.pool.add(context, this.state, transaction);
      else this.#intake.add(context, from, transaction, message, this.state);
    }
  }
}
