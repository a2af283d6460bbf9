import { sha256 } from "@noble/hashes/sha2.js";
import { Reader, Writer } from "../../protocol/core/codec.ts";
import { type ChunkSummary, RunningSummary } from "./chunk-summary.ts";
import { accumulate, readColumn, writeColumn } from "./column.ts";
import { FIELD_COUNT, INITIAL_STATE } from "./state-fields.ts";

/** Nodes whose state shares its chunks: what is loaded for the sake of one. */
export const GROUP_NODES = 256;

/** Changes between two keyframes at most; with the keyframe 16 bytes at worst each. */
const MAX_CHANGES = 8192;
/** Room for changes that a group begins with: most groups of a large run see few. */
const FIRST_CHANGES = 256;

/** @returns the initial state of a number of nodes, row after row */
export function initialState(nodes: number): Float64Array {
  return Float64Array.from({ length: nodes * FIELD_COUNT }, (_, i) => INITIAL_STATE[i % FIELD_COUNT] as number);
}

/** Observed state of one group: a keyframe and what has changed since. */
export class StateColumns {
  readonly firstNode: number;
  readonly #nodeCount: number;
  readonly #writer = new Writer();
  readonly #now: Float64Array;
  #keyframe: Float64Array;
  #at = new Float64Array(FIRST_CHANGES);
  /** Within the group. */
  #node = new Uint8Array(FIRST_CHANGES);
  #field = new Uint8Array(FIRST_CHANGES);
  #value = new Float64Array(FIRST_CHANGES);
  #running: RunningSummary;
  #lastAtUs = 0;

  /** @param nodes of the group */
  constructor(firstNode: number, nodes: number, nodeCount: number) {
    this.firstNode = firstNode;
    this.#nodeCount = nodeCount;
    this.#now = initialState(nodes);
    this.#keyframe = this.#now.slice();
    this.#running = new RunningSummary(nodeCount);
  }

  get full(): boolean {
    return this.#running.rows === MAX_CHANGES;
  }

  get rows(): number {
    return this.#running.rows;
  }

  /** @returns the value now */
  get(node: number, field: number): number {
    return this.#now[(node - this.firstNode) * FIELD_COUNT + field] as number;
  }

  /** Appends a change; the caller has seen that the value is another. */
  set(atUs: number, node: number, field: number, value: number): void {
    const row = this.#running.rows;
    if (row === this.#at.length) this.#grow();
    this.#now[(node - this.firstNode) * FIELD_COUNT + field] = value;
    this.#at[row] = atUs - this.#lastAtUs;
    this.#node[row] = node - this.firstNode;
    this.#field[row] = field;
    this.#value[row] = value;
    this.#lastAtUs = atUs;
    this.#running.add(atUs, node);
    this.#running.nodes.add(node);
  }

  #grow(): void {
    const size = 2 * this.#at.length;
    this.#at = enlarged(this.#at, new Float64Array(size));
    this.#node = enlarged(this.#node, new Uint8Array(size));
    this.#field = enlarged(this.#field, new Uint8Array(size));
    this.#value = enlarged(this.#value, new Float64Array(size));
  }

  /** @returns the header's part, before `drain` empties the columns */
  summary(): ChunkSummary {
    const { rows, fromUs, toUs, nodes } = this.#running;
    return { rows, fromUs, toUs, nodes, firstKey: this.firstNode, lastKey: this.firstNode };
  }

  /**
   * @param link hash of the state chunk before this one, in the order of the file
   * @returns the chunk's content; the next one begins with the state as it is now
   */
  drain(link: Uint8Array): Uint8Array {
    const writer = this.#writer.fixed(link);
    writeColumn(writer, this.#keyframe, this.#keyframe.length);
    for (const column of [this.#at, this.#node, this.#field, this.#value])
      writeColumn(writer, column, this.#running.rows);
    this.#keyframe = this.#now.slice();
    this.#running = new RunningSummary(this.#nodeCount);
    this.#lastAtUs = 0;
    return writer.finish();
  }
}

function enlarged<Column extends Float64Array | Uint8Array>(from: Column, to: Column): Column {
  to.set(from);
  return to;
}

/** The first chunk's link: nothing before it. */
export const FIRST_LINK = new Uint8Array(32);

/** @returns the link to a state chunk: the rolling hash over it and all before it */
export function linkTo(content: Uint8Array): Uint8Array {
  return sha256(content);
}

/** A keyframe and the changes after it. */
export interface StateChunk {
  readonly link: Uint8Array;
  /** State of the group's nodes, row after row. */
  readonly keyframe: Float64Array;
  readonly atUs: Float64Array;
  /** Index in `keyframe` of each change, and the new value. */
  readonly index: Uint32Array;
  readonly value: Float64Array;
}

/**
 * @param nodes of the group
 * @returns keyframe and changes, or null when the content is malformed
 */
export function decodeState(content: Uint8Array, rows: number, nodes: number): StateChunk | null {
  if (rows > MAX_CHANGES || nodes > GROUP_NODES) return null;
  const reader = new Reader(content);
  const link = reader.fixed(FIRST_LINK.length);
  const keyframe = readColumn(reader, nodes * FIELD_COUNT);
  const atUs = accumulate(readColumn(reader, rows));
  const node = readColumn(reader, rows);
  const field = readColumn(reader, rows);
  const value = readColumn(reader, rows);
  const within = (column: Float64Array, end: number) => column.every((number) => number >= 0 && number < end);
  if (!reader.complete() || !within(node, nodes) || !within(field, FIELD_COUNT)) return null;
  const index = Uint32Array.from(node, (n, row) => n * FIELD_COUNT + (field[row] as number));
  return { link, keyframe, atUs, index, value };
}

/** Applies the changes up to and including a moment. @param state altered in place */
export function applyChanges(state: Float64Array, chunk: StateChunk, timeUs: number): void {
  for (let row = 0; row < chunk.atUs.length; row++) {
    if ((chunk.atUs[row] as number) <= timeUs) state[chunk.index[row] as number] = chunk.value[row] as number;
  }
}
