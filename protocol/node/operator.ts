import type { ChainState } from "../consensus/chain-state.ts";
import type { PeerId } from "../core/ids.ts";
import { CLIENT, type Context, type Machine, type Message, PROTOCOL_VERSION, type Storage } from "../core/machine.ts";
import { Transactions } from "../gossip/messages.ts";
import type { RootUpdate } from "../subchain/transaction.ts";
import { ChainNode, type ChainNodeOptions } from "./chain-node.ts";
import { type FollowingNode, RootFollower, type RootFollowerOptions } from "./root-follower.ts";

/** Number of the follower's timer: the chain node's own are below. */
const ROOT_TIMER = 6;

/** What an operator is given at its birth. */
export interface OperatorOptions {
  /** Its node of the subchain; with an identity it sits in the subchain's committees. */
  readonly chain: ChainNodeOptions;
  readonly root: RootFollowerOptions;
}

/** A subchain's operator: a full node of its subchain that is also a light client of the rootchain (S4). */
export class Operator implements Machine, FollowingNode {
  readonly protocolVersion = PROTOCOL_VERSION;
  readonly #chain: ChainNode;
  readonly #root: RootFollower;

  constructor(options: OperatorOptions) {
    this.#chain = new ChainNode(options.chain);
    this.#root = new RootFollower(this, options.root, ROOT_TIMER);
  }

  /** The last final state of the subchain. */
  get state(): ChainState {
    return this.#chain.state;
  }

  submit(context: Context, update: RootUpdate): void {
    this.#chain.onMessage(context, CLIENT, new Transactions([update]));
  }

  start(context: Context, storage: Storage): void {
    this.#chain.start(context, storage);
    this.#root.start(context);
  }

  onTimer(context: Context, timer: number): void {
    if (timer === ROOT_TIMER) this.#root.onTimer(context);
    else this.#chain.onTimer(context, timer);
  }

  onMessage(context: Context, from: PeerId, message: Message): void {
    if (!this.#root.onMessage(context, from, message)) this.#chain.onMessage(context, from, message);
  }
}
