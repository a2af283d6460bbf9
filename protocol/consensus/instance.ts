import { assert } from "../core/assert.ts";
import type { DelegateId, Hash, PeerId } from "../core/ids.ts";
import { VIEW_WINDOW } from "../core/limits.ts";
import type { Context, Message } from "../core/machine.ts";
import type { Block } from "../ledger/block.ts";
import type { ChainState } from "./chain-state.ts";
import { type Membership, membershipOf } from "./membership.ts";
import type { CertifiedBlock } from "./messages.ts";
import type { PbftNode } from "./pbft-node.ts";
import type { ViewChange } from "./view-change.ts";
import { ViewRecord } from "./view-record.ts";
import { NO_PROOF, Phase, Vote } from "./vote.ts";

const TIMEOUT_DOUBLINGS = 12;

/** One instance of PBFT: what a node knows and may say of the height that it works on. */
export class Instance {
  readonly node: PbftNode;
  /** The block with the highest prepared certificate that this node holds. */
  prepared: CertifiedBlock | null = null;
  #state: ChainState;
  /** Null before the first height. */
  #membership: Membership | null = null;
  #silent = false;
  #records = new Map<number, ViewRecord>();
  #current: ViewRecord;

  constructor(node: PbftNode) {
    this.node = node;
    this.#state = node.state;
    this.#current = new ViewRecord(0, 0);
  }

  /** Turns to the height after the node's last final block. @param silent the node must not sign (C7) */
  enter(context: Context, silent: boolean): void {
    this.#state = this.node.state;
    this.#silent = silent;
    if (this.#membership?.committee !== this.#state.rotation.committee) {
      this.#membership = membershipOf(context, this.node);
    }
    this.#records = new Map();
    this.#current = this.#open(0);
    this.prepared = null;
  }

  /** Addresses of the other members. */
  get audience(): readonly PeerId[] {
    return this.#membership?.audience ?? [];
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
    context.broadcast(this.audience, message);
  }

  /** Builds a fresh block for the current view; only once the block is due. */
  build(context: Context): Block {
    const plan = { originalView: this.view, timeUs: context.nowUs, proposer: this.node.identity.id };
    return this.node.build(context, plan).block;
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

  /** @returns whether a statement is about this chain */
  ofThisChain(statement: Vote | ViewChange): boolean {
    return statement.chainId === this.#state.rotation.parameters.chainId;
  }

  /** @returns a block of this height that this node holds, final or not */
  blockOf(hash: Hash): Block | null {
    if (this.prepared?.block.hash === hash) return this.prepared.block;
    for (const { accepted } of this.#records.values()) if (accepted?.block.hash === hash) return accepted.block;
    return null;
  }

  /** @returns every vote that a member cast at this height, as far as this node saw it */
  votesOf(signer: DelegateId): Vote[] {
    const seat = this.#state.rotation.committee.seatOf(signer);
    const records = [...this.#records.values()];
    return records.flatMap((each) => [each.prepares.of(seat), each.commits.of(seat)].filter((vote) => vote !== null));
  }
}
