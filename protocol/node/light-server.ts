import type { ChainState } from "../consensus/chain-state.ts";
import type { CertifiedBlock } from "../consensus/messages.ts";
import { reject } from "../consensus/pbft-node.ts";
import type { PeerId } from "../core/ids.ts";
import type { Context, Message } from "../core/machine.ts";
import { type CertifiedHeader, certifiedHeaderBytes } from "../light/certified-header.ts";
import { type CheckpointLink, checkpointLinkBytes } from "../light/checkpoint-link.ts";
import { MAX_CHECKPOINT_LINKS } from "../light/limits.ts";
import { stateProofBytes } from "../light/state-proof.ts";
import { findIn } from "./block-lookup.ts";
import type { ChainHistory } from "./chain-history.ts";
import {
  Checkpoints,
  CheckpointsRequest,
  Delegates,
  type DelegatesRequest,
  Found,
  type FoundTransaction,
  Headers,
  HeadersRequest,
  isLightRequest,
  type LightRequest,
  Lookup,
  ProofRequest,
  Proofs,
  type ProvenEntry,
} from "./light-messages.ts";
import { LIGHT_ANSWER_BYTES, MAX_ANSWERED_HEADERS, MAX_FOUND, MAX_LOOKED_THROUGH } from "./limits.ts";
import { markOf } from "./packed-block.ts";
import { RequestQuota } from "./request-quota.ts";

/** What serving light clients needs of a full node's chain. */
export interface ServedChain {
  readonly state: ChainState;
  readonly history: ChainHistory;
  at(height: number): CertifiedBlock | undefined;
  /** @param mark of a transaction's id @returns false where the block at a height surely does not hold it */
  mayHold(height: number, mark: number): boolean;
}

/** Answers light clients about a full node's chain: bounded in size, and in number for each peer. */
export class LightServer {
  readonly #chain: ServedChain;
  readonly #quota = new RequestQuota();

  constructor(chain: ServedChain) {
    this.#chain = chain;
  }

  /** @returns whether the message was a request that light clients make */
  onMessage(context: Context, from: PeerId, message: Message): boolean {
    if (!isLightRequest(message)) return false;
    const { chainId } = this.#chain.state.rotation.parameters;
    if (message.chainId !== chainId) reject(context, "light request about another chain");
    else if (!this.#quota.take(from, context.nowUs)) reject(context, "too many light requests");
    else this.#answer(context, from, message);
    return true;
  }

  /** Answers a request that is known to be allowed. */
  #answer(context: Context, from: PeerId, message: LightRequest): void {
    const answer = this.#answerTo(message);
    if (answer !== null) context.send(from, answer);
  }

  #answerTo(message: LightRequest): Message | null {
    if (message instanceof HeadersRequest) return this.#headers(message);
    if (message instanceof ProofRequest) return this.#proofs(message);
    if (message instanceof Lookup) return this.#found(message);
    return message instanceof CheckpointsRequest ? this.#checkpoints(message) : this.#delegates(message);
  }

  #headers({ chainId, fromHeight, upTo, steps }: HeadersRequest): Headers | null {
    const { state, history } = this.#chain;
    const target = upTo === 0 ? state.height : upTo;
    if (target > state.height || target < fromHeight) return null;
    const heights = history.changesBetween(fromHeight, target, { steps, limit: MAX_ANSWERED_HEADERS });
    const whole = heights.length < MAX_ANSWERED_HEADERS;
    if (whole && target > (heights.at(-1) ?? fromHeight)) heights.push(target);
    const chain: CertifiedHeader[] = [];
    let sizeBytes = 0;
    let verifiedHeight = fromHeight;
    for (const height of heights) {
      const final = this.#chain.at(height);
      if (final === undefined || sizeBytes >= LIGHT_ANSWER_BYTES) break;
      // In the order that the asker can check: the one that its last header names.
      const members = history.membersAt(verifiedHeight + 1);
      const certified = { header: final.block.header, certificate: final.certificate, members };
      chain.push(certified);
      sizeBytes += certifiedHeaderBytes(certified);
      verifiedHeight = height;
    }
    return new Headers(chainId, fromHeight, chain);
  }

  #proofs({ chainId, height, keys }: ProofRequest): Proofs | null {
    const state = this.#chain.history.stateAt(height);
    if (state === undefined) return null;
    const { ledger, rotation } = state;
    const entries: ProvenEntry[] = [];
    let sizeBytes = 0;
    // Each key once: a request must not be answered with many times its own size.
    for (const key of new Set(keys)) {
      if (sizeBytes >= LIGHT_ANSWER_BYTES) break;
      const map = ledger.entries.prove(key);
      const value = map.value ?? null;
      entries.push({ key, value, map });
      sizeBytes += stateProofBytes({ rotationRoot: rotation.root, map }) + (value?.length ?? 0);
    }
    return new Proofs(chainId, height, rotation.root, entries);
  }

  #found({ chainId, fromHeight, query }: Lookup): Found {
    const transactions: FoundTransaction[] = [];
    const last = Math.min(this.#chain.state.height, fromHeight + MAX_LOOKED_THROUGH - 1);
    const mark = query.kind === "transaction" ? markOf(query.id) : null;
    let height = Math.max(1, fromHeight);
    for (let sizeBytes = 0; height <= last; height++) {
      if (mark !== null && !this.#chain.mayHold(height, mark)) continue;
      const block = this.#chain.at(height)?.block;
      const more = block === undefined ? [] : findIn(block, query);
      if (more.length === 0) continue;
      // A block's transactions come together: the next lookup begins above it.
      if (transactions.length > 0 && transactions.length + more.length > MAX_FOUND) break;
      transactions.push(...more.slice(0, MAX_FOUND));
      sizeBytes += more.reduce((sum, { encoded }) => sum + encoded.length, 0);
      if (sizeBytes < LIGHT_ANSWER_BYTES) continue;
      height++;
      break;
    }
    return new Found({ chainId, fromHeight, throughHeight: height - 1, transactions });
  }

  #checkpoints({ chainId, fromEpoch }: CheckpointsRequest): Checkpoints {
    const links: CheckpointLink[] = [];
    let sizeBytes = 0;
    let signers = "";
    for (const { certified, delegates } of this.#chain.history.checkpointsFrom(fromEpoch, MAX_CHECKPOINT_LINKS)) {
      const link = { certified, delegates: delegates.hash === signers ? null : delegates.keys };
      signers = delegates.hash;
      links.push(link);
      sizeBytes += checkpointLinkBytes(link);
      if (sizeBytes >= LIGHT_ANSWER_BYTES) break;
    }
    return new Checkpoints(chainId, links);
  }

  #delegates({ chainId, height }: DelegatesRequest): Delegates | null {
    const state = this.#chain.history.stateAt(height);
    if (state === undefined) return null;
    const { ledger, rotation } = state;
    const proof = { ledgerRoot: ledger.entries.root, rotation: rotation.summary, delegates: rotation.delegateSet.keys };
    return new Delegates(chainId, height, proof);
  }
}
