import { assert } from "../core/assert.ts";
import { type DelegateId, type Hash, type PeerId, ZERO_HASH } from "../core/ids.ts";
import { VIEW_WINDOW } from "../core/limits.ts";
import type { Context, Message } from "../core/machine.ts";
import type { Block } from "../ledger/block.ts";
import { type Certificate, certificateOf } from "./certificate.ts";
import type { ChainState } from "./chain-state.ts";
import { votesConflict } from "./evidence.ts";
import { type Membership, membershipOf } from "./membership.ts";
import { CertifiedBlock, Proposal } from "./messages.ts";
import { type PbftNode, RecordKey, reject, Timer } from "./pbft-node.ts";
import { EMPTY_RECORDS, type SafetyRecords } from "./safety-records.ts";
import type { NewView, ViewChange } from "./view-change.ts";
import { ViewChanger } from "./view-changer.ts";
import { type Accepted, ViewRecord } from "./view-record.ts";
import { NO_PROOF, Phase, Vote } from "./vote.ts";

const RETRANSMIT_DOUBLINGS = 4;
const TIMEOUT_DOUBLINGS = 12;

/**
 * PBFT for one height after the other (C4; Castro and Liskov 1999): pre-prepare, prepare, commit, with view changes in
 * ViewChanger. Safe under full asynchrony; live once messages arrive in time.
 */
export class Pbft {
  readonly node: PbftNode;
  readonly #changer: ViewChanger;
  #state: ChainState;
  /** Null before the first height. */
  #membership: Membership | null = null;
  #silent = false;
  #records = new Map<number, ViewRecord>();
  #current: ViewRecord;
  #prepared: CertifiedBlock | null = null;
  #early: Proposal | NewView | null = null;
  #retransmissions = 0;
  #settled = false;

  constructor(node: PbftNode) {
    this.node = node;
    this.#changer = new ViewChanger(this);
    this.#state = node.state;
    this.#current = new ViewRecord(0, 0);
  }

  /** The final state that the current height builds on. */
  get state(): ChainState {
    return this.#state;
  }

  get height(): number {
    return this.#state.height + 1;
  }

  get view(): number {
    return this.#current.view;
  }

  get current(): ViewRecord {
    return this.#current;
  }

  /** This node's seat in the committee, −1 outside it. */
  get seat(): number {
    return this.#membership?.seat ?? -1;
  }

  /** What this node's votes carry to prove its membership. */
  get proof(): Uint8Array {
    return this.#membership?.proof ?? NO_PROOF;
  }

  /** Whether this node may sign statements at the current height. */
  get mayVote(): boolean {
    return !this.#silent && this.#membership !== null && this.#membership.selected;
  }

  get prepared(): CertifiedBlock | null {
    return this.#prepared;
  }

  /** Whether this node has a seat at the current height. */
  get active(): boolean {
    return this.seat >= 0;
  }

  /** When the next block is due at the earliest, in this chain's time. */
  get dueUs(): number {
    return this.#state.timeUs + this.#state.rotation.parameters.roundUs;
  }

  /** @returns the time-out of a view, µs: doubles with each view and is never reset within a height */
  timeoutUs(view: number): number {
    return this.#state.rotation.parameters.timeoutBaseUs * (1 << Math.min(view, TIMEOUT_DOUBLINGS));
  }

  /**
   * Begins the height after the node's last final block.
   *
   * @param silent the node must not sign (C7)
   * @param records what storage holds of this height after a restart
   */
  enter(context: Context, silent: boolean, records: SafetyRecords = EMPTY_RECORDS): void {
    this.#state = this.node.state;
    this.#silent = silent;
    if (this.#membership?.committee !== this.#state.rotation.committee) {
      this.#membership = membershipOf(context, this.node);
    }
    this.#records = new Map();
    this.#prepared = null;
    this.#early = null;
    this.#retransmissions = 0;
    this.#settled = false;
    this.#current = this.#open(0);
    this.#changer.enter();
    context.cancelTimer(Timer.early);
    if (!this.active) this.#rest(context);
    else if (records !== EMPTY_RECORDS) this.#resume(context, records);
    else this.#begin(context);
  }

  #rest(context: Context): void {
    context.cancelTimer(Timer.propose);
    context.cancelTimer(Timer.view);
    context.cancelTimer(Timer.retransmit);
  }

  #begin(context: Context): void {
    const waitUs = Math.max(0, this.dueUs - context.nowUs);
    context.setTimer(Timer.view, waitUs + this.timeoutUs(this.view));
    context.setTimer(Timer.retransmit, waitUs + this.timeoutUs(0) / 2);
    if (this.leads(0)) this.#proposeWhenDue(context);
    else context.cancelTimer(Timer.propose);
  }

  /** Takes up a height again after a crash, bound by every statement that was durable before it. */
  #resume(context: Context, records: SafetyRecords): void {
    this.#prepared = records.prepared;
    // Views only grow, so the records are taken up in their order, however far apart they are.
    for (const vote of [...records.votes].sort((a, b) => a.view - b.view)) {
      const record = vote.view > this.view ? this.moveTo(vote.view) : this.current;
      (vote.phase === Phase.prepare ? record.prepares : record.commits).add(this.seat, vote);
    }
    if (records.viewChange !== null) this.#changer.restore(records.viewChange);
    for (const lead of [records.proposal, records.newView]) {
      const record = lead === null ? null : this.recordOf(lead.vote.view);
      if (record !== null) record.lead = lead;
    }
    this.#begin(context);
    if (records.proposal !== null) this.onProposal(context, records.proposal);
    if (records.newView !== null) this.#changer.onNewView(context, records.newView);
  }

  #open(view: number): ViewRecord {
    const record = new ViewRecord(view, this.#state.rotation.committee.members.length);
    this.#records.set(view, record);
    return record;
  }

  /** @returns the record of a view near the current one, or null outside the window */
  recordOf(view: number): ViewRecord | null {
    if (view === this.#current.view) return this.#current;
    if (view > this.view + VIEW_WINDOW || view < this.view - VIEW_WINDOW) return null;
    return this.#records.get(view) ?? this.#open(view);
  }

  /** Makes a view the current one, and forgets views that left the window. */
  moveTo(view: number): ViewRecord {
    assert(view >= this.view, "views only grow within a height");
    this.#current = this.#records.get(view) ?? this.#open(view);
    for (const each of this.#records.keys()) if (each < view - VIEW_WINDOW) this.#records.delete(each);
    return this.#current;
  }

  /** @returns whether this node leads a view of the current height, and may */
  leads(view: number): boolean {
    const mayLead = this.mayVote || this.#state.rotation.committee.selfSelection !== null;
    return mayLead && !this.#silent && this.#state.rotation.proposer(view) === this.node.identity.id;
  }

  broadcast(context: Context, message: Message): void {
    context.broadcast(this.#membership?.audience ?? [], message);
  }

  onTimer(context: Context, timer: number): void {
    if (!this.active) return;
    if (timer === Timer.propose) this.#proposeWhenDue(context);
    else if (timer === Timer.view) this.#changer.onTimeout(context);
    else if (timer === Timer.retransmit) this.#retransmit(context);
    else if (timer === Timer.early) this.#reconsider(context);
  }

  /** Leads the current view as soon as this node's own clock says that a block is due: no bursts after a halt. */
  #proposeWhenDue(context: Context): void {
    const waitUs = this.dueUs - context.nowUs;
    if (waitUs > 0) context.setTimer(Timer.propose, waitUs);
    else if (this.view > 0) this.#changer.lead(context);
    else if (this.#current.lead === null) this.#propose(context);
  }

  /** Builds a fresh block for the current view; only once the block is due. */
  build(context: Context): Accepted["block"] {
    const plan = { originalView: this.view, timeUs: context.nowUs, proposer: this.node.identity.id };
    return this.node.build(context, plan).block;
  }

  #propose(context: Context): void {
    const block = this.build(context);
    const vote = this.sign(context, Phase.propose, block.hash, ZERO_HASH);
    const proposal = new Proposal(vote, block);
    this.node.save(context, RecordKey.proposal, proposal);
    this.#current.lead = proposal;
    this.broadcast(context, proposal);
    this.onProposal(context, proposal);
  }

  /** @returns a signed vote of this node in the current view */
  sign(context: Context, phase: Phase, blockHash: Hash, newViewHash: Hash): Vote {
    const { id, signing } = this.node.identity;
    const vote = new Vote({
      chainId: this.#state.rotation.parameters.chainId,
      height: this.height,
      view: this.view,
      phase,
      blockHash,
      newViewHash,
      signer: id,
      membership: phase === Phase.propose ? NO_PROOF : this.proof,
    });
    context.crypto.sign(vote, signing);
    return vote;
  }

  onProposal(context: Context, proposal: Proposal): void {
    const { vote, block } = proposal;
    if (vote.view !== 0 || vote.newViewHash !== ZERO_HASH || block.header.originalView !== 0) {
      return reject(context, "proposal outside view 0");
    }
    if (!this.checkLead(context, vote, block)) return;
    const { accepted } = this.#records.get(0) ?? { accepted: null };
    if (accepted !== null) this.compare(context, accepted.vote, vote);
    else if (this.view === 0) this.consider(context, proposal);
  }

  /** @returns whether a propose vote is the leader's own and names the block beside it */
  checkLead(context: Context, vote: Vote, block: Block): boolean {
    const { rotation } = this.#state;
    const sound = vote.phase === Phase.propose && vote.blockHash === block.hash && vote.height === this.height;
    const leader = sound && vote.signer === rotation.proposer(vote.view) && this.#ofThisChain(vote);
    if (leader && context.crypto.verify(vote, rotation.registry.of(vote.signer).publicKey)) return true;
    reject(context, "proposal not by the leader");
    return false;
  }

  #ofThisChain(statement: Vote | ViewChange): boolean {
    return statement.chainId === this.#state.rotation.parameters.chainId;
  }

  /** Accepts a proposal whose leader and form are checked, unless its block is refused or ahead of this clock. */
  consider(context: Context, lead: Proposal | NewView, fresh = true): void {
    const aheadUs = lead.block.header.timeUs - this.#state.rotation.parameters.maxDriftUs - context.nowUs;
    // Beyond the view's end it would come too late, and a liar's clock must not reach into this one's timers.
    const endUs = Math.max(0, this.dueUs - context.nowUs) + this.timeoutUs(this.view);
    if (fresh && aheadUs > endUs) return reject(context, "proposal far ahead of this clock");
    if (fresh && aheadUs > 0) {
      this.#early = lead;
      context.setTimer(Timer.early, aheadUs);
      return;
    }
    const { after, refusal } = this.node.judge(context, lead.block);
    if (after === null) return reject(context, refusal);
    const newView = lead instanceof Proposal ? null : lead;
    this.#accept(context, { vote: lead.vote, block: lead.block, after, newView });
  }

  /** A proposal ahead of this clock is looked at again when the clock has caught up. */
  #reconsider(context: Context): void {
    const lead = this.#early;
    this.#early = null;
    if (lead !== null && lead.vote.view === this.view && this.#current.accepted === null) this.consider(context, lead);
  }

  #accept(context: Context, accepted: Accepted): void {
    const record = this.#current;
    assert(record.accepted === null && accepted.vote.view === record.view, "a view has one proposal");
    record.accepted = accepted;
    const { vote } = accepted;
    if (this.mayVote && record.prepares.of(this.seat) === null) {
      this.#cast(context, record, this.sign(context, Phase.prepare, vote.blockHash, vote.newViewHash));
    }
    this.#advance(context, record);
  }

  /** Does what the votes for an accepted block call for: at the end of a step, as a final block ends the height. */
  #advance(context: Context, record: ViewRecord): void {
    this.#tryCommit(context, record);
    if (record.accepted !== null) this.#tryFinalize(context, record, record.accepted.block.hash);
  }

  /** Makes an own vote durable, then sends and counts it. */
  #cast(context: Context, record: ViewRecord, vote: Vote): void {
    const prepare = vote.phase === Phase.prepare;
    this.node.save(context, prepare ? RecordKey.prepare : RecordKey.commit, vote);
    this.broadcast(context, vote);
    (prepare ? record.prepares : record.commits).add(this.seat, vote);
  }

  onVote(context: Context, from: PeerId, vote: Vote): void {
    const { committee } = this.#state.rotation;
    const record = this.recordOf(vote.view);
    const seat = committee.seatOf(vote.signer);
    if (record === null || seat < 0 || !this.#ofThisChain(vote)) return reject(context, "vote out of place");
    if (vote.phase === Phase.propose) return this.#onForeignLead(context, record, vote);
    const set = vote.phase === Phase.prepare ? record.prepares : record.commits;
    const counted = set.of(seat);
    if (counted !== null) return this.compare(context, counted, vote);
    if (!committee.verifyVote(context.crypto, vote)) return reject(context, "vote with a bad signature");
    const count = set.add(seat, vote);
    this.#changer.onVote(context, vote);
    if (vote.phase === Phase.commit) {
      if (count >= committee.quorum) this.#onCommitQuorum(context, from, record, vote.blockHash);
      return;
    }
    this.#exposeLead(context, from, record, vote);
    if (count >= committee.quorum) this.#advance(context, record);
  }

  /** A leader's bare statement, passed on by a member that saw another block prepared. */
  #onForeignLead(context: Context, record: ViewRecord, vote: Vote): void {
    if (record.accepted !== null) this.compare(context, record.accepted.vote, vote);
  }

  /** Shows the leader's statement to a member that was shown another one. */
  #exposeLead(context: Context, from: PeerId, record: ViewRecord, prepare: Vote): void {
    const lead = record.accepted?.vote;
    if (lead !== undefined && lead.blockHash !== prepare.blockHash) context.send(from, lead);
  }

  /** Turns two different statements on one matter into evidence. */
  compare(context: Context, first: Vote, second: Vote): void {
    if (first === second || !votesConflict(first, second)) return;
    const { publicKey } = this.#state.rotation.registry.of(second.signer);
    if (context.crypto.verify(second, publicKey)) this.node.accuse(context, { kind: "double-vote", first, second });
  }

  #tryCommit(context: Context, record: ViewRecord): void {
    const { accepted } = record;
    const { committee } = this.#state.rotation;
    if (accepted === null || record !== this.#current) return;
    if (!this.mayVote || record.commits.of(this.seat) !== null) return;
    const { blockHash, newViewHash } = accepted.vote;
    if (record.prepares.count(blockHash, newViewHash) < committee.quorum) return;
    const certificate = certificateOf(record.prepares.matching(blockHash, newViewHash, committee.seatsById));
    this.#prepared = new CertifiedBlock(accepted.block, certificate);
    this.node.save(context, RecordKey.prepared, this.#prepared);
    context.observe({ kind: "prepared", height: this.height, view: record.view, blockHash });
    this.#cast(context, record, this.sign(context, Phase.commit, blockHash, ZERO_HASH));
  }

  #onCommitQuorum(context: Context, from: PeerId, record: ViewRecord, blockHash: Hash): void {
    if (!this.#tryFinalize(context, record, blockHash)) this.node.catchUp(context, from);
  }

  /** @returns whether the height is settled */
  #tryFinalize(context: Context, record: ViewRecord, blockHash: Hash): boolean {
    if (this.#settled) return true;
    const { quorum, seatsById } = this.#state.rotation.committee;
    const { accepted } = record;
    if (accepted === null || accepted.block.hash !== blockHash) return false;
    if (record.commits.count(blockHash, ZERO_HASH) < quorum) return false;
    this.#settled = true;
    const certificate: Certificate = certificateOf(record.commits.matching(blockHash, ZERO_HASH, seatsById));
    this.node.finalize(context, { block: accepted.block, certificate, after: accepted.after });
    return true;
  }

  onViewChange(context: Context, viewChange: ViewChange): void {
    if (this.#ofThisChain(viewChange)) this.#changer.onViewChange(context, viewChange);
    else reject(context, "view change of another chain");
  }

  onNewView(context: Context, newView: NewView): void {
    this.#changer.onNewView(context, newView);
  }

  /** @returns a block of this height that this node holds, final or not */
  blockOf(hash: Hash): Block | null {
    if (this.#prepared?.block.hash === hash) return this.#prepared.block;
    for (const { accepted } of this.#records.values()) if (accepted?.block.hash === hash) return accepted.block;
    return null;
  }

  onBlockBody(context: Context, block: Block): void {
    this.#changer.onBlockBody(context, block);
  }

  /** @returns every vote that a member cast at this height, as far as this node saw it */
  votesOf(signer: DelegateId): Vote[] {
    const seat = this.#state.rotation.committee.seatOf(signer);
    const records = [...this.#records.values()];
    return records.flatMap((each) => [each.prepares.of(seat), each.commits.of(seat)].filter((vote) => vote !== null));
  }

  /** Says again what this node last said at this height: messages get lost. */
  #retransmit(context: Context): void {
    const doublings = Math.min(++this.#retransmissions, RETRANSMIT_DOUBLINGS);
    context.setTimer(Timer.retransmit, (this.timeoutUs(0) / 2) * (1 << doublings));
    const { seat } = this;
    const record = this.#current;
    if (record.lead !== null) this.broadcast(context, record.lead);
    if (this.mayVote) {
      const own = [record.viewChangeOf(seat), record.prepares.of(seat), record.commits.of(seat)];
      for (const message of own) if (message !== null) this.broadcast(context, message);
    }
    if (this.leads(this.view) && record.lead === null) this.#proposeWhenDue(context);
    this.#pollMember(context);
  }

  /** Tells one member, drawn at random, how far this node is; one that is ahead answers in kind. */
  #pollMember(context: Context): void {
    const audience = this.#membership?.audience ?? [];
    const peer = audience[context.entropy() % Math.max(1, audience.length)];
    if (peer !== undefined) this.node.inform(context, peer);
  }
}
