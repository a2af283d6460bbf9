import { type Certificate, certificateBytes } from "../../protocol/consensus/certificate.ts";
import { DELEGATE_KEY_BYTES } from "../../protocol/consensus/delegate-set.ts";
import type { Hash } from "../../protocol/core/ids.ts";
import type { Observation } from "../../protocol/core/observation.ts";
import { Block } from "../../protocol/ledger/block.ts";
import { HEADER_BYTES } from "../../protocol/ledger/header.ts";
import { CommitteeFigures } from "./committee-figures.ts";
import type { MetricRows } from "./metric-rows.ts";
import { Spans } from "./spans.ts";

export type Finalized = Extract<Observation, { kind: "finalized" }>;

/** A block that has just become final at its first honest node. */
export interface FirstFinal {
  readonly block: Block;
  readonly node: number;
  readonly atUs: number;
}

/** Takes the figures of one chain from what its honest nodes do. */
export class ChainFigures {
  /** Time between blocks becoming final for the first time. */
  readonly intervals = new Spans();
  /** From the first proposal of a block to its finality, at each honest node. */
  readonly finality = new Spans();
  /** Delegates of this chain that evidence names. */
  readonly culprits = new Set<number>();
  height = 0;
  /** Of the highest final block. */
  version = 0;
  transactions = 0;
  viewChanges = 0;
  /** Of all bodies of final blocks. */
  bodyBytes = 0;
  /** What every header costs to whom follows them all: with its certificate, and the keys of each new committee. */
  headerBytes = 0;
  /** In all certificates. */
  signatures = 0;
  readonly committees: CommitteeFigures;
  /** When the highest final block became final. */
  lastFinalUs = 0;
  readonly #name: string;
  readonly #metrics: MetricRows;
  readonly #onFinal: (final: FirstFinal) => void;
  readonly #proposedUs = new Map<Hash, number>();

  #committee = "";

  /**
   * @param metrics rows of the run, which this chain's are added to
   * @param hooks.onFinal told once for each block, when the first honest node holds it final
   * @param hooks.isByzantine of a delegate of this chain
   */
  constructor(
    name: string,
    metrics: MetricRows,
    hooks: { onFinal: (final: FirstFinal) => void; isByzantine: (id: number) => boolean },
  ) {
    this.#name = name;
    this.#metrics = metrics;
    this.#onFinal = hooks.onFinal;
    this.committees = new CommitteeFigures(hooks.isByzantine);
  }

  proposed(hash: Hash, atUs: number): void {
    if (!this.#proposedUs.has(hash)) this.#proposedUs.set(hash, atUs);
  }

  finalized(node: number, atUs: number, finalized: Finalized): void {
    const { height, block, blockHash, by } = finalized;
    const proposedUs = this.#proposedUs.get(blockHash);
    if (proposedUs !== undefined && by !== "sync") this.finality.push(proposedUs, atUs);
    if (height <= this.height || !(block instanceof Block)) return;
    this.#countHeader(finalized);
    this.#firstFinal({ block, node, atUs }, proposedUs);
  }

  #countHeader({ certificate, committee }: Finalized): void {
    const certified = certificate as Certificate;
    this.headerBytes += HEADER_BYTES + certificateBytes(certified);
    this.signatures += certified.votes.length;
    const seated = committee.join();
    if (seated !== this.#committee) this.headerBytes += committee.length * DELEGATE_KEY_BYTES;
    this.#committee = seated;
  }

  #firstFinal(final: FirstFinal, proposedUs: number | undefined): void {
    const { block, atUs } = final;
    const { height, version } = block.header;
    this.height = height;
    this.version = version;
    this.transactions += block.transactions.length;
    this.bodyBytes += block.bodyBytes;
    if (height > 1) this.intervals.push(this.lastFinalUs, atUs);
    const row = (metric: string, value: number) => {
      this.#metrics.push(atUs / 1_000_000, this.#name, metric, value);
    };
    row("height", height);
    row("transactions", block.transactions.length);
    if (height > 1) row("blockIntervalSeconds", (atUs - this.lastFinalUs) / 1_000_000);
    if (proposedUs !== undefined) row("finalitySeconds", (atUs - proposedUs) / 1_000_000);
    this.lastFinalUs = atUs;
    this.#onFinal(final);
  }
}
