import { type Hash, ZERO_HASH } from "../core/ids.ts";
import type { Context } from "../core/machine.ts";
import type { Block } from "../ledger/block.ts";
import { forgetsCommit, viewChangesConflict } from "./evidence.ts";
import type { Instance } from "./instance.ts";
import { BlockRequest } from "./messages.ts";
import { RecordKey, reject, Timer } from "./pbft-node.ts";
import { forcedBy, NewView, NOT_PREPARED, newViewHash, ViewChange, verifyViewChange } from "./view-change.ts";
import type { ViewRecord } from "./view-record.ts";
import { Phase, type Vote } from "./vote.ts";

/** What becomes of the leaders' proposals, in new views as in view 0. */
export interface Proposals {
  /** @returns whether a propose vote is the leader's own and names the block beside it */
  checkLead(context: Context, vote: Vote, block: Block): boolean;
  /** Turns two different statements on one matter into evidence. */
  compare(context: Context, first: Vote, second: Vote): void;
  /** Judges and accepts a proposal of the current view. @param fresh whether its block was never proposed before */
  consider(context: Context, lead: NewView, fresh: boolean): void;
}

/**
 * PBFT's view change (Castro and Liskov 1999, section 4.4). A member whose time-out ends gives its view up in a signed
 * statement; f + 1 such statements make others join, a quorum lets the next leader begin, bound to what was prepared.
 */
export class ViewChanger {
  readonly #instance: Instance;
  readonly #proposals: Proposals;
  /** For each seat, the highest view that it said it moved to. */
  #reached: Float64Array = new Float64Array(0);
  /** The view whose time-out was begun by a quorum that wants it. */
  #timedView = 0;
  /** The view whose time-out was begun, again, by its new view. */
  #begunView = 0;
  #asked = 0;

  constructor(instance: Instance, proposals: Proposals) {
    this.#instance = instance;
    this.#proposals = proposals;
  }

  /** Forgets the last height. */
  enter(): void {
    const seats = this.#instance.state.rotation.committee.members.length;
    if (this.#reached.length === seats) this.#reached.fill(0);
    else this.#reached = new Float64Array(seats);
    this.#timedView = 0;
    this.#begunView = 0;
    this.#asked = 0;
  }

  /** Takes up the last statement that was durable before a crash. */
  restore(viewChange: ViewChange): void {
    const { view } = viewChange;
    if (view > this.#instance.view) this.#instance.moveTo(view);
    this.#instance.recordOf(view)?.addViewChange(this.#instance.seat, viewChange);
    this.#reached[this.#instance.seat] = view;
  }

  onTimeout(context: Context): void {
    if (this.#instance.mayVote) this.#giveUp(context, this.#instance.view + 1);
  }

  /** Leaves the current view for a higher one, for good. */
  #giveUp(context: Context, view: number): void {
    const instance = this.#instance;
    const record = instance.moveTo(view);
    context.cancelTimer(Timer.propose);
    context.cancelTimer(Timer.view);
    context.observe({ kind: "view", height: instance.height, view });
    if (record.viewChangeOf(instance.seat) !== null) return;
    const viewChange = this.#statement(context, view);
    instance.node.save(context, RecordKey.viewChange, viewChange);
    instance.broadcast(context, viewChange);
    this.#count(context, record, viewChange);
  }

  #statement(context: Context, view: number): ViewChange {
    const { prepared, height, node, proof } = this.#instance;
    const fields = {
      chainId: this.#instance.state.rotation.parameters.chainId,
      height,
      view,
      preparedView: prepared?.certificate.view ?? NOT_PREPARED,
      preparedHash: prepared?.block.hash ?? ZERO_HASH,
      signer: node.identity.id,
      membership: proof,
    };
    const viewChange = new ViewChange(fields, prepared?.certificate ?? null);
    context.crypto.sign(viewChange, node.identity.signing);
    return viewChange;
  }

  onViewChange(context: Context, viewChange: ViewChange): void {
    const { registry, committee } = this.#instance.state.rotation;
    const seat = committee.seatOf(viewChange.signer);
    const { view } = viewChange;
    const record = this.#instance.recordOf(view);
    const past = record === null && view < this.#instance.view;
    if (seat < 0 || view === 0 || past) return reject(context, "view change out of place");
    const counted = record?.viewChangeOf(seat) ?? null;
    if (counted !== null) return this.#compare(context, counted, viewChange);
    if (!verifyViewChange(context.crypto, { registry, committee, viewChange })) {
      return reject(context, "view change without proof");
    }
    if (record !== null) return this.#count(context, record, viewChange);
    // Too far ahead to be kept, but not to be followed: a member that was cut off for long has to catch up.
    this.#reached[seat] = Math.max(this.#reached[seat] ?? 0, view);
    this.#join(context);
  }

  #compare(context: Context, first: ViewChange, second: ViewChange): void {
    if (first === second || !viewChangesConflict(first, second)) return;
    const { publicKey } = this.#instance.state.rotation.registry.of(second.signer);
    if (!context.crypto.verify(second, publicKey)) return;
    this.#instance.node.accuse(context, { kind: "double-view-change", first, second });
  }

  /** Counts a verified view change, and does what enough of them call for. */
  #count(context: Context, record: ViewRecord, viewChange: ViewChange): void {
    const instance = this.#instance;
    const seat = instance.state.rotation.committee.seatOf(viewChange.signer);
    record.addViewChange(seat, viewChange);
    this.#reached[seat] = Math.max(this.#reached[seat] ?? 0, viewChange.view);
    for (const vote of instance.votesOf(viewChange.signer)) this.#checkMemory(context, vote, viewChange);
    this.#join(context);
    if (!instance.mayVote) this.#followQuorum(context, record);
    this.#timeView(context);
    if (record === instance.current) this.lead(context);
  }

  #checkMemory(context: Context, vote: Vote, viewChange: ViewChange): void {
    if (forgetsCommit(vote, viewChange)) {
      this.#instance.node.accuse(context, { kind: "forgotten-commit", commit: vote, viewChange });
    }
  }

  /** A vote may expose its signer: a commit that it denied before, a prepare that its new view does not allow. */
  onVote(context: Context, vote: Vote): void {
    if (this.#instance.view === 0) return;
    const { committee } = this.#instance.state.rotation;
    const seat = committee.seatOf(vote.signer);
    const denied = this.#instance.recordOf(this.#reached[seat] ?? 0)?.viewChangeOf(seat);
    if (denied != null) this.#checkMemory(context, vote, denied);
    const newView = this.#instance.recordOf(vote.view)?.accepted?.newView;
    if (newView != null && vote.phase === Phase.prepare) this.#checkPrepare(context, vote, newView);
  }

  /** The prepares that came before the new view that they refer to are checked once it is accepted. */
  onAccepted(context: Context, record: ViewRecord): void {
    const newView = record.accepted?.newView;
    if (newView != null) for (const vote of record.prepares.all()) this.#checkPrepare(context, vote, newView);
  }

  #checkPrepare(context: Context, vote: Vote, newView: NewView): void {
    const { viewChanges, block } = newView;
    if (vote.newViewHash === newView.vote.newViewHash && vote.blockHash !== block.hash) {
      const evidence = { kind: "unjustified-prepare", prepare: vote, viewChanges, blockHash: block.hash } as const;
      this.#instance.node.accuse(context, evidence);
    }
  }

  /** @returns how many members said that they are at this view or beyond it */
  #countReached(view: number): number {
    let count = 0;
    for (const reached of this.#reached) if (reached >= view) count++;
    return count;
  }

  /** Joins the highest view that f + 1 members are at: one of them is honest. */
  #join(context: Context): void {
    const instance = this.#instance;
    const needed = instance.state.rotation.committee.faultBudget + 1;
    if (!instance.mayVote || this.#countReached(instance.view + 1) < needed) return;
    const views = [...this.#reached].sort((a, b) => b - a);
    this.#giveUp(context, views[needed - 1] ?? instance.view);
  }

  /** The time-out of a view begins once a quorum wants it, so that no member runs ahead alone. */
  #timeView(context: Context): void {
    const { view, state } = this.#instance;
    if (this.#timedView >= view || this.#countReached(view) < state.rotation.committee.quorum) return;
    this.#timedView = view;
    context.setTimer(Timer.view, this.#instance.timeoutUs(view));
  }

  /** Begins the current view if this node leads it and a quorum of view changes is there. */
  lead(context: Context): void {
    const instance = this.#instance;
    const record = instance.current;
    if (record.view === 0 || record.lead !== null || !instance.leads(record.view)) return;
    if (record.viewChangeCount < instance.state.rotation.committee.quorum) return;
    const viewChanges = record.viewChanges();
    const forced = forcedBy(viewChanges);
    if (forced === null && context.nowUs < instance.dueUs)
      return context.setTimer(Timer.propose, instance.dueUs - context.nowUs);
    const block = forced === null ? instance.build(context) : instance.blockOf(forced.preparedHash);
    if (block === null) this.#askForBody(context, viewChanges, forced?.preparedHash ?? ZERO_HASH);
    else this.#begin(context, viewChanges, block);
  }

  /** Asks those who claim to hold the forced block, one after the other. */
  #askForBody(context: Context, viewChanges: readonly ViewChange[], hash: Hash): void {
    const holders = viewChanges.filter((each) => each.preparedHash === hash);
    const holder = holders[this.#asked++ % holders.length];
    if (holder === undefined) return;
    context.send(this.#instance.node.peerOf(holder.signer), new BlockRequest(this.#instance.height, hash));
  }

  onBlockBody(context: Context, block: Block): void {
    const { current } = this.#instance;
    const forced = current.view > 0 ? forcedBy(current.viewChanges()) : null;
    if (forced?.preparedHash !== block.hash || current.lead !== null) return;
    if (current.viewChangeCount < this.#instance.state.rotation.committee.quorum) return;
    if (!this.#instance.leads(current.view)) return;
    // The hash names the header alone: whoever answers may have put another body under it.
    const { after, refusal } = this.#instance.node.judge(context, block);
    if (after === null) return reject(context, refusal);
    this.#begin(context, current.viewChanges(), block);
  }

  #begin(context: Context, viewChanges: readonly ViewChange[], block: Block): void {
    const instance = this.#instance;
    const vote = instance.sign(context, Phase.propose, block.hash, newViewHash(viewChanges, block.hash));
    const newView = new NewView(viewChanges, vote, block);
    instance.node.save(context, RecordKey.newView, newView);
    instance.current.lead = newView;
    instance.broadcast(context, newView);
    this.onNewView(context, newView);
  }

  onNewView(context: Context, newView: NewView): void {
    const instance = this.#instance;
    const { vote, block } = newView;
    if (vote.view === 0 || vote.view < instance.view) return;
    if (!this.#proposals.checkLead(context, vote, block)) return;
    const accepted = instance.recordOf(vote.view)?.accepted ?? null;
    if (accepted !== null) return this.#proposals.compare(context, accepted.vote, vote);
    if (!this.#justified(context, newView)) return reject(context, "new view without proof");
    if (vote.view > instance.view) this.#follow(context, vote.view);
    this.#timeOnce(context, vote.view);
    this.#proposals.consider(context, newView, forcedBy(newView.viewChanges) === null);
  }

  /** A new view starts its view's time-out afresh, once: a leader that repeats itself cannot hold its view for ever. */
  #timeOnce(context: Context, view: number): void {
    if (this.#begunView >= view) return;
    this.#begunView = view;
    this.#timedView = view;
    context.setTimer(Timer.view, this.#instance.timeoutUs(view));
  }

  /** Moves to a view that a quorum moved to, without a statement of its own. */
  #follow(context: Context, view: number): void {
    context.cancelTimer(Timer.propose);
    this.#instance.moveTo(view);
    context.observe({ kind: "view", height: this.#instance.height, view });
  }

  /** A node that may not vote (threshold mode: one that was not selected) still takes its turn to lead. */
  #followQuorum(context: Context, record: ViewRecord): void {
    const { view, state } = this.#instance;
    if (record.view > view && record.viewChangeCount >= state.rotation.committee.quorum)
      this.#follow(context, record.view);
  }

  #justified(context: Context, newView: NewView): boolean {
    const { registry, committee } = this.#instance.state.rotation;
    const { viewChanges, vote, block } = newView;
    if (viewChanges.length < committee.quorum) return false;
    if (vote.newViewHash !== newViewHash(viewChanges, block.hash)) return false;
    const forced = forcedBy(viewChanges);
    if (forced === null ? block.header.originalView !== vote.view : forced.preparedHash !== block.hash) return false;
    return viewChanges.every((viewChange) => {
      const here =
        viewChange.height === vote.height && viewChange.view === vote.view && viewChange.chainId === vote.chainId;
      return here && verifyViewChange(context.crypto, { registry, committee, viewChange });
    });
  }
}
