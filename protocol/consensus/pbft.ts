import { assert } from "../core/assert.ts";
import { type Hash, type PeerId, ZERO_HASH } from "../core/ids.ts";
import { CLOCK_LOOK_US } from "../core/limits.ts";
import type { Context } from "../core/machine.ts";
import type { Block } from "../ledger/block.ts";
import { type Certificate, certificateOf } from "./certificate.ts";
import { votesConflict } from "./evidence.ts";
import { Instance } from "./instance.ts";
import { CertifiedBlock, Proposal } from "./messages.ts";
import { type PbftNode, RecordKey, reject, Timer } from "./pbft-node.ts";
import { EMPTY_RECORDS, type SafetyRecords } from "./safety-records.ts";
import type { NewView, ViewChange } from "./view-change.ts";
import { type Proposals, ViewChanger } from "./view-changer.ts";
import type { Accepted, ViewRecord } from "./view-record.ts";
import { Phase, type Vote } from "./vote.ts";

/** Said again at growing intervals, up to twice the time-out of view 0: a healed network must not wait for long. */
const RETRANSMIT_DOUBLINGS = 2;

/**
 * PBFT for one height after the other (C4; Castro and Liskov 1999): pre-prepare, prepare, commit, with view changes in
 * ViewChanger. Safe under full asynchrony; live once messages arrive in time.
 */
export class Pbft implements Proposals {
  readonly #node: PbftNode;
  readonly #instance: Instance;
  readonly #changer: ViewChanger;
  #early: Proposal | NewView | null = null;
  #retransmissions = 0;
  #settled = false;

  constructor(node: PbftNode) {
    this.#node = node;
    this.#instance = new Instance(node);
    this.#changer = new ViewChanger(this.#instance, this);
  }

  /** Whether this node has a seat at the current height. */
  get active(): boolean {
    return this.#instance.active;
  }

  /** @returns a block of this height that this node holds, final or not */
  blockOf(hash: Hash): Block | null {
    return this.#instance.blockOf(hash);
  }

  /**
   * Begins the height after the node's last final block.
   *
   * @param silent the node must not sign (C7)
   * @param records what storage holds of this height after a restart
   */
  enter(context: Context, silent: boolean, records: SafetyRecords = EMPTY_RECORDS): void {
    this.#instance.enter(context, silent);
    this.#early = null;
    this.#retransmissions = 0;
    this.#settled = false;
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
    const waitUs = Math.max(0, this.#instance.dueUs - context.nowUs);
    context.setTimer(Timer.view, waitUs + this.#instance.timeoutUs(this.#instance.view));
    this.#scheduleRetransmission(context, waitUs);
    if (this.#instance.leads(0)) this.#proposeWhenDue(context);
    else context.cancelTimer(Timer.propose);
  }

  /** Takes up a height again after a crash, bound by every statement that was durable before it. */
  #resume(context: Context, records: SafetyRecords): void {
    this.#instance.prepared = records.prepared;
    // Views only grow, so the records are taken up in their order, however far apart they are.
    for (const vote of [...records.votes].sort((a, b) => a.view - b.view)) {
      const record = vote.view > this.#instance.view ? this.#instance.moveTo(vote.view) : this.#instance.current;
      (vote.phase === Phase.prepare ? record.prepares : record.commits).add(this.#instance.seat, vote);
    }
    if (records.viewChange !== null) this.#changer.restore(records.viewChange);
    for (const lead of [records.proposal, records.newView]) {
      const record = lead === null ? null : this.#instance.recordOf(lead.vote.view);
      if (record !== null) record.lead = lead;
    }
    this.#begin(context);
    if (records.proposal !== null) this.onProposal(context, records.proposal);
    if (records.newView !== null) this.#changer.onNewView(context, records.newView);
  }

  onTimer(context: Context, timer: number): void {
    if (!this.active) return;
    if (timer === Timer.propose) this.#proposeWhenDue(context, CLOCK_LOOK_US);
    else if (timer === Timer.view) this.#changer.onTimeout(context);
    else if (timer === Timer.retransmit) this.#retransmit(context);
    else if (timer === Timer.early) this.#reconsider(context);
  }

  /**
   * Leads the current view as soon as this node's own clock says that a block is due: no bursts after a halt.
   *
   * @param leastUs until it looks at the clock again
   */
  #proposeWhenDue(context: Context, leastUs = 0): void {
    const waitUs = this.#instance.dueUs - context.nowUs;
    if (waitUs > 0) context.setTimer(Timer.propose, Math.max(waitUs, leastUs));
    else if (this.#instance.view > 0) this.#changer.lead(context);
    else if (this.#instance.current.lead === null) this.#propose(context);
  }

  #propose(context: Context): void {
    const block = this.#instance.build(context);
    const vote = this.#instance.sign(context, Phase.propose, block.hash, ZERO_HASH);
    const proposal = new Proposal(vote, block);
    this.#node.save(context, RecordKey.proposal, proposal);
    this.#instance.current.lead = proposal;
    this.#instance.broadcast(context, proposal);
    this.onProposal(context, proposal);
  }

  onProposal(context: Context, proposal: Proposal): void {
    const { vote, block } = proposal;
    if (vote.view !== 0 || vote.newViewHash !== ZERO_HASH || block.header.originalView !== 0) {
      return reject(context, "proposal outside view 0");
    }
    if (!this.checkLead(context, vote, block)) return;
    const { accepted } = this.#instance.recordOf(0) ?? { accepted: null };
    if (accepted !== null) this.compare(context, accepted.vote, vote);
    else if (this.#instance.view === 0) this.consider(context, proposal);
  }

  /** @returns whether a propose vote is the leader's own and names the block beside it */
  checkLead(context: Context, vote: Vote, block: Block): boolean {
    const { rotation } = this.#instance.state;
    const sound =
      vote.phase === Phase.propose && vote.blockHash === block.hash && vote.height === this.#instance.height;
    const leader = sound && vote.signer === rotation.proposer(vote.view) && this.#instance.ofThisChain(vote);
    if (leader && context.crypto.verify(vote, rotation.registry.of(vote.signer).publicKey)) return true;
    reject(context, "proposal not by the leader");
    return false;
  }

  /**
   * Accepts a proposal whose leader and form are checked, unless its block is refused or ahead of this clock.
   *
   * @param leastUs until it looks at the clock again
   */
  consider(context: Context, lead: Proposal | NewView, fresh = true, leastUs = 0): void {
    const aheadUs = lead.block.header.timeUs - this.#instance.state.rotation.parameters.maxDriftUs - context.nowUs;
    // Beyond the view's end it would come too late, and a liar's clock must not reach into this one's timers.
    const endUs = Math.max(0, this.#instance.dueUs - context.nowUs) + this.#instance.timeoutUs(this.#instance.view);
    if (fresh && aheadUs > endUs) return reject(context, "proposal far ahead of this clock");
    if (fresh && aheadUs > 0) {
      this.#early = lead;
      context.setTimer(Timer.early, Math.max(aheadUs, leastUs));
      return;
    }
    const { after, refusal } = this.#node.judge(context, lead.block);
    if (after === null) return reject(context, refusal);
    const newView = lead instanceof Proposal ? null : lead;
    this.#accept(context, { vote: lead.vote, block: lead.block, after, newView });
  }

  /** A proposal ahead of this clock is looked at again when the clock has caught up. */
  #reconsider(context: Context): void {
    const lead = this.#early;
    this.#early = null;
    if (lead !== null && lead.vote.view === this.#instance.view && this.#instance.current.accepted === null)
      this.consider(context, lead, true, CLOCK_LOOK_US);
  }

  #accept(context: Context, accepted: Accepted): void {
    const record = this.#instance.current;
    assert(record.accepted === null && accepted.vote.view === record.view, "a view has one proposal");
    record.accepted = accepted;
    this.#changer.onAccepted(context, record);
    const { vote } = accepted;
    if (vote.view > 0) {
      this.#retransmissions = 0;
      this.#scheduleRetransmission(context, 0);
    }
    if (this.#instance.mayVote && record.prepares.of(this.#instance.seat) === null) {
      this.#cast(context, record, this.#instance.sign(context, Phase.prepare, vote.blockHash, vote.newViewHash));
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
    this.#node.save(context, prepare ? RecordKey.prepare : RecordKey.commit, vote);
    this.#instance.broadcast(context, vote);
    (prepare ? record.prepares : record.commits).add(this.#instance.seat, vote);
  }

  onVote(context: Context, from: PeerId, vote: Vote): void {
    const { committee } = this.#instance.state.rotation;
    const record = this.#instance.recordOf(vote.view);
    const seat = committee.seatOf(vote.signer);
    if (record === null || seat < 0 || !this.#instance.ofThisChain(vote)) return reject(context, "vote out of place");
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
    const { publicKey } = this.#instance.state.rotation.registry.of(second.signer);
    if (context.crypto.verify(second, publicKey)) this.#node.accuse(context, { kind: "double-vote", first, second });
  }

  #tryCommit(context: Context, record: ViewRecord): void {
    const { accepted } = record;
    const { committee } = this.#instance.state.rotation;
    if (accepted === null || record !== this.#instance.current) return;
    if (!this.#instance.mayVote || record.commits.of(this.#instance.seat) !== null) return;
    const { blockHash, newViewHash } = accepted.vote;
    if (record.prepares.count(blockHash, newViewHash) < committee.quorum) return;
    const certificate = certificateOf(record.prepares.matching(blockHash, newViewHash, committee.seatsById));
    this.#instance.prepared = new CertifiedBlock(accepted.block, certificate);
    this.#node.save(context, RecordKey.prepared, this.#instance.prepared);
    context.observe({ kind: "prepared", height: this.#instance.height, view: record.view, blockHash });
    this.#cast(context, record, this.#instance.sign(context, Phase.commit, blockHash, ZERO_HASH));
  }

  #onCommitQuorum(context: Context, from: PeerId, record: ViewRecord, blockHash: Hash): void {
    if (!this.#tryFinalize(context, record, blockHash)) this.#node.catchUp(context, from);
  }

  /** @returns whether the height is settled */
  #tryFinalize(context: Context, record: ViewRecord, blockHash: Hash): boolean {
    if (this.#settled) return true;
    const { quorum, seatsById } = this.#instance.state.rotation.committee;
    const { accepted } = record;
    if (accepted === null || accepted.block.hash !== blockHash) return false;
    if (record.commits.count(blockHash, ZERO_HASH) < quorum) return false;
    this.#settled = true;
    const certificate: Certificate = certificateOf(record.commits.matching(blockHash, ZERO_HASH, seatsById));
    this.#node.finalize(context, { block: accepted.block, certificate, after: accepted.after });
    return true;
  }

  onViewChange(context: Context, viewChange: ViewChange): void {
    if (this.#instance.ofThisChain(viewChange)) this.#changer.onViewChange(context, viewChange);
    else reject(context, "view change of another chain");
  }

  onNewView(context: Context, newView: NewView): void {
    this.#changer.onNewView(context, newView);
  }

  onBlockBody(context: Context, block: Block): void {
    this.#changer.onBlockBody(context, block);
  }

  #scheduleRetransmission(context: Context, waitUs: number): void {
    const doublings = Math.min(this.#retransmissions, RETRANSMIT_DOUBLINGS);
    context.setTimer(Timer.retransmit, waitUs + (this.#instance.timeoutUs(0) / 2) * (1 << doublings));
  }

  /** Says again what this node last said at this height: messages get lost. */
  #retransmit(context: Context): void {
    this.#retransmissions++;
    this.#scheduleRetransmission(context, 0);
    const { seat } = this.#instance;
    const record = this.#instance.current;
    if (record.lead !== null) this.#instance.broadcast(context, record.lead);
    if (this.#instance.mayVote) {
      const own = [record.viewChangeOf(seat), record.prepares.of(seat), record.commits.of(seat)];
      for (const message of own) if (message !== null) this.#instance.broadcast(context, message);
    }
    if (this.#instance.leads(this.#instance.view) && record.lead === null) this.#proposeWhenDue(context);
    this.#pollMember(context);
  }

  /** Tells one member, drawn at random, how far this node is; one that is ahead answers in kind. */
  #pollMember(context: Context): void {
    const { audience } = this.#instance;
    const peer = audience[context.entropy() % Math.max(1, audience.length)];
    if (peer !== undefined) this.#node.inform(context, peer);
  }
}
