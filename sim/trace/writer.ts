import type { Observation } from "../../protocol/core/observation.ts";
import type { BatteryNote, OperationStepNote, Power, TraceSink, TransferStepNote } from "../host/trace-sink.ts";
import { BlockRows } from "./block-chunk.ts";
import { ChunkOutput } from "./chunk-output.ts";
import { type ChunkSummary, RunningSummary } from "./chunk-summary.ts";
import { EventColumns } from "./event-chunk.ts";
import { encodeFooter, encodeTrailer } from "./footer-chunk.ts";
import { ChunkKind, FILE_MARK } from "./format.ts";
import { LateColumns } from "./late-chunk.ts";
import { MessageColumns } from "./message-chunk.ts";
import { encodeMeta, encodeNodes, headOf } from "./meta-chunk.ts";
import type { Ending, TraceBlock, TraceMeta } from "./model.ts";
import { beginEvent, blankEvent, counterOf, describeObservation } from "./observation-event.ts";
import { encodeOverview, OverviewCounts } from "./overview.ts";
import type { Append, Compress } from "./ports.ts";
import { GROUP_NODES } from "./state-chunk.ts";
import { POWER_NAMES } from "./state-fields.ts";
import { StateWriter } from "./state-writer.ts";

/** After so many chunks, and four more for each group of nodes, what is held back is written too: no more is lost in a cut. */
const FLUSH_CHUNKS = 16;
/** Rows after which the first of it is written, where that has to be early, and those after which it need not be any more. */
const EARLY_ROWS = 256;
const MAX_EARLY_ROWS = 65_536;
/** Most chunks in flight before a driver should wait. */
export const MAX_IN_FLIGHT = 8;

/** What a node observes when a block becomes final there. */
export type FinalizedObservation = Extract<Observation, { kind: "finalized" }>;

/** What only the owner of the block format can tell of a final block. */
export type BlockFacts = Pick<
  TraceBlock,
  "proposer" | "timeUs" | "committee" | "signers" | "transactions" | "sizeBytes"
>;

/** How a run ended. */
export interface RunEnd {
  readonly ending: Exclude<Ending, "cut">;
  /** Digest of the run, 64 hex digits, or "" where there is none. */
  readonly digest: string;
  readonly untilUs: number;
}

export interface TraceWriterOptions {
  readonly meta: TraceMeta;
  readonly append: Append;
  readonly compress: Compress;
  readonly describeBlock: (final: FinalizedObservation) => BlockFacts;
  /** Whether the run may end at any moment with no word: no more than half of its first rows is held back then. */
  readonly writesEarly?: boolean;
}

/**
 * Records a run. Telling it something is synchronous and costs no promise; what is compressed and written takes place
 * beside the run, so a driver waits between slices while `backlog()` is above MAX_IN_FLIGHT.
 */
export class TraceWriter implements TraceSink {
  readonly #meta: TraceMeta;
  readonly #describeBlock: (final: FinalizedObservation) => BlockFacts;
  readonly #output: ChunkOutput;
  readonly #messages: MessageColumns;
  readonly #late: LateColumns;
  readonly #events: EventColumns;
  readonly #blocks: BlockRows;
  readonly #state: StateWriter;
  readonly #overview = new OverviewCounts();
  readonly #draft = blankEvent();
  /** The last hash of each height and chain. */
  readonly #hashes = new Map<string, Map<number, string>>();
  readonly #transport: boolean;
  readonly #flushPeriod: number;
  #flushedAt = 0;
  /** Rows told so far, and at how many of them everything is written early; −1: no more. */
  #told = 0;
  #earlyAt: number;

  constructor(options: TraceWriterOptions) {
    const nodeCount = options.meta.nodes.length;
    this.#meta = options.meta;
    this.#describeBlock = options.describeBlock;
    this.#transport = options.meta.level === "full";
    this.#output = new ChunkOutput(options.append, options.compress);
    this.#messages = new MessageColumns(nodeCount);
    this.#late = new LateColumns(nodeCount);
    this.#events = new EventColumns(nodeCount);
    this.#blocks = new BlockRows(nodeCount);
    this.#state = new StateWriter(nodeCount, (content, summary) => this.#close(ChunkKind.state, content, summary));
    this.#flushPeriod = FLUSH_CHUNKS + 4 * Math.ceil(nodeCount / GROUP_NODES);
    this.#earlyAt = options.writesEarly === true ? EARLY_ROWS : -1;
    this.#begin();
  }

  #begin(): void {
    const { nodes } = this.#meta;
    this.#output.raw(FILE_MARK);
    this.#close(ChunkKind.meta, encodeMeta(this.#meta), new RunningSummary(nodes.length));
    for (let first = 0; first < nodes.length; ) {
      const { content, count } = encodeNodes(nodes, first);
      const summary = new RunningSummary(nodes.length);
      this.#close(ChunkKind.nodes, content, { ...summary, rows: count, firstKey: first, lastKey: first + count - 1 });
      first += count;
    }
  }

  message(
    sentUs: number,
    arrivalUs: number,
    src: number,
    dst: number,
    messageClass: number,
    sizeBytes: number,
    outcome: number,
    emissionId: number,
    cause: number,
  ): void {
    if (!this.#transport) return;
    if (this.#messages.full) {
      this.#closeMessages();
      this.#flushWhenDue();
    }
    this.#messages.add(sentUs, arrivalUs, src, dst, messageClass, sizeBytes, outcome, emissionId, cause);
    if (++this.#told === this.#earlyAt) this.#flushEarly();
  }

  late(emissionId: number, dst: number, outcome: number, atUs: number): void {
    if (!this.#transport) return;
    this.#late.add(emissionId, dst, outcome, atUs);
    this.#overview.add("dropped", atUs, 1);
    if (this.#late.full) this.#closeLate();
  }

  timer(atUs: number, node: number, timer: number): void {
    if (!this.#transport) return;
    beginEvent(this.#draft, "timer", atUs, node);
    this.#draft.subject = timer;
    this.#addEvent();
  }

  power(atUs: number, node: number, power: Power): void {
    beginEvent(this.#draft, "power", atUs, node);
    this.#draft.text = POWER_NAMES[power] as string;
    this.#addEvent();
    this.#state.power(atUs, node, power);
  }

  battery(atUs: number, node: number, note: BatteryNote): void {
    this.#state.battery(atUs, node, note);
  }

  place(atUs: number, node: number, x: number, y: number): void {
    this.#state.place(atUs, node, x, y);
  }

  radioLoss(atUs: number, node: number): void {
    this.#state.radioLoss(atUs, node);
  }

  fault(atUs: number, fault: number, begins: boolean): void {
    beginEvent(this.#draft, "fault", atUs, -1);
    this.#draft.subject = fault;
    this.#draft.text = begins ? "begins" : "ends";
    this.#addEvent();
  }

  observation(node: number, atUs: number, seen: Observation): void {
    beginEvent(this.#draft, seen.kind, atUs, node);
    describeObservation(this.#draft, seen);
    this.#addEvent();
    this.#state.observation(node, atUs, seen);
    if (seen.kind === "finalized") this.#finalized(node, atUs, seen);
  }

  #finalized(node: number, atUs: number, seen: FinalizedObservation): void {
    const hashes = this.#hashesOf(this.#meta.nodes[node]?.chain ?? "");
    if (hashes.get(seen.height) === seen.blockHash) return;
    hashes.set(seen.height, seen.blockHash);
    const { height, view, blockHash: hash } = seen;
    const block = { height, view, hash, finalizedUs: atUs, finalizedBy: node, ...this.#describeBlock(seen) };
    if (!this.#blocks.fits(block.committee.length + block.signers.length)) this.#closeBlocks();
    this.#blocks.add(block);
  }

  #hashesOf(chain: string): Map<number, string> {
    const known = this.#hashes.get(chain);
    if (known !== undefined) return known;
    const hashes = new Map<number, string>();
    this.#hashes.set(chain, hashes);
    return hashes;
  }

  transfer({ atUs, node, step, number, lockId, height, from, to }: TransferStepNote): void {
    beginEvent(this.#draft, "transfer", atUs, node);
    this.#draft.subject = number;
    this.#draft.height = height;
    this.#draft.blockHash = lockId;
    this.#draft.text = `${step} ${from} ${to}`;
    this.#addEvent();
  }

  operation({ atUs, node, step, number, kind, chain, transactionId, height }: OperationStepNote): void {
    beginEvent(this.#draft, "operation", atUs, node);
    this.#draft.subject = number;
    this.#draft.height = height;
    this.#draft.blockHash = transactionId;
    this.#draft.text = `${step} ${kind} ${chain}`;
    this.#addEvent();
  }

  #addEvent(): void {
    const counter = counterOf(this.#draft);
    if (counter !== null) this.#overview.add(counter, this.#draft.atUs, 1);
    if (this.#events.full) {
      this.#closeEvents();
      this.#flushWhenDue();
    }
    this.#events.add(this.#draft);
    if (++this.#told === this.#earlyAt) this.#flushEarly();
  }

  /** Each time after as much again, so that no more than half of what was told is ever held back. */
  #flushEarly(): void {
    this.#flush();
    this.#earlyAt = this.#told < MAX_EARLY_ROWS ? 2 * this.#told : -1;
  }

  #closeMessages(): void {
    this.#messages.count(this.#overview);
    const summary = this.#messages.summary();
    this.#close(ChunkKind.messages, this.#messages.drain(), summary);
  }

  #closeLate(): void {
    const { summary } = this.#late;
    this.#close(ChunkKind.late, this.#late.drain(), summary);
  }

  #closeEvents(): void {
    const { summary } = this.#events;
    this.#close(ChunkKind.events, this.#events.drain(), summary);
  }

  #closeBlocks(): void {
    const { summary } = this.#blocks;
    this.#close(ChunkKind.blocks, this.#blocks.drain(), summary);
  }

  #close(kind: ChunkKind, content: Uint8Array, summary: ChunkSummary): void {
    this.#output.chunk(kind, content, summary);
  }

  #flushWhenDue(): void {
    if (this.#output.closed - this.#flushedAt >= this.#flushPeriod) this.#flush();
  }

  /** Writes what is held back, in a fixed order. */
  #flush(): void {
    if (this.#messages.rows > 0) this.#closeMessages();
    if (this.#late.summary.rows > 0) this.#closeLate();
    if (this.#events.summary.rows > 0) this.#closeEvents();
    if (this.#blocks.summary.rows > 0) this.#closeBlocks();
    this.#state.flush();
    this.#flushedAt = this.#output.closed;
  }

  /** @returns chunks that wait for compression or for the output */
  backlog(): number {
    return this.#output.inFlight;
  }

  /** Waits until nothing is in flight. @throws what compression or the output failed with */
  settled(): Promise<void> {
    return this.#output.settled();
  }

  /** Writes what is left, overview, footer and trailer. @throws what compression or the output failed with */
  async finish(end: RunEnd): Promise<void> {
    const nothing = new RunningSummary(this.#meta.nodes.length);
    this.#flush();
    this.#close(ChunkKind.overview, encodeOverview(this.#overview.finest()), nothing);
    await this.#output.settled();
    const { index, offset } = this.#output;
    const meta = headOf(this.#meta);
    const footer = encodeFooter({ ...end, stateDigest: this.#state.digest(), meta, index });
    this.#output.chunk(ChunkKind.footer, footer, nothing);
    this.#output.raw(encodeTrailer(offset));
    await this.#output.settled();
  }
}
