import { decodeSubchainRecord, subchainKey } from "../bridge/subchain-record.ts";
import type { ChainState } from "../consensus/chain-state.ts";
import { reject } from "../consensus/pbft-node.ts";
import type { PeerId } from "../core/ids.ts";
import type { Context, Message } from "../core/machine.ts";
import type { Anchor } from "../light/anchor.ts";
import { type CertifiedHeader, certifiedHeaderBytes, followHeaders } from "../light/certified-header.ts";
import { verifyStateEntry } from "../light/state-proof.ts";
import { decodeOperators, encodeOperators, OPERATORS_KEY, seatsOf } from "../subchain/operators.ts";
import { latestRootAnchor } from "../subchain/root-view.ts";
import { ROOT_CHAIN } from "../subchain/specification.ts";
import { RootUpdate } from "../subchain/transaction.ts";
import { Headers, HeadersRequest, ProofRequest, Proofs } from "./light-messages.ts";
import { MAX_ANSWERED_HEADERS } from "./limits.ts";

/** How an operator follows the rootchain. */
export interface RootFollowerOptions {
  /** Full nodes of the rootchain that it asks, one of them each time. */
  readonly rootPeers: readonly PeerId[];
  /** How old the chain's view of the rootchain may grow before this operator advances it, µs. */
  readonly updateIntervalUs: number;
}

/** What following the rootchain needs of the node around it. */
export interface FollowingNode {
  /** The last final state of the subchain. */
  readonly state: ChainState;
  /** Hands a transaction in, as the node's own user would. */
  submit(context: Context, update: RootUpdate): void;
}

/** A way along the rootchain from what the subchain has recorded. */
interface Candidate {
  readonly anchor: Anchor;
  readonly headers: readonly CertifiedHeader[];
}

/**
 * An operator's light client of the rootchain (S4). It starts each time from the header that the subchain's own state has
 * recorded, and all it does is to propose a later one by transaction: what it knows beyond that decides nothing, and there is
 * nothing to lose in a crash.
 */
export class RootFollower {
  readonly #node: FollowingNode;
  readonly #options: RootFollowerOptions;
  readonly #timer: number;
  #asked: PeerId | null = null;
  #candidate: Candidate | null = null;
  #bytes = 0;
  #signatures = 0;

  /** @param timer the number of its timer among the machine's timers */
  constructor(node: FollowingNode, options: RootFollowerOptions, timer: number) {
    this.#node = node;
    this.#options = options;
    this.#timer = timer;
  }

  start(context: Context): void {
    const { updateIntervalUs } = this.#options;
    // Operators that start together do not ask, and propose, together.
    context.setTimer(this.#timer, 1 + (context.entropy() % Math.max(1, updateIntervalUs)));
  }

  /** Asks a node of the rootchain how it goes on from the recorded header. */
  onTimer(context: Context): void {
    const { rootPeers, updateIntervalUs } = this.#options;
    context.setTimer(this.#timer, updateIntervalUs + (context.entropy() % (1 + Math.floor(updateIntervalUs / 4))));
    // The last way led somewhere, but the record at its end stayed unproven: the header alone is worth having.
    if (this.#candidate !== null) this.#propose(context, this.#candidate, null);
    const base = latestRootAnchor(this.#node.state.ledger.entries);
    this.#asked = rootPeers[context.entropy() % Math.max(1, rootPeers.length)] ?? null;
    if (base !== null && this.#asked !== null) {
      context.send(this.#asked, new HeadersRequest(ROOT_CHAIN, base.height, 0));
    }
  }

  /** @returns whether the message was an answer for this follower */
  onMessage(context: Context, from: PeerId, message: Message): boolean {
    if (!(message instanceof Headers || message instanceof Proofs) || message.chainId !== ROOT_CHAIN) return false;
    if (from !== this.#asked) reject(context, "answer that nobody asked for");
    else if (message instanceof Headers) this.#onHeaders(context, from, message);
    else this.#onProofs(context, message);
    return true;
  }

  #onHeaders(context: Context, from: PeerId, { chain, fromHeight }: Headers): void {
    const base = latestRootAnchor(this.#node.state.ledger.entries);
    if (base === null || base.height !== fromHeight || chain.length === 0) return;
    this.#bytes += chain.reduce((sum, each) => sum + certifiedHeaderBytes(each), 0);
    this.#signatures += chain.reduce((sum, { certificate }) => sum + certificate.votes.length, 0);
    const { anchor, refusal } = followHeaders(context.crypto, base, chain);
    if (anchor === null) return reject(context, refusal);
    const { height, blockHash } = anchor;
    const costs = { bytes: this.#bytes, signatures: this.#signatures };
    context.observe({ kind: "followed", chainId: ROOT_CHAIN, height, blockHash, ...costs });
    this.#candidate = { anchor, headers: chain };
    // A long way ends at a header whose state no node keeps any more.
    if (chain.length >= MAX_ANSWERED_HEADERS) return this.#propose(context, this.#candidate, null);
    const { chainId } = this.#node.state.rotation.parameters;
    context.send(from, new ProofRequest(ROOT_CHAIN, height, [subchainKey(chainId)]));
  }

  #onProofs(context: Context, proofs: Proofs): void {
    const candidate = this.#candidate;
    const entry = proofs.entries[0];
    if (candidate === null || entry === undefined || proofs.height !== candidate.anchor.height) return;
    if (entry.value === null) return this.#propose(context, candidate, null);
    const { chainId } = this.#node.state.rotation.parameters;
    const [encoded, proof] = [entry.value, proofs.proofOf(entry)];
    if (!verifyStateEntry(candidate.anchor.stateRoot, subchainKey(chainId), encoded, proof)) {
      return reject(context, "record that is not proven");
    }
    this.#propose(context, candidate, this.#isNews(encoded) ? { encoded, proof } : null);
  }

  /** @returns whether the rootchain's record says of the operators what the subchain does not know yet */
  #isNews(encoded: Uint8Array): boolean {
    const known = this.#node.state.ledger.entries.get(OPERATORS_KEY);
    const record = decodeSubchainRecord(encoded);
    if (record === null) return false;
    const rootHeight = decodeOperators(known)?.rootHeight ?? 0;
    const seats = encodeOperators({ rootHeight, seats: seatsOf(record.operators) });
    return known === undefined || seats.length !== known.length || seats.some((byte, at) => byte !== known[at]);
  }

  #propose(context: Context, { anchor, headers }: Candidate, record: RootUpdate["record"]): void {
    this.#candidate = null;
    const base = latestRootAnchor(this.#node.state.ledger.entries);
    if (base === null || base.height >= anchor.height) return;
    // Another operator has just done it; news of the operators still goes in, whoever was silent about them.
    const isFresh = anchor.timeUs - base.timeUs < this.#options.updateIntervalUs / 2;
    if (record === null && isFresh) return;
    this.#node.submit(context, new RootUpdate({ headers, height: anchor.height }, record));
  }
}
