import type { DelegateId, PeerId } from "../core/ids.ts";
import type { Context, Message } from "../core/machine.ts";
import type { KeyPair } from "../crypto/signed-object.ts";
import type { Block } from "../ledger/block.ts";
import type { Certificate } from "./certificate.ts";
import type { BlockPlan, ChainState, Judgement } from "./chain-state.ts";
import type { Evidence } from "./evidence.ts";

/** Who a delegate's node signs as. */
export interface Identity {
  readonly id: DelegateId;
  readonly signing: KeyPair;
  readonly vrf: KeyPair;
}

/** Numbers of the timers of a chain node. */
export const Timer = { propose: 0, view: 1, retransmit: 2, early: 3, gossip: 4, status: 5 } as const;

/** Keys of the durable records that keep a member from contradicting itself after a crash (C7). */
export const RecordKey = {
  proposal: "pbft/proposal",
  prepare: "pbft/prepare",
  commit: "pbft/commit",
  prepared: "pbft/prepared",
  viewChange: "pbft/view-change",
  newView: "pbft/new-view",
} as const;

/** What consensus needs of the node around it. */
export interface PbftNode {
  readonly identity: Identity;
  /** The chain's last final state. */
  readonly state: ChainState;
  peerOf(id: DelegateId): PeerId;
  /** Judges a block that follows `state`; the node is charged, the work is shared. */
  judge(context: Context, block: Block): Judgement;
  build(context: Context, plan: BlockPlan): { block: Block; after: ChainState };
  /** Makes a message durable under a key, before anything sent later. */
  save(context: Context, key: string, message: Message): void;
  /** Appends a final block; begins the next height. */
  finalize(context: Context, final: { block: Block; certificate: Certificate; after: ChainState }): void;
  /** Takes note of proven misbehaviour. */
  accuse(context: Context, evidence: Evidence): void;
  /** Asks a peer that is ahead for final blocks. */
  catchUp(context: Context, from: PeerId): void;
  /** Tells a peer how far the chain is. */
  inform(context: Context, peer: PeerId): void;
}

/** Counts input that the protocol refuses, by reason. */
export function reject(context: Context, reason: string): void {
  context.observe({ kind: "rejected", reason });
}
