import { Reader, Writer } from "../../protocol/core/codec.ts";
import type { Hash } from "../../protocol/core/ids.ts";
import type { ChunkSummary } from "./chunk-summary.ts";
import { RunningSummary } from "./chunk-summary.ts";
import { readColumn, writeColumn } from "./column.ts";
import type { TraceBlock } from "./model.ts";

/** A block as its chunk holds it: the chain follows from the node. */
export type StoredBlock = Omit<TraceBlock, "chain">;

/** Most blocks of a chunk, and members and signers over all of them. */
const MAX_BLOCKS = 512;
const MAX_BLOCK_MEMBERS = 32_768;

/** Columns of one number for each block, in the order of the format. */
const NUMBERS = [
  "height",
  "view",
  "proposer",
  "timeUs",
  "finalizedUs",
  "finalizedBy",
  "transactions",
  "sizeBytes",
] as const;

/** Final blocks of the chunk being filled. */
export class BlockRows {
  readonly #nodeCount: number;
  #blocks: StoredBlock[] = [];
  #members = 0;
  #summary: RunningSummary;

  constructor(nodeCount: number) {
    this.#nodeCount = nodeCount;
    this.#summary = new RunningSummary(nodeCount);
  }

  get summary(): ChunkSummary {
    return this.#summary;
  }

  /** @returns whether a block with that many members and signers still fits */
  fits(members: number): boolean {
    return this.#blocks.length < MAX_BLOCKS && this.#members + members <= MAX_BLOCK_MEMBERS;
  }

  add(block: StoredBlock): void {
    this.#blocks.push(block);
    this.#members += block.committee.length + block.signers.length;
    this.#summary.add(block.finalizedUs, block.height);
    this.#summary.nodes.add(block.finalizedBy);
  }

  /** @returns the chunk's content; no rows are left */
  drain(): Uint8Array {
    const blocks = this.#blocks;
    const writer = new Writer();
    const column = (values: number[]) => writeColumn(writer, Float64Array.from(values), values.length);
    for (const field of NUMBERS) column(blocks.map((block) => block[field]));
    for (const field of ["committee", "signers"] as const) {
      column(blocks.map((block) => block[field].length));
      column(blocks.flatMap((block) => block[field]));
    }
    for (const block of blocks) writer.hash(block.hash as Hash);
    this.#blocks = [];
    this.#members = 0;
    this.#summary = new RunningSummary(this.#nodeCount);
    return writer.finish();
  }
}

/** Reads lists written as a column of lengths and a column of all items. */
function readLists(reader: Reader, rows: number): number[][] {
  const lengths = readColumn(reader, rows);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  if (!(total >= 0 && total <= MAX_BLOCK_MEMBERS)) reader.fail();
  const items = reader.failed ? new Float64Array(0) : readColumn(reader, total);
  let end = 0;
  return [...lengths].map((length) => {
    const start = end;
    end += length;
    return [...items.subarray(start, end)];
  });
}

/** @returns the blocks, or null when the content is malformed */
export function decodeBlocks(content: Uint8Array, rows: number): readonly StoredBlock[] | null {
  if (rows > MAX_BLOCKS) return null;
  const reader = new Reader(content);
  const numbers = NUMBERS.map(() => readColumn(reader, rows));
  const [committees, signers] = [readLists(reader, rows), readLists(reader, rows)];
  const hashes = Array.from({ length: rows }, () => reader.hash());
  if (!reader.complete()) return null;
  return hashes.map((hash, row) => {
    const number = (field: (typeof NUMBERS)[number]) => numbers[NUMBERS.indexOf(field)]?.[row] as number;
    return {
      height: number("height"),
      hash,
      view: number("view"),
      proposer: number("proposer"),
      timeUs: number("timeUs"),
      finalizedUs: number("finalizedUs"),
      finalizedBy: number("finalizedBy"),
      committee: committees[row] as number[],
      signers: signers[row] as number[],
      transactions: number("transactions"),
      sizeBytes: number("sizeBytes"),
    };
  });
}
