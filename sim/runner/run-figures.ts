import { Proposal } from "../../protocol/consensus/messages.ts";
import { NewView } from "../../protocol/consensus/view-change.ts";
import type { Hash } from "../../protocol/core/ids.ts";
import type { Message } from "../../protocol/core/machine.ts";
import type { Observation } from "../../protocol/core/observation.ts";
import { Block } from "../../protocol/ledger/block.ts";
import type { Watcher } from "../host/index.ts";
import { Spans } from "./spans.ts";
import type { MetricRow } from "./summary.ts";

type Finalized = Extract<Observation, { kind: "finalized" }>;

/** Takes the figures of one chain from what its honest nodes do. */
export class RunFigures implements Watcher {
  /** Time between blocks becoming final for the first time. */
  readonly intervals = new Spans();
  /** From the first proposal of a block to its finality, at each honest node. */
  readonly finality = new Spans();
  readonly metrics: MetricRow[] = [];
  readonly culprits = new Set<number>();
  height = 0;
  transactions = 0;
  viewChanges = 0;
  readonly #isHonest: (node: number) => boolean;
  readonly #onFinal: (block: Block, atUs: number) => void;
  readonly #proposedUs = new Map<Hash, number>();
  #lastFinalUs = 0;

  /** @param onFinal told once for each block, when the first honest node holds it final */
  constructor(isHonest: (node: number) => boolean, onFinal: (block: Block, atUs: number) => void) {
    this.#isHonest = isHonest;
    this.#onFinal = onFinal;
  }

  onEmit(_node: number, atUs: number, message: Message | null): void {
    if (!(message instanceof Proposal || message instanceof NewView)) return;
    const { hash } = message.block;
    if (!this.#proposedUs.has(hash)) this.#proposedUs.set(hash, atUs);
  }

  onObserve(node: number, atUs: number, observation: Observation): void {
    if (!this.#isHonest(node)) return;
    if (observation.kind === "finalized") this.#finalized(atUs, observation);
    else if (observation.kind === "view") this.viewChanges++;
    else if (observation.kind === "evidence") this.culprits.add(observation.culprit);
  }

  #finalized(atUs: number, { height, block, blockHash, by }: Finalized): void {
    const proposedUs = this.#proposedUs.get(blockHash);
    if (proposedUs !== undefined && by !== "sync") this.finality.push(proposedUs, atUs);
    if (height > this.height && block instanceof Block) this.#firstFinal(atUs, block, proposedUs);
  }

  #firstFinal(atUs: number, block: Block, proposedUs: number | undefined): void {
    const { height } = block.header;
    this.height = height;
    this.transactions += block.transactions.length;
    if (height > 1) this.intervals.push(this.#lastFinalUs, atUs);
    const row = (metric: string, value: number) => {
      this.metrics.push({ timeSeconds: atUs / 1_000_000, chain: "root", node: "", metric, value });
    };
    row("height", height);
    row("transactions", block.transactions.length);
    if (height > 1) row("blockIntervalSeconds", (atUs - this.#lastFinalUs) / 1_000_000);
    if (proposedUs !== undefined) row("finalitySeconds", (atUs - proposedUs) / 1_000_000);
    this.#lastFinalUs = atUs;
    this.#onFinal(block, atUs);
  }
}
