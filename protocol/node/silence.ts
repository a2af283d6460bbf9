import type { PbftNode } from "../consensus/pbft-node.ts";
import { Reader, Writer } from "../core/codec.ts";
import type { Context, Storage } from "../core/machine.ts";
import type { Block } from "../ledger/block.ts";
import { Rejoin } from "../ledger/transaction.ts";

const KEY = "node/silence";
const NEVER_LOST = 0;
const AWAITING_REJOIN = 1;
const AWAITING_EPOCH = 2;

/** The record that a delegate's disk is provisioned with before its first start: nothing was ever lost. */
export const PROVISIONED: Storage = new Map([[KEY, encode(NEVER_LOST, 0)]]);

function encode(mode: number, epoch: number): Uint8Array {
  return new Writer().u8(mode).u32(epoch).finish();
}

/**
 * A delegate that lost its disk may have signed anything before (C7). It stays silent until its rejoin is final and the second
 * epoch after that has begun: by then nothing that it may have signed can still count.
 */
export class Silence {
  readonly #node: PbftNode;
  #mode = AWAITING_REJOIN;
  #eligibleEpoch = 0;
  #rejoin: Rejoin | null = null;

  constructor(node: PbftNode) {
    this.#node = node;
  }

  /** Reads the record; storage without one was lost. */
  start(context: Context, storage: Storage): void {
    const reader = new Reader(storage.get(KEY) ?? encode(AWAITING_REJOIN, 0));
    this.#mode = reader.u8();
    this.#eligibleEpoch = reader.u32();
    if (!storage.has(KEY)) this.#save(context);
  }

  #save(context: Context): void {
    context.persist(KEY, encode(this.#mode, this.#eligibleEpoch));
  }

  /** Whether the node must not sign at the next height. */
  get active(): boolean {
    if (this.#mode === NEVER_LOST) return false;
    return this.#mode === AWAITING_REJOIN || this.#node.state.rotation.epoch < this.#eligibleEpoch;
  }

  /** The first epoch whose end the node may sign: it may have signed those before its loss. */
  get firstEpoch(): number {
    if (this.#mode === NEVER_LOST) return 0;
    return this.#mode === AWAITING_REJOIN ? Number.POSITIVE_INFINITY : this.#eligibleEpoch;
  }

  /** The rejoin to submit now, with the nonce that the chain asks for; null when none is needed. */
  nextRejoin(context: Context): Rejoin | null {
    const { identity, state } = this.#node;
    const standing = state.rotation.standings[identity.id];
    if (this.#mode !== AWAITING_REJOIN || standing === undefined || standing.slashed) return null;
    if (this.#rejoin?.nonce === standing.rejoins + 1) return null;
    const { chainId } = state.rotation.parameters;
    const fields = { chainId, delegate: identity.id, nonce: standing.rejoins + 1, salt: context.entropy() };
    this.#rejoin = new Rejoin(fields);
    context.crypto.sign(this.#rejoin, identity.signing);
    return this.#rejoin;
  }

  /** Looks for the own rejoin in a final block. */
  onBlock(context: Context, block: Block): void {
    const own = this.#rejoin?.id;
    if (this.#mode !== AWAITING_REJOIN || own === undefined) return;
    if (!block.transactions.some((each) => each.kind === "rejoin" && each.id === own)) return;
    this.#mode = AWAITING_EPOCH;
    this.#eligibleEpoch = this.#node.state.rotation.standings[this.#node.identity.id]?.eligibleEpoch ?? 0;
    this.#save(context);
  }
}
