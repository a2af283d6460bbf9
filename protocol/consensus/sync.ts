import type { PeerId } from "../core/ids.ts";
import { MAX_RANGE_BLOCKS } from "../core/limits.ts";
import type { Context } from "../core/machine.ts";
import { KIB, SECOND_US } from "../core/units.ts";
import { type CertifiedBlock, RangeRequest, RangeResponse, Status } from "./messages.ts";

/** An unanswered request does not keep the next one back for longer. */
const REQUEST_TIMEOUT_US = SECOND_US;
/** A peer that left a request unanswered is not asked again for this much longer: others may go first. */
const GRACE_US = 2 * SECOND_US;
/** An answer stops growing here; one block always fits. */
const RESPONSE_BYTES = 512 * KIB;

/** @returns whether an answer may have been cut short: whoever has no more to give stays silent, and is not asked for it */
function mayGoOn({ blocks }: RangeResponse): boolean {
  const bytes = blocks.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return blocks.length === MAX_RANGE_BLOCKS || 2 * bytes >= RESPONSE_BYTES;
}

/** A large block alone is fetched by all who were told of it: it is encoded once. */
function answerOf(blocks: readonly CertifiedBlock[]): RangeResponse {
  const [only] = blocks;
  if (only === undefined || blocks.length > 1) return new RangeResponse(blocks);
  only.alone ??= new RangeResponse(blocks);
  return only.alone;
}

/** What block sync needs of the chain around it. */
export interface SyncChain {
  readonly state: { readonly height: number; readonly blockHash: Status["blockHash"] };
  at(height: number): CertifiedBlock | undefined;
}

/** Catches up by ranges of final blocks (C5): one request at a time, to a peer that said that it is ahead. */
export class Sync {
  readonly #chain: SyncChain;
  #busyUntilUs = 0;
  #unanswered: PeerId | null = null;
  /** Who told of the highest block while an answer was under way. */
  #told: { readonly peer: PeerId; readonly height: number } | null = null;

  constructor(chain: SyncChain) {
    this.#chain = chain;
  }

  /** Asks a peer for what follows the own chain, unless an answer is under way. */
  request(context: Context, from: PeerId): void {
    const waitUs = this.#busyUntilUs - context.nowUs;
    // A longer wait than was ever begun: the clock was set back.
    const waiting = waitUs <= REQUEST_TIMEOUT_US && waitUs > (from === this.#unanswered ? -GRACE_US : 0);
    if (waiting) return;
    this.#unanswered = from;
    this.#busyUntilUs = context.nowUs + REQUEST_TIMEOUT_US;
    context.send(from, new RangeRequest(this.#chain.state.height + 1));
  }

  /** An answer brought headway: the next request goes out, to whoever may have more. */
  settle(context: Context, from: PeerId, answer: RangeResponse): void {
    this.#unanswered = null;
    this.#busyUntilUs = 0;
    const told = this.#told;
    this.#told = null;
    if (mayGoOn(answer)) this.request(context, from);
    else if (told !== null && told.height > this.#chain.state.height) this.request(context, told.peer);
  }

  /** Tells a peer how far this node is. */
  inform(context: Context, peer: PeerId): void {
    const { height, blockHash } = this.#chain.state;
    context.send(peer, new Status(height, blockHash));
  }

  onStatus(context: Context, from: PeerId, status: Status): void {
    const { height } = this.#chain.state;
    if (status.height > height) {
      if (status.height > (this.#told?.height ?? 0)) this.#told = { peer: from, height: status.height };
      this.request(context, from);
    } else if (status.height < height) this.inform(context, from);
  }

  onRequest(context: Context, from: PeerId, request: RangeRequest): void {
    const blocks: CertifiedBlock[] = [];
    let bytes = 0;
    for (let height = request.fromHeight; blocks.length < MAX_RANGE_BLOCKS && bytes < RESPONSE_BYTES; height++) {
      const block = this.#chain.at(height);
      if (block === undefined) break;
      blocks.push(block);
      bytes += block.sizeBytes;
    }
    if (blocks.length > 0) context.send(from, answerOf(blocks));
  }
}
