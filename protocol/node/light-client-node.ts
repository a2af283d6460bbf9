import type { ChainState } from "../consensus/chain-state.ts";
import { culpritOf, type Evidence, encodeEvidence } from "../consensus/evidence.ts";
import { reject } from "../consensus/pbft-node.ts";
import { assert } from "../core/assert.ts";
import type { Hash, PeerId } from "../core/ids.ts";
import { type Context, type Machine, type Message, PROTOCOL_VERSION } from "../core/machine.ts";
import { Transactions } from "../gossip/messages.ts";
import { decodeTransaction, EvidenceReport } from "../ledger/transaction.ts";
import { type Anchor, genesisAnchor } from "../light/anchor.ts";
import { LightClient, type LightClientOptions, type TrustedState } from "../light/client.ts";
import { KEPT_CHECKPOINTS } from "../light/limits.ts";
import { CurrentCrypto } from "./current-crypto.ts";
import {
  Checkpoints,
  CheckpointsRequest,
  Found,
  type FoundTransaction,
  Headers,
  HeadersRequest,
  Lookup,
} from "./light-messages.ts";
import { MAX_ANSWERED_HEADERS, MAX_LOOKED_THROUGH, MAX_WATCHED } from "./limits.ts";

/** What a light client's node is given at its birth. */
export interface LightClientNodeOptions extends Omit<LightClientOptions, "crypto"> {
  /** Full nodes of the chain that it asks, one of them each time. */
  readonly peers: readonly PeerId[];
  /** How long it stays awake each time, µs. */
  readonly awakeUs: number;
  /** How long it sleeps in between, µs; zero: never. */
  readonly asleepUs: number;
  /** While awake it asks again after this long, µs. */
  readonly pollIntervalUs: number;
  /** Transactions whose inclusion it wants to see proven. */
  readonly watched?: readonly Hash[];
}

/** @returns what a client of a chain trusts that was told its genesis */
export function trustedGenesis(genesis: ChainState): TrustedState {
  const { epoch, delegateSet } = genesis.rotation;
  return { anchor: genesisAnchor(genesis), epoch, delegates: delegateSet };
}

const WAKE_TIMER = 0;
const POLL_TIMER = 1;

/** A transaction that waits for the way to its block. */
interface Awaited {
  readonly id: Hash;
  readonly found: FoundTransaction;
  readonly fromHeight: number;
}

/**
 * A light client that sleeps most of the time (L2): awake, it follows checkpoints as far as they lead, then headers, and looks
 * for the transactions that it watches. After a crash it begins again with what it was told to trust.
 */
export class LightClientNode implements Machine {
  readonly protocolVersion = PROTOCOL_VERSION;
  readonly #options: LightClientNodeOptions;
  readonly #crypto = new CurrentCrypto();
  readonly #client: LightClient;
  readonly #chainId: number;
  /** Watched transactions, and from which height on they are yet to be looked for. */
  readonly #watched: Map<Hash, number>;
  readonly #included = new Set<Hash>();
  /** Heights of the last accepted checkpoints, from which ways into the past start. */
  #checkpoints: readonly number[];
  #awaited: Awaited | null = null;
  #awake = false;

  constructor(options: LightClientNodeOptions) {
    const { watched = [], trusted } = options;
    assert(watched.length <= MAX_WATCHED, "a light client watches a bounded number of transactions");
    this.#options = options;
    this.#client = new LightClient({ ...options, crypto: this.#crypto });
    this.#chainId = trusted.anchor.chainId;
    this.#checkpoints = [trusted.anchor.height];
    this.#watched = new Map(watched.map((id) => [id, trusted.anchor.height + 1]));
  }

  /** The highest header that it trusts. */
  get anchor(): Anchor {
    return this.#client.anchor;
  }

  /** Watched transactions that were proven to be final. */
  get included(): ReadonlySet<Hash> {
    return this.#included;
  }

  start(context: Context): void {
    this.#crypto.current = context.crypto;
    this.#wake(context);
  }

  onTimer(context: Context, timer: number): void {
    this.#crypto.current = context.crypto;
    if (timer === POLL_TIMER) this.#poll(context);
    else if (this.#awake) this.#sleep(context);
    else this.#wake(context);
  }

  #wake(context: Context): void {
    this.#awake = true;
    // The last peer may have kept something quiet.
    const first = this.#options.trusted.anchor.height + 1;
    for (const [id, from] of this.#watched) this.#watched.set(id, Math.max(first, from - MAX_LOOKED_THROUGH));
    context.setTimer(WAKE_TIMER, this.#options.awakeUs);
    this.#poll(context);
  }

  #sleep(context: Context): void {
    const { asleepUs, awakeUs } = this.#options;
    if (asleepUs === 0) return context.setTimer(WAKE_TIMER, awakeUs);
    this.#awake = false;
    context.setTimer(WAKE_TIMER, asleepUs);
    context.cancelTimer(POLL_TIMER);
  }

  #poll(context: Context): void {
    context.setTimer(POLL_TIMER, this.#options.pollIntervalUs);
    this.#awaited = null;
    // The last epoch's too: whoever tells another story of it gives itself away.
    const fromEpoch = Math.max(0, this.#client.epoch - 1);
    this.#ask(context, new CheckpointsRequest(this.#chainId, fromEpoch));
  }

  #ask(context: Context, message: Message): void {
    const { peers } = this.#options;
    const peer = peers[context.entropy() % Math.max(1, peers.length)];
    if (peer !== undefined) context.send(peer, message);
  }

  onMessage(context: Context, _from: PeerId, message: Message): void {
    if (!this.#awake) return;
    this.#crypto.current = context.crypto;
    if (message instanceof Checkpoints && message.chainId === this.#chainId) this.#onCheckpoints(context, message);
    else if (message instanceof Headers && message.chainId === this.#chainId) this.#onHeaders(context, message);
    else if (message instanceof Found && message.chainId === this.#chainId) this.#onFound(context, message);
  }

  #onCheckpoints(context: Context, { links }: Checkpoints): void {
    const before = this.#client.epoch;
    const { refusal, evidence } = this.#client.acceptCheckpoints(context.nowUs, links);
    if (refusal !== null) reject(context, refusal);
    for (const each of evidence) this.#report(context, each);
    const isAhead = this.#client.epoch > before;
    if (isAhead) {
      const reached = links.filter(({ certified }) => certified.checkpoint.epoch < this.#client.epoch);
      const heights = [...this.#checkpoints, ...reached.map(({ certified }) => certified.checkpoint.height)];
      this.#checkpoints = [...new Set(heights)].slice(-KEPT_CHECKPOINTS);
      this.#tell(context);
      return this.#ask(context, new CheckpointsRequest(this.#chainId, this.#client.epoch));
    }
    this.#ask(context, new HeadersRequest(this.#chainId, this.#client.anchor.height, 0));
  }

  /** Two checkpoints of one epoch cost their signers the bond: told to every full node that it knows. */
  #report(context: Context, evidence: Evidence): void {
    const culprit = culpritOf(evidence);
    context.observe({ kind: "evidence", culprit, evidence });
    const report = new EvidenceReport(culprit, encodeEvidence(evidence));
    context.broadcast(this.#options.peers, new Transactions([report]));
  }

  #onHeaders(context: Context, headers: Headers): void {
    if (this.#awaited !== null && headers.fromHeight === this.#awaited.fromHeight) {
      this.#settle(context, this.#awaited, headers);
    }
    if (headers.fromHeight !== this.#client.anchor.height) return;
    const { chain } = headers;
    if (chain.length > 0) {
      const { refusal } = this.#client.acceptHeaders(context.nowUs, chain);
      if (refusal !== null) return reject(context, refusal);
      this.#tell(context);
    }
    if (chain.length < MAX_ANSWERED_HEADERS) this.#lookUp(context);
    else this.#ask(context, new HeadersRequest(this.#chainId, this.#client.anchor.height, 0));
  }

  #tell(context: Context): void {
    const { height, blockHash } = this.#client.anchor;
    context.observe({ kind: "followed", chainId: this.#chainId, height, blockHash, ...this.#client.costs });
  }

  /** Looks for the next watched transaction in the part of the chain that is followed. */
  #lookUp(context: Context): void {
    for (const [id, fromHeight] of this.#watched) {
      if (fromHeight > this.#client.anchor.height) continue;
      return this.#ask(context, new Lookup(this.#chainId, fromHeight, { kind: "transaction", id }));
    }
  }

  #onFound(context: Context, { fromHeight, throughHeight, transactions }: Found): void {
    const found = transactions[0];
    const id = found === undefined ? undefined : decodeTransaction(found.encoded)?.id;
    if (found !== undefined && id !== undefined && this.#watched.has(id)) return this.#prove(context, id, found);
    for (const [each, from] of this.#watched) {
      const isNext = from === fromHeight && throughHeight >= from;
      if (isNext) this.#watched.set(each, Math.min(throughHeight, this.#client.anchor.height) + 1);
    }
    this.#lookUp(context);
  }

  #prove(context: Context, id: Hash, found: FoundTransaction): void {
    const fromHeight = this.#checkpoints.findLast((height) => height < found.height);
    if (fromHeight === undefined) return;
    this.#awaited = { id, found, fromHeight };
    this.#ask(context, new HeadersRequest(this.#chainId, fromHeight, found.height));
  }

  #settle(context: Context, { id, found }: Awaited, { chain }: Headers): void {
    if (chain.at(-1)?.header.height !== found.height) return;
    this.#awaited = null;
    if (!this.#client.holdsTransaction(context.nowUs, chain, found)) {
      return reject(context, "transaction that is not in the block");
    }
    this.#watched.delete(id);
    this.#included.add(id);
    this.#lookUp(context);
  }
}
