import {
  type AnchorRing,
  anchorRingKey,
  decodeAnchorRing,
  lastAnchored,
  subchainStatus,
} from "../bridge/anchor-ring.ts";
import { type BridgeParameters, DEFAULT_BRIDGE_PARAMETERS } from "../bridge/parameters.ts";
import { reject } from "../consensus/pbft-node.ts";
import { assert } from "../core/assert.ts";
import { type Hash, type PeerId, ZERO_HASH } from "../core/ids.ts";
import { type Context, type Machine, type Message, PROTOCOL_VERSION } from "../core/machine.ts";
import { Transactions } from "../gossip/messages.ts";
import { SeenSet } from "../gossip/seen-set.ts";
import type { Transaction } from "../ledger/transaction.ts";
import type { HeaderPath } from "../light/header-path.ts";
import { decodeRootView, ROOT_VIEW_KEY } from "../subchain/entries.ts";
import { ROOT_CHAIN } from "../subchain/specification.ts";
import { Reorg, SubRefund } from "../subchain/transaction.ts";
import { FraudTip } from "./fraud-tip.ts";
import { Informer, type InformerOptions } from "./informer.ts";
import { Found, Headers, Proofs, RelayOrder } from "./light-messages.ts";
import { MAX_RELAYED } from "./limits.ts";
import { UnanchoredDeliveries } from "./relay-deliveries.ts";
import { RelayOrderBook } from "./relay-order-book.ts";
import { heartbeatOf, type RelayTerms, refundOf, relockOf } from "./relay-transactions.ts";
import { type Ask, askAbout, nextStep, type RelayedTransfer, type Step, transferIn } from "./relay-transfer.ts";
import { type RelayChain, RelayView } from "./relay-view.ts";

/** What a relayer is given at its birth. */
export interface RelayerOptions {
  readonly root: RelayChain;
  readonly subchains: readonly RelayChain[];
  readonly terms: RelayTerms;
  /** The account that earns delivery fees, the same on every subchain. */
  readonly payee: Hash;
  /** How often it asks the chains how they went on, µs; longer than a round trip. */
  readonly pollIntervalUs: number;
  /** It waits up to this long before each step, so that relayers seldom do the same work, µs. */
  readonly patienceUs: number;
  /** A step that shows no effect is taken again after this long, µs. */
  readonly retryUs: number;
  /** It sends a heartbeat for a subchain that the rootchain has not heard of for this long, µs; no less than the rootchain asks for. */
  readonly heartbeatUs: number;
  /** After which silence the rootchain takes a subchain for dead; its default parameters where left out. */
  readonly death?: Pick<BridgeParameters, "deadAfterUs" | "challengeUs">;
  /** Informs on operators who certify two histories, where it is given what that takes. */
  readonly informer?: InformerOptions;
}

const POLL_TIMER = 0;
const STEP_TIMER = 1;
/** Answers arrive in bursts: all of one together are looked at once. */
const STEP_DELAY_US = 250_000;
/** Settled transfers that are remembered, at the least: lookups that go back find them again. */
const SETTLED_GENERATION = 1024;
/** Polls after which an informer asks for the last header of each subchain again: another node may tell another story. */
const AUDIT_POLLS = 4;
/** Nodes that a transaction is handed to, the first time and when that showed no effect: one may be down. */
const HANDED_TO = 1;
const HANDED_AGAIN_TO = 2;

/** What is done by handing in a transaction. */
interface HandedIn {
  readonly chainId: number;
  readonly step: "relock" | "deliver" | "refund" | "sub-refund" | "anchor";
  readonly lockId: Hash;
}

/**
 * Carries transfers between chains for their fees (B6). Anyone may run one, and any number of them: a light client of all chains
 * it serves, to which every step is open that proofs open to it. It keeps nothing: whatever it knows it can ask for again.
 */
export class Relayer implements Machine {
  readonly protocolVersion = PROTOCOL_VERSION;
  readonly #options: RelayerOptions;
  readonly #views: ReadonlyMap<number, RelayView>;
  readonly #orders = new RelayOrderBook();
  readonly #transfers = new Map<Hash, RelayedTransfer>();
  readonly #settled = new SeenSet(SETTLED_GENERATION);
  readonly #unanchored = new UnanchoredDeliveries();
  readonly #heartbeatDueUs = new Map<number, number>();
  readonly #informer: Informer | null;
  #polls = 0;
  /** Whether the timer for the next steps runs. */
  #mayStep = false;

  constructor(options: RelayerOptions) {
    this.#options = options;
    this.#informer = options.informer === undefined ? null : new Informer(options.informer);
    this.#views = new Map(
      [options.root, ...options.subchains].map((chain) => [chain.anchor.chainId, new RelayView(chain)]),
    );
    assert(options.root.anchor.chainId === ROOT_CHAIN, "a relayer's first chain is the rootchain");
    assert(this.#views.size === options.subchains.length + 1, "a relayer serves each chain once");
  }

  /** Transfers under way. */
  get size(): number {
    return this.#transfers.size;
  }

  start(context: Context): void {
    context.setTimer(POLL_TIMER, 1 + (context.entropy() % this.#options.pollIntervalUs));
  }

  onTimer(context: Context, timer: number): void {
    if (timer === POLL_TIMER) {
      context.setTimer(POLL_TIMER, this.#options.pollIntervalUs);
      const due = new Set([...this.#views.values()].filter((view) => view.poll(context)));
      if (this.#informer !== null && ++this.#polls % AUDIT_POLLS === 0) this.#audit(context);
      this.#noteDeaths();
      this.#askAll(context, due);
    } else this.#mayStep = false;
    this.#takeSteps(context);
  }

  #audit(context: Context): void {
    for (const view of this.#views.values()) if (view.chainId !== ROOT_CHAIN) view.audit(context);
  }

  #stepSoon(context: Context): void {
    if (this.#mayStep) return;
    this.#mayStep = true;
    context.setTimer(STEP_TIMER, STEP_DELAY_US);
  }

  onMessage(context: Context, _from: PeerId, message: Message): void {
    if (message instanceof RelayOrder) return this.#orders.add(message.data);
    if (message instanceof FraudTip) return this.#informer?.tip(message.fraud);
    if (!(message instanceof Headers || message instanceof Proofs || message instanceof Found)) return;
    const view = this.#views.get(message.chainId);
    if (view === undefined) return reject(context, "answer about a chain that is not served");
    if (message instanceof Headers) this.#onHeaders(context, view, message);
    else if (message instanceof Proofs) view.onProofs(message);
    else for (const found of view.onFound(context, message)) this.#take(view.chainId, found);
    this.#stepSoon(context);
  }

  #onHeaders(context: Context, view: RelayView, message: Headers): void {
    const before = view.anchor;
    view.onHeaders(context, message);
    const last = message.chain.at(-1);
    if (this.#informer === null || view.chainId === ROOT_CHAIN || last === undefined) return;
    if (view.anchor === before) this.#informer.compare(context, message.chain);
    else this.#informer.follow(last);
  }

  #take(chainId: number, found: Parameters<typeof transferIn>[1]): void {
    const seen = transferIn(chainId, found);
    if (seen === null || this.#settled.has(seen.lockId)) return;
    const known = this.#transfers.get(seen.lockId);
    if (known !== undefined) {
      // The latest one counts: nothing that one peer said stays for good.
      known.lock = seen.lock ?? known.lock;
      known.relockedAt = seen.relockedAt === 0 ? known.relockedAt : seen.relockedAt;
      known.version = -1;
      return;
    }
    const { sourceChain, destinationChain } = seen.transfer;
    if (this.#unanchored.has(destinationChain, seen.lockId)) return;
    const serves = this.#views.has(sourceChain) && this.#views.has(destinationChain);
    if (serves && this.#transfers.size < MAX_RELAYED) this.#transfers.set(seen.lockId, seen);
  }

  #noteDeaths(): void {
    const { death = DEFAULT_BRIDGE_PARAMETERS } = this.#options;
    const root = this.#views.get(ROOT_CHAIN);
    for (const [chainId, view] of this.#views) {
      const ring = chainId === ROOT_CHAIN ? null : this.#ringOf(chainId);
      if (root === undefined || ring === null) continue;
      const { anchor, anchoredUs } = lastAnchored(ring);
      for (const lockId of this.#unanchored.anchored(chainId, anchor.height)) this.#settled.add(lockId);
      if (subchainStatus(anchoredUs, root.anchor.timeUs, death) !== "dead" || view.isDead) continue;
      view.end(anchor);
      // Even where there is no room: nobody else may know of them.
      for (const each of this.#unanchored.voided(chainId))
        this.#transfers.set(each.lockId, { ...each, step: "wait", version: -1 });
    }
  }

  /** Asks every chain for what decides about the transfers, and those that may have gone on for new ones while there is room. */
  #askAll(context: Context, due: ReadonlySet<RelayView>): void {
    const keys = new Map([...this.#views.keys()].map((chainId) => [chainId, new Map<Hash, boolean>()]));
    for (const chainId of this.#views.keys()) {
      if (chainId === ROOT_CHAIN) continue;
      keys.get(ROOT_CHAIN)?.set(anchorRingKey(chainId), false);
      keys.get(chainId)?.set(ROOT_VIEW_KEY, false);
    }
    const views = (chainId: number) => this.#views.get(chainId);
    const ask: Ask = (chainId, key, isFixed) => keys.get(chainId)?.set(key, isFixed);
    for (const each of this.#transfers.values()) askAbout(each, views, ask);
    this.#informer?.ask((key) => ask(ROOT_CHAIN, key, false));
    const mayLookUp = this.#transfers.size < MAX_RELAYED;
    for (const [chainId, view] of this.#views) {
      view.ask(context, keys.get(chainId) ?? new Map(), mayLookUp && due.has(view));
    }
  }

  #takeSteps(context: Context): void {
    for (const each of this.#transfers.values()) this.#takeStep(context, each);
    for (const chainId of this.#views.keys()) if (chainId !== ROOT_CHAIN) this.#keepAlive(context, chainId);
    const root = this.#views.get(ROOT_CHAIN);
    if (root === undefined || this.#informer === null) return;
    for (const transaction of this.#informer.step(context, root))
      this.#send(context, root, transaction, HANDED_AGAIN_TO);
  }

  /** @returns a number that grows with all that is known of the chains that a transfer touches */
  #versionOf({ transfer: { sourceChain, destinationChain } }: RelayedTransfer): number {
    let sum = this.#views.get(ROOT_CHAIN)?.version ?? 0;
    if (sourceChain !== ROOT_CHAIN) sum += this.#views.get(sourceChain)?.version ?? 0;
    if (destinationChain !== ROOT_CHAIN) sum += this.#views.get(destinationChain)?.version ?? 0;
    return sum;
  }

  #takeStep(context: Context, each: RelayedTransfer): void {
    const version = this.#versionOf(each);
    const isWaiting = each.step === "wait" || context.nowUs < each.dueUs;
    if (version === each.version && isWaiting) return;
    each.version = version;
    const step = nextStep(each, (chainId) => this.#views.get(chainId));
    if (step.kind === "settled") return this.#settle(each, step);
    if (step.kind === "wait") return;
    if (step.kind !== each.step) {
      each.step = step.kind;
      each.tries = 0;
      each.dueUs = context.nowUs + this.#patience(context);
    }
    if (context.nowUs < each.dueUs || !this.#perform(context, each, step)) return;
    each.tries++;
    each.dueUs = context.nowUs + this.#options.retryUs + this.#patience(context);
  }

  #settle(each: RelayedTransfer, { delivered }: Extract<Step, { kind: "settled" }>): void {
    const { destinationChain } = each.transfer;
    if (delivered === null || this.#views.get(destinationChain)?.isDead === true) this.#settled.add(each.lockId);
    else if (this.#unanchored.hasRoom) this.#unanchored.add(each, delivered.anchor.height);
    else return;
    this.#transfers.delete(each.lockId);
  }

  #patience(context: Context): number {
    return context.entropy() % (1 + this.#options.patienceUs);
  }

  /** @returns whether all that the step takes was at hand */
  #perform(context: Context, each: RelayedTransfer, step: Step): boolean {
    switch (step.kind) {
      case "relock":
        return this.#relock(context, each);
      case "deliver":
        return this.#deliver(context, each, step);
      case "refund":
        return this.#refund(context, each, step);
      case "sub-refund":
        return this.#subRefund(context, each, step);
      default:
        return false;
    }
  }

  #relock(context: Context, { lockId, transfer, lock, tries }: RelayedTransfer): boolean {
    const path = lock === null ? null : this.#pathToRoot(context, transfer.sourceChain, lock.height);
    if (path === null || lock === null) return false;
    const transaction = relockOf(this.#options.terms, transfer, { path, lock });
    return this.#handIn(context, transaction, { chainId: ROOT_CHAIN, step: "relock", lockId }, tries);
  }

  #deliver(
    context: Context,
    { lockId, transfer, tries }: RelayedTransfer,
    { shown: { anchor, value: leg, proof } }: Extract<Step, { kind: "deliver" }>,
  ): boolean {
    const data = this.#orders.get(transfer.dataHash);
    const { destinationChain: chainId } = transfer;
    if (leg === undefined || data === undefined) return false;
    const path = this.#pathFromRoot(context, chainId, anchor.height);
    if (path === null) return false;
    const reorg = new Reorg({ lockId, path, leg, proof, data, payee: this.#options.payee });
    return this.#handIn(context, reorg, { chainId, step: "deliver", lockId }, tries);
  }

  #refund(
    context: Context,
    { lockId, transfer, tries }: RelayedTransfer,
    { leg, absence }: Extract<Step, { kind: "refund" }>,
  ): boolean {
    const path = this.#pathToRoot(context, transfer.destinationChain, absence.anchor.height);
    if (path === null) return false;
    const transaction = refundOf(this.#options.terms, leg, { lockId, path, absence });
    return this.#handIn(context, transaction, { chainId: ROOT_CHAIN, step: "refund", lockId }, tries);
  }

  #subRefund(
    context: Context,
    { lockId, transfer, tries }: RelayedTransfer,
    { shown, credit }: Extract<Step, { kind: "sub-refund" }>,
  ): boolean {
    const { sourceChain: chainId } = transfer;
    const path = this.#pathFromRoot(context, chainId, shown.anchor.height);
    if (path === null) return false;
    const refund = new SubRefund({ lockId, path, proof: shown.proof, credit });
    return this.#handIn(context, refund, { chainId, step: "sub-refund", lockId }, tries);
  }

  /** The rootchain should hear of every chain now and then, whether or not anybody sends from it. */
  #keepAlive(context: Context, chainId: number): void {
    const [ring, view] = [this.#ringOf(chainId), this.#views.get(chainId)];
    const root = this.#views.get(ROOT_CHAIN);
    if (ring === null || view === undefined || root === undefined || view.isDead) return;
    const { anchor, anchoredUs } = lastAnchored(ring);
    const isQuiet = root.anchor.timeUs - anchoredUs >= this.#options.heartbeatUs;
    if (!isQuiet || view.anchor.height <= anchor.height) {
      this.#heartbeatDueUs.delete(chainId);
      return;
    }
    const dueUs = this.#heartbeatDueUs.get(chainId) ?? context.nowUs + this.#patience(context);
    this.#heartbeatDueUs.set(chainId, dueUs);
    if (context.nowUs < dueUs) return;
    const path = this.#pathToRoot(context, chainId, view.anchor.height);
    if (path === null) return;
    const told = { chainId: ROOT_CHAIN, step: "anchor", lockId: ZERO_HASH } as const;
    this.#handIn(context, heartbeatOf(chainId, path), told, 0);
    this.#heartbeatDueUs.set(chainId, context.nowUs + this.#options.retryUs);
  }

  #ringOf(chainId: number): AnchorRing | null {
    const value = this.#views.get(ROOT_CHAIN)?.fact(anchorRingKey(chainId))?.value;
    return value === undefined ? null : decodeAnchorRing(value);
  }

  /** @returns the way from what the rootchain has anchored of a subchain to one of its headers, or null while unknown */
  #pathToRoot(context: Context, chainId: number, height: number): HeaderPath | null {
    const heights = this.#ringOf(chainId)?.map(({ anchor }) => anchor.height);
    return this.#pathFrom(context, chainId, { heights, height });
  }

  /** @returns the way from what a subchain has recorded of the rootchain to one of its headers, or null while unknown */
  #pathFromRoot(context: Context, chainId: number, height: number): HeaderPath | null {
    const heights = decodeRootView(this.#views.get(chainId)?.fact(ROOT_VIEW_KEY)?.value)?.toReversed();
    return this.#pathFrom(context, ROOT_CHAIN, { heights, height });
  }

  /** @param options.heights where the verifier may start from, the latest first */
  #pathFrom(
    context: Context,
    chainId: number,
    { heights, height }: { heights: readonly number[] | undefined; height: number },
  ): HeaderPath | null {
    const start = heights?.find((each) => each <= height);
    if (start === undefined) return null;
    if (start === height) return { headers: [], height };
    const headers = this.#views.get(chainId)?.path(context, start, height) ?? null;
    return headers === null ? null : { headers, height };
  }

  #handIn(context: Context, transaction: Transaction, told: HandedIn, tries: number): true {
    const view = this.#views.get(told.chainId);
    if (view !== undefined) this.#send(context, view, transaction, tries === 0 ? HANDED_TO : HANDED_AGAIN_TO);
    context.observe({ kind: "relayed", ...told });
    return true;
  }

  #send(context: Context, view: RelayView, transaction: Transaction, copies: number): void {
    const message = new Transactions([transaction]);
    for (let copy = 0; copy < copies; copy++) {
      const peer = view.peer(context);
      if (peer !== null) context.send(peer, message);
    }
  }
}
