import type { ChainState } from "../consensus/chain-state.ts";
import { culpritOf, type Evidence, encodeEvidence } from "../consensus/evidence.ts";
import { reject } from "../consensus/pbft-node.ts";
import { assert } from "../core/assert.ts";
import type { Hash, PeerId } from "../core/ids.ts";
import { type Context, type Machine, type Message, PROTOCOL_VERSION, type Storage } from "../core/machine.ts";
import type { KeyPair } from "../crypto/signed-object.ts";
import { Transactions } from "../gossip/messages.ts";
import { decodeTransaction, EvidenceReport } from "../ledger/transaction.ts";
import { type Anchor, genesisAnchor } from "../light/anchor.ts";
import { LightClient, type LightClientOptions, type TrustedState } from "../light/client.ts";
import { type ClientRecord, decodeClientRecord, encodeClientRecord } from "../light/client-record.ts";
import { KEPT_CHECKPOINTS } from "../light/limits.ts";
import { CurrentCrypto } from "./current-crypto.ts";
import {
  Checkpoints,
  CheckpointsRequest,
  Delegates,
  DelegatesRequest,
  Found,
  type FoundTransaction,
  Headers,
  HeadersRequest,
  type LightRequest,
  Lookup,
} from "./light-messages.ts";
import { MAX_ANSWERED_HEADERS, MAX_LOOKED_THROUGH, MAX_WATCHED } from "./limits.ts";
import { RequestSigner, sendRequest } from "./read-request.ts";

/** What a light client's node is given at its birth. */
export interface LightClientNodeOptions extends Omit<LightClientOptions, "crypto" | "resumed"> {
  /** Full nodes of the chain that it asks, one of them each time. */
  readonly peers: readonly PeerId[];
  /** How long it stays awake each time, µs. */
  readonly awakeUs: number;
  /** How long it sleeps in between, µs; zero: never. */
  readonly asleepUs: number;
  /** While awake it asks again after this long, µs. */
  readonly pollIntervalUs: number;
  /**
   * How long an epoch lasts, µs: on a narrow link it asks at once for the checkpoint that must be the last but one by now, and skips
   * those before. Left out: it asks for all of them.
   */
  readonly epochUs?: number;
  /** In whose name a private chain is asked; left out for a public one. */
  readonly reader?: KeyPair;
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
/** Key of the durable record. */
const RECORD = "light-client";

/** A transaction that waits for the way to its block. */
interface Awaited {
  readonly id: Hash;
  readonly found: FoundTransaction;
  readonly fromHeight: number;
}

/**
 * A light client that sleeps most of the time (L2): awake, it follows checkpoints as far as they lead, then headers, and looks
 * for the transactions that it watches. Over a checkpoint that was never recorded it goes by headers and is shown the delegates of
 * the day. After a crash it goes on from where it was, or, with an empty disk, from what it was told to trust.
 */
export class LightClientNode implements Machine {
  readonly protocolVersion = PROTOCOL_VERSION;
  readonly #options: LightClientNodeOptions;
  readonly #crypto = new CurrentCrypto();
  readonly #signer: RequestSigner | null;
  #client: LightClient;
  readonly #chainId: number;
  /** Watched transactions, and from which height on they are yet to be looked for. */
  readonly #watched: Map<Hash, number>;
  readonly #included = new Set<Hash>();
  /** Heights of the last accepted checkpoints, from which ways into the past start. */
  #checkpoints: readonly number[];
  #awaited: Awaited | null = null;
  #awake = false;
  #isAtHead = false;
  /** The epoch that its durable record has come to. */
  #keptEpoch = 0;

  constructor(options: LightClientNodeOptions) {
    const { watched = [], trusted } = options;
    assert(watched.length <= MAX_WATCHED, "a light client watches a bounded number of transactions");
    this.#options = options;
    this.#signer = options.reader === undefined ? null : new RequestSigner(options.reader);
    this.#client = this.#clientFrom(null);
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

  /** Whether a peer has told it, since it woke, that nothing comes after its anchor. */
  get isAtHead(): boolean {
    return this.#isAtHead;
  }

  /** @returns whether a watched transaction is in no block up to the chain's head, as far as a peer tells */
  isAbsent(id: Hash): boolean {
    return this.#isAtHead && (this.#watched.get(id) ?? 0) > this.#client.anchor.height;
  }

  /** Looks out for one more transaction. @param fromHeight that its block has at least */
  watch(id: Hash, fromHeight: number): void {
    assert(this.#watched.size < MAX_WATCHED, "a light client watches a bounded number of transactions");
    this.#watched.set(id, fromHeight);
  }

  start(context: Context, storage: Storage): void {
    this.#crypto.current = context.crypto;
    this.#resume(storage);
    this.#wake(context);
  }

  #resume(storage: Storage): void {
    const stored = storage.get(RECORD);
    const resumed = stored === undefined ? null : decodeClientRecord(stored);
    if (resumed === null) return;
    this.#client = this.#clientFrom(resumed);
    this.#checkpoints = [this.#client.record.past.height];
    this.#keptEpoch = this.#client.epoch;
  }

  #clientFrom(resumed: ClientRecord | null): LightClient {
    const { trusted, epochBlocks, trustPeriodUs, maxDriftUs } = this.#options;
    return new LightClient({ crypto: this.#crypto, trusted, resumed, epochBlocks, trustPeriodUs, maxDriftUs });
  }

  /** What it has come to trust survives a crash; each header alone is not worth the wear of its memory. */
  #keep(context: Context): void {
    if (this.#client.epoch === this.#keptEpoch) return;
    this.#keptEpoch = this.#client.epoch;
    // What is still watched may be in a block of the past: the way there has to survive, too.
    let lowest = Infinity;
    for (const from of this.#watched.values()) lowest = Math.min(lowest, from);
    context.persist(RECORD, encodeClientRecord(this.#client.recordBelow(lowest)));
  }

  onTimer(context: Context, timer: number): void {
    this.#crypto.current = context.crypto;
    if (timer === POLL_TIMER) this.#poll(context);
    else if (this.#awake) this.#sleep(context);
    else this.#wake(context);
  }

  #wake(context: Context): void {
    this.#awake = true;
    this.#isAtHead = false;
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
    const { epoch } = this.#client;
    const isNarrow = this.#options.epochUs !== undefined;
    const fromEpoch = this.#client.holdsCheckpoint(epoch - 1) && !isNarrow ? epoch - 1 : epoch;
    this.#ask(context, new CheckpointsRequest(this.#chainId, Math.max(fromEpoch, this.#lastEpoch(context.nowUs))));
  }

  /** @returns the last but one epoch that has ended by now, if the chain has kept its pace; 0 where it asks for all */
  #lastEpoch(nowUs: number): number {
    const { epochUs } = this.#options;
    if (epochUs === undefined) return 0;
    const { epoch, anchor } = this.#client;
    return epoch + Math.floor(Math.max(0, nowUs - anchor.timeUs) / epochUs) - 2;
  }

  #ask(context: Context, request: LightRequest): void {
    const { peers } = this.#options;
    const node = peers[context.entropy() % Math.max(1, peers.length)];
    if (node !== undefined) sendRequest(context, this.#signer, { node, request });
  }

  onMessage(context: Context, _from: PeerId, message: Message): void {
    if (!this.#awake) return;
    this.#crypto.current = context.crypto;
    if (message instanceof Checkpoints && message.chainId === this.#chainId) this.#onCheckpoints(context, message);
    else if (message instanceof Headers && message.chainId === this.#chainId) this.#onHeaders(context, message);
    else if (message instanceof Found && message.chainId === this.#chainId) this.#onFound(context, message);
    else if (message instanceof Delegates && message.chainId === this.#chainId) this.#onDelegates(context, message);
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
      this.#keep(context);
      this.#tell(context);
      return this.#ask(context, new CheckpointsRequest(this.#chainId, this.#client.epoch));
    }
    this.#ask(context, new HeadersRequest(this.#chainId, this.#client.anchor.height, 0, "other-members"));
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
    if (chain.length >= MAX_ANSWERED_HEADERS) {
      return this.#ask(context, new HeadersRequest(this.#chainId, this.#client.anchor.height, 0, "other-members"));
    }
    this.#isAtHead = true;
    if (this.#isOverdue) this.#ask(context, new DelegatesRequest(this.#chainId, this.#client.anchor.height));
    this.#lookUp(context);
  }

  /** Whether the checkpoint of an epoch that ended half an epoch ago is still not there. */
  get #isOverdue(): boolean {
    const { epochBlocks } = this.#options;
    return 2 * this.#client.anchor.height >= (2 * this.#client.epoch + 3) * epochBlocks;
  }

  /** Over the missing checkpoint: from now on the delegates of the current epoch are known. */
  #onDelegates(context: Context, { height, proof }: Delegates): void {
    if (height !== this.#client.anchor.height || !this.#isOverdue) return;
    const { refusal } = this.#client.acceptDelegates(context.nowUs, proof);
    if (refusal !== null) return reject(context, refusal);
    this.#keep(context);
    this.#tell(context);
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
    if (fromHeight === undefined) {
      // No trusted checkpoint is below it any more: others may still be proven.
      this.#watched.delete(id);
      return this.#lookUp(context);
    }
    this.#awaited = { id, found, fromHeight };
    this.#ask(context, new HeadersRequest(this.#chainId, fromHeight, found.height, "other-members"));
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
