import { verifyCertificate } from "../consensus/certificate.ts";
import { type ChainState, type Judgement, judgeBlock } from "../consensus/chain-state.ts";
import type { CertifiedBlock } from "../consensus/messages.ts";
import { blockVersionAt } from "../consensus/parameters.ts";
import { Phase } from "../consensus/vote.ts";
import { assert } from "../core/assert.ts";
import type { Context, Storage } from "../core/machine.ts";
import type { Block } from "../ledger/block.ts";
import { signaturesIn } from "../ledger/verification-work.ts";
import { ChainHistory } from "./chain-history.ts";
import { KeptBlock } from "./kept-block.ts";
import { KEPT_ENCODINGS, KEPT_STATES } from "./limits.ts";

/** Storage keys by height: every node of a chain stores every block, and the strings are the same. */
const blockKeys: string[] = [];

function blockKey(height: number): string {
  blockKeys[height] ??= `block/${height}`;
  return blockKeys[height];
}

/** Declares what judging a block costs: the same for the node that computes it and for those that share the result. */
function chargeFor(context: Context, block: Block): void {
  let signatures = 0;
  let proofs = 0;
  for (const transaction of block.transactions) {
    if (transaction.kind === "claim") proofs++;
    signatures += signaturesIn(transaction);
  }
  context.charge("execute", block.transactions.length);
  context.charge("verify", signatures);
  context.charge("vrfVerify", proofs);
}

/** Why software leaves a block alone that it is too old for. */
export const UNKNOWN_VERSION = "block of a version that this software does not know";

/** One node's chain: its last final state, and the blocks that led there. */
export class ChainStore {
  #state: ChainState;
  readonly #newestVersion: number;
  readonly #genesis: ChainState;
  readonly #blocks: KeptBlock[] = [];
  /** What light clients may ask for of the past. */
  readonly history: ChainHistory;

  /** @param newestVersion of blocks that the node's software knows */
  constructor(genesis: ChainState, newestVersion: number) {
    this.#state = genesis;
    this.#genesis = genesis;
    this.#newestVersion = newestVersion;
    this.history = new ChainHistory(genesis);
  }

  get state(): ChainState {
    return this.#state;
  }

  /** Whether the next block is of a version that the node's software does not know: it can neither build nor judge it. */
  get isOutdated(): boolean {
    const { height, rotation } = this.#state;
    return blockVersionAt(rotation.parameters, height + 1) > this.#newestVersion;
  }

  /** @returns the final block at a height (1 …), if this node has it */
  at(height: number): CertifiedBlock | undefined {
    return this.#blocks[height - 1]?.certified;
  }

  /** @param mark of a transaction's id @returns false where the block at a height surely does not hold it */
  mayHold(height: number, mark: number): boolean {
    return this.#blocks[height - 1]?.mayHold(mark) ?? false;
  }

  /** Judges a block that follows the final state. */
  judge(context: Context, block: Block): Judgement {
    if (this.isOutdated) return { after: null, refusal: UNKNOWN_VERSION };
    chargeFor(context, block);
    return this.#judgeOnce(context, block);
  }

  /** A block that this node built is judged: whoever asks with the same state need not execute it again. */
  rememberBuilt(context: Context, block: Block, after: ChainState): void {
    context.once(this.#state, block, (): Judgement => ({ after, refusal: null }));
  }

  #judgeOnce(context: Context, block: Block): Judgement {
    const state = this.#state;
    return context.once(state, block, () => judgeBlock(context.crypto, state, block));
  }

  /** Appends a block whose certificate and state are established, durably. */
  append(context: Context, certified: CertifiedBlock, after: ChainState): void {
    assert(after.height === this.#state.height + 1, "final blocks come in order");
    const kept = KeptBlock.of(certified);
    this.#take(context, kept, { block: certified.block, after });
    context.persist(blockKey(after.height), kept);
  }

  /**
   * Checks a block from a peer against the committee that the last final state authorises, and judges it.
   *
   * @returns the state after it, or why it is refused
   */
  verify(context: Context, { block, certificate }: CertifiedBlock): Judgement {
    const { committee, parameters } = this.#state.rotation;
    const fits =
      certificate.phase === Phase.commit &&
      certificate.chainId === parameters.chainId &&
      certificate.height === this.#state.height + 1 &&
      certificate.blockHash === block.hash;
    if (!fits) return { after: null, refusal: "certificate of another block" };
    if (!verifyCertificate(context.crypto, committee, certificate))
      return { after: null, refusal: "certificate without quorum" };
    return this.judge(context, block);
  }

  /** Takes up the chain that storage holds, up to the first gap or damaged record. The node trusts its own disk. */
  load(context: Context, storage: Storage): void {
    const stored = storedChain(storage);
    const last = stored.at(-1)?.certified.block;
    if (last === undefined) return;
    let isReplayed = false;
    const { after } = context.once(last, this.#genesis, (): Judgement => {
      isReplayed = true;
      this.#replay(context, stored);
      return { after: this.#state, refusal: null };
    });
    if (isReplayed) return;
    const recent = stored.slice(-KEPT_STATES).map(({ certified }) => certified.block);
    if (after === null || !this.history.resume(recent, after)) return this.#replay(context, stored);
    for (const kept of stored) this.#blocks.push(kept);
    this.#state = after;
  }

  #replay(context: Context, stored: readonly KeptBlock[]): void {
    for (const kept of stored) {
      const { block } = kept.certified;
      const { after } = this.#judgeOnce(context, block);
      if (after === null) return;
      this.#take(context, kept, { block, after });
    }
  }

  #take(context: Context, kept: KeptBlock, { block, after }: { block: Block; after: ChainState }): void {
    this.history.note(this.#state, block, after);
    // Whoever starts again with this block need not judge all that led to it.
    context.once(block, this.#genesis, (): Judgement => ({ after, refusal: null }));
    this.#blocks.push(kept);
    this.#blocks[after.height - 1 - KEPT_ENCODINGS]?.forgetEncodings();
    this.#blocks[after.height - 1 - KEPT_STATES]?.pack();
    this.#state = after;
  }
}

/** @returns the blocks in storage from the first on, up to the first gap or damaged record */
function storedChain(storage: Storage): KeptBlock[] {
  const chain: KeptBlock[] = [];
  for (;;) {
    const bytes = storage.get(blockKey(chain.length + 1));
    const kept = bytes === undefined ? null : KeptBlock.read(bytes);
    if (kept === null) return chain;
    chain.push(kept);
  }
}
