import type { ChunkStore } from "./chunk-store.ts";
import type { IndexEntry } from "./footer-chunk.ts";
import { applyChanges, decodeState, GROUP_NODES, initialState, type StateChunk } from "./state-chunk.ts";
import { FIELD_COUNT, StateTable } from "./state-fields.ts";

/** The state chunks of one group of nodes, in order, with what their times say about each other. */
interface GroupIndex {
  readonly entries: readonly IndexEntry[];
  /** Latest moment in all chunks before each: its keyframe holds from then on. */
  readonly holdsFromUs: readonly number[];
  /** Earliest moment in each chunk and all after it: none of them matters before. */
  readonly startsUs: readonly number[];
}

function indexGroup(entries: readonly IndexEntry[]): GroupIndex {
  const holdsFromUs: number[] = [];
  let latestUs = 0;
  for (const { header } of entries) {
    holdsFromUs.push(latestUs);
    latestUs = Math.max(latestUs, header.toUs);
  }
  const startsUs: number[] = [];
  let earliestUs = Number.POSITIVE_INFINITY;
  for (const { header } of [...entries].reverse()) {
    earliestUs = Math.min(earliestUs, header.fromUs);
    startsUs.push(earliestUs);
  }
  return { entries, holdsFromUs, startsUs: startsUs.reverse() };
}

/**
 * Finds observed state by the nearest keyframe before a moment and the changes after it. State at a moment is what all
 * changes up to it, in the order of the file, leave; nodes run ahead of each other, so chunks may overlap in time.
 */
export class StateQuery {
  readonly #store: ChunkStore;
  readonly #nodeCount: number;
  readonly #groups: readonly GroupIndex[];

  /** @param entries all state chunks of the file */
  constructor(store: ChunkStore, nodeCount: number, entries: readonly IndexEntry[]) {
    this.#store = store;
    this.#nodeCount = nodeCount;
    const byGroup: IndexEntry[][] = Array.from({ length: Math.ceil(nodeCount / GROUP_NODES) }, () => []);
    for (const entry of entries) byGroup[entry.header.firstKey / GROUP_NODES]?.push(entry);
    this.#groups = byGroup.map(indexGroup);
  }

  #nodesOf(group: number): number {
    return Math.min(GROUP_NODES, this.#nodeCount - group * GROUP_NODES);
  }

  #load(entry: IndexEntry | undefined, group: number): Promise<StateChunk | null> {
    if (entry === undefined) return Promise.resolve(null);
    return this.#store.load(entry, (content) => decodeState(content, entry.header.rows, this.#nodesOf(group)));
  }

  /** @returns the latest keyframe's chunk that holds at the moment and is sound, or −1 */
  async #base(index: GroupIndex, group: number, timeUs: number): Promise<number> {
    let base = index.holdsFromUs.findLastIndex((fromUs) => fromUs <= timeUs);
    while (base >= 0 && (await this.#load(index.entries[base], group)) === null) base -= 1;
    return base;
  }

  async #group(group: number, timeUs: number): Promise<Float64Array> {
    const index = this.#groups[group] as GroupIndex;
    const base = await this.#base(index, group, timeUs);
    const first = await this.#load(index.entries[base], group);
    const state = first?.keyframe.slice() ?? initialState(this.#nodesOf(group));
    for (let at = Math.max(0, base); at < index.entries.length && (index.startsUs[at] as number) <= timeUs; at++) {
      const chunk = await this.#load(index.entries[at], group);
      if (chunk !== null) applyChanges(state, chunk, timeUs);
    }
    return state;
  }

  /** @returns the state of all nodes */
  async all(timeUs: number): Promise<StateTable> {
    const values = new Float64Array(this.#nodeCount * FIELD_COUNT);
    const groups = await Promise.all(this.#groups.map((_, group) => this.#group(group, timeUs)));
    groups.forEach((state, group) => {
      values.set(state, group * GROUP_NODES * FIELD_COUNT);
    });
    return new StateTable(timeUs, values, 0);
  }

  /** @returns the state of one node; an empty table when there is no such node */
  async one(timeUs: number, node: number): Promise<StateTable> {
    const group = Math.floor(node / GROUP_NODES);
    if (!(node >= 0 && node < this.#nodeCount)) return new StateTable(timeUs, new Float64Array(0), node);
    const state = await this.#group(group, timeUs);
    const start = (node - group * GROUP_NODES) * FIELD_COUNT;
    return new StateTable(timeUs, state.slice(start, start + FIELD_COUNT), node);
  }
}
