import { NodeSet } from "./node-set.ts";

/** What a chunk's header says of its content. */
export interface ChunkSummary {
  readonly rows: number;
  readonly fromUs: number;
  readonly toUs: number;
  readonly firstKey: number;
  readonly lastKey: number;
  readonly nodes: NodeSet;
}

/** Collects a summary row by row. */
export class RunningSummary implements ChunkSummary {
  readonly nodes: NodeSet;
  rows = 0;
  fromUs = 0;
  toUs = 0;
  firstKey = 0;
  lastKey = 0;

  constructor(nodeCount: number) {
    this.nodes = new NodeSet(nodeCount);
  }

  add(atUs: number, key: number): void {
    const first = this.rows === 0;
    this.rows += 1;
    if (first || atUs < this.fromUs) this.fromUs = atUs;
    if (first || atUs > this.toUs) this.toUs = atUs;
    if (first || key < this.firstKey) this.firstKey = key;
    if (first || key > this.lastKey) this.lastKey = key;
  }
}
