import { type Certificate, certificateOf } from "../../protocol/consensus/certificate.ts";
import { buildBlock, type ChainState } from "../../protocol/consensus/chain-state.ts";
import { CertifiedBlock } from "../../protocol/consensus/messages.ts";
import type { Identity } from "../../protocol/consensus/pbft-node.ts";
import { NO_PROOF, Vote } from "../../protocol/consensus/vote.ts";
import type { DelegateId } from "../../protocol/core/ids.ts";
import type { Context } from "../../protocol/core/machine.ts";
import type { Block } from "../../protocol/ledger/block.ts";
import { ChainHistory } from "../../protocol/node/chain-history.ts";
import type { ServedChain } from "../../protocol/node/light-server.ts";

/** A final block with the state after it. */
interface Final {
  readonly block: Block;
  readonly certificate: Certificate;
  readonly after: ChainState;
}

/** A second history of a chain beside the real one, certified by the same keys: equal up to a time, another one after it. */
export class SecondHistory implements ServedChain {
  readonly history: ChainHistory;
  readonly #fromUs: number;
  readonly #keys: ReadonlyMap<DelegateId, Identity>;
  readonly #blocks: CertifiedBlock[] = [];
  #state: ChainState;
  #forkHeight: number | null = null;

  /** @param keys of everybody who conspires, by id @param fromUs header time of the first block that differs, at the earliest */
  constructor(genesis: ChainState, keys: ReadonlyMap<DelegateId, Identity>, fromUs: number) {
    this.history = new ChainHistory(genesis);
    this.#state = genesis;
    this.#keys = keys;
    this.#fromUs = fromUs;
  }

  get state(): ChainState {
    return this.#state;
  }

  /** Height of the first block that differs, or null while there is none. */
  get forkHeight(): number | null {
    return this.#forkHeight;
  }

  at(height: number): CertifiedBlock | undefined {
    return this.#blocks[height - 1];
  }

  mayHold(height: number): boolean {
    return height <= this.#blocks.length;
  }

  /** Goes on beside the real chain's next final block, whoever is the first to have it. */
  onFinal(context: Context, { block, certificate, after }: Final): void {
    const { height, timeUs } = block.header;
    if (height !== this.#state.height + 1) return;
    if (this.#forkHeight === null && timeUs < this.#fromUs) {
      return this.#append(new CertifiedBlock(block, certificate), after);
    }
    this.#forkHeight ??= height;
    this.#forge(context, block, certificate);
  }

  #append(certified: CertifiedBlock, after: ChainState): void {
    this.history.note(this.#state, certified.block, after);
    this.#blocks.push(certified);
    this.#state = after;
  }

  /** The same transactions a moment later: another hash, and from the next seed on other committees. */
  #forge(context: Context, { header, transactions }: Block, { view, phase, newViewHash }: Certificate): void {
    const { rotation } = this.#state;
    const { originalView, timeUs, chainId, height } = header;
    const plan = { originalView, proposer: rotation.proposer(originalView), timeUs: timeUs + 1 };
    const { block, after } = buildBlock(context.crypto, this.#state, { plan, candidates: transactions });
    const signers = rotation.committee.members.toSorted((a, b) => a - b).flatMap((id) => this.#keys.get(id) ?? []);
    if (signers.length < rotation.committee.quorum) return;
    const statement = { chainId, height, view, phase, newViewHash, blockHash: block.hash, membership: NO_PROOF };
    const votes = signers.map(({ id, signing }) => {
      const vote = new Vote({ ...statement, signer: id });
      context.crypto.sign(vote, signing);
      return vote;
    });
    this.#append(new CertifiedBlock(block, certificateOf(votes)), after);
  }
}
