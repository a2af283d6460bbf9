import type { ChainState } from "../consensus/chain-state.ts";
import type { PeerId } from "../core/ids.ts";
import { CLIENT, type Context, type Machine, type Message, PROTOCOL_VERSION, type Storage } from "../core/machine.ts";
import { Transactions } from "../gossip/messages.ts";
import type { RootUpdate } from "../subchain/transaction.ts";
import { ChainNode, type ChainNodeOptions } from "./chain-node.ts";
import { RegistrationWatch, type RegistrationWatchOptions } from "./registration-watch.ts";
import { type FollowingNode, RootFollower, type RootFollowerOptions } from "./root-follower.ts";

/** Number of the timer of whatever follows the rootchain: the chain node's own are below. */
const ROOT_TIMER = 6;

/** What an operator is given at its birth. */
export interface OperatorOptions {
  /** Its node of the subchain; with an identity it sits in the subchain's committees. */
  readonly chain: ChainNodeOptions;
  readonly root: RootFollowerOptions;
  /** Given where the chain is yet to be registered: how often it looks for that, µs. */
  readonly registrationPollUs?: number;
}

/**
 * A subchain's operator: a full node of its subchain that is also a light client of the rootchain (S4). Of a chain that is yet
 * to be registered it is the light client alone.
 */
export class Operator implements Machine, FollowingNode {
  readonly protocolVersion = PROTOCOL_VERSION;
  readonly #chain: ChainNode;
  readonly #root: RootFollower;
  readonly #watch: RegistrationWatch | null;
  /** What the disk held at the start, for the chain node once it begins. */
  #storage: Storage | null = null;

  constructor({ chain, root, registrationPollUs }: OperatorOptions) {
    this.#chain = new ChainNode(chain);
    this.#root = new RootFollower(this, root, ROOT_TIMER);
    const watch = (pollIntervalUs: number): RegistrationWatchOptions => {
      return { genesis: chain.genesis, rootPeers: root.rootPeers, pollIntervalUs };
    };
    this.#watch =
      registrationPollUs === undefined ? null : new RegistrationWatch(watch(registrationPollUs), ROOT_TIMER);
  }

  /** The last final state of the subchain. */
  get state(): ChainState {
    return this.#chain.state;
  }

  submit(context: Context, update: RootUpdate): void {
    this.#chain.onMessage(context, CLIENT, new Transactions([update]));
  }

  start(context: Context, storage: Storage): void {
    this.#storage = storage;
    this.#watch?.start(context, storage);
    this.#begin(context);
  }

  /** Begins with the chain, unless that is yet to be registered. */
  #begin(context: Context): void {
    const storage = this.#storage;
    if (storage === null || this.#watch?.isOver === false) return;
    this.#storage = null;
    this.#chain.start(context, storage);
    this.#root.start(context);
  }

  get #isWaiting(): boolean {
    return this.#storage !== null;
  }

  onTimer(context: Context, timer: number): void {
    if (timer !== ROOT_TIMER) this.#chain.onTimer(context, timer);
    else if (this.#isWaiting) this.#watch?.onTimer(context);
    else this.#root.onTimer(context);
  }

  onMessage(context: Context, from: PeerId, message: Message): void {
    if (this.#isWaiting) {
      this.#watch?.onMessage(context, from, message);
      this.#begin(context);
    } else if (!this.#root.onMessage(context, from, message)) this.#chain.onMessage(context, from, message);
  }
}
