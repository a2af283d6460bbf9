import type { CryptoBackend } from "../../protocol/crypto/node-crypto.ts";
import { Transactions } from "../../protocol/gossip/messages.ts";
import type { Block } from "../../protocol/ledger/block.ts";
import type { Payload } from "../../protocol/rootchain/payload.ts";
import type { UtxoTransaction } from "../../protocol/rootchain/transaction.ts";
import { type Sign, signerOf, spendCoins } from "../../protocol/rootchain/wallet.ts";
import { ROOT_CHAIN } from "../../protocol/subchain/specification.ts";
import type { Host } from "../host/index.ts";
import { type RandomStream, stream } from "../kernel/index.ts";
import type { Holder } from "./holder.ts";
import { FEE } from "./leg-maker.ts";
import type { OpenChains } from "./open-chains.ts";

type QuotaBid = Extract<Payload, { kind: "quota-bid" }>;

/** Who bids for a subchain, and what in every period. */
export interface Bidder {
  readonly holder: Holder;
  readonly terms: Omit<QuotaBid, "kind" | "refundScript">;
}

/** What a bidder is to own for each period. */
export function bidCoin({ terms }: Bidder): bigint {
  return terms.deposit + 2n * FEE;
}

/** A bid that is not final after so many blocks is handed to another node. */
const RESUBMIT_BLOCKS = 8;

interface PendingBid {
  readonly transaction: UtxoTransaction;
  handedInHeight: number;
}

/** What quota bidders are given. */
export interface QuotaBidderOptions {
  readonly seed: string;
  readonly backend: CryptoBackend;
  /** Nodes of the rootchain. */
  readonly members: readonly number[];
  readonly periodBlocks: number;
  readonly open: OpenChains;
}

/** Bids in every period for the next one, on behalf of the subchains that want quota (B7). */
export class QuotaBidders {
  readonly #host: Host;
  readonly #bidders: readonly Bidder[];
  readonly #options: QuotaBidderOptions;
  readonly #random: RandomStream;
  readonly #sign: Sign;
  #pending: readonly PendingBid[] = [];
  #period = -1;
  /** Who has not bid in this period yet. */
  #waiting: readonly Bidder[] = [];

  constructor(host: Host, bidders: readonly Bidder[], options: QuotaBidderOptions) {
    this.#host = host;
    this.#bidders = bidders;
    this.#options = options;
    this.#random = stream(options.seed, "workload/quota");
    this.#sign = signerOf(options.backend);
  }

  /** Takes in the rootchain's next final block. */
  onFinal(block: Block): void {
    const { height } = block.header;
    // Block `periodBlocks` is the last of its period.
    const period = Math.floor(height / this.#options.periodBlocks);
    if (period !== this.#period) {
      this.#period = period;
      this.#waiting = this.#bidders;
      this.#pending = [];
      this.#bidAll(height);
      return;
    }
    this.#bidAll(height);
    if (this.#pending.length === 0) return;
    const taken = new Set(block.transactions.map(({ id }) => id));
    this.#pending = this.#pending.filter(({ transaction }) => !taken.has(transaction.id));
    for (const pending of this.#pending) {
      if (height >= pending.handedInHeight + RESUBMIT_BLOCKS) this.#handIn(pending, height);
    }
  }

  /** Bids once in the period for each chain, as soon as it is there. */
  #bidAll(height: number): void {
    if (this.#waiting.length === 0) return;
    const { nowUs } = this.#host.kernel;
    const isOpen = ({ terms }: Bidder) => this.#options.open.isOpen(terms.chainId, nowUs);
    const ready = this.#waiting.filter(isOpen);
    if (ready.length === 0) return;
    this.#waiting = this.#waiting.filter((bidder) => !isOpen(bidder));
    this.#pending = [...this.#pending, ...ready.flatMap((bidder) => this.#bid(bidder, height))];
  }

  #bid(bidder: Bidder, height: number): PendingBid[] {
    const { holder, terms } = bidder;
    const coin = holder.takeCoin(bidCoin(bidder), this.#host.kernel.nowUs);
    if (coin === null) return [];
    const { outpoint, amount } = coin;
    const coins = [{ outpoint, output: { amount, lockingScript: holder.script }, keyPair: holder.keyPair }];
    const outputs = [{ amount: amount - terms.deposit - FEE, lockingScript: holder.script }];
    const payload: QuotaBid = { kind: "quota-bid", ...terms, refundScript: holder.script };
    const pending = {
      transaction: spendCoins(this.#sign, { chainId: ROOT_CHAIN, coins, outputs, payload }),
      handedInHeight: height,
    };
    this.#handIn(pending, height);
    return [pending];
  }

  #handIn(pending: PendingBid, height: number): void {
    const { members } = this.#options;
    const node = members[this.#random.below(members.length)] as number;
    pending.handedInHeight = height;
    this.#host.submit(node, new Transactions([pending.transaction]), this.#host.kernel.nowUs);
  }
}
