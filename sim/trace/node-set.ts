/** Bytes of a node set. */
export const NODE_SET_BYTES = 32;
const BUCKETS = NODE_SET_BYTES * 8;

/** Which nodes a chunk speaks of, in fixed size: exact up to 256 nodes, a superset by blocks of neighbours above. */
export class NodeSet {
  readonly bits: Uint8Array;
  readonly #nodesPerBucket: number;

  constructor(nodeCount: number, bits: Uint8Array = new Uint8Array(NODE_SET_BYTES)) {
    this.bits = bits;
    this.#nodesPerBucket = Math.max(1, Math.ceil(nodeCount / BUCKETS));
  }

  #bucket(node: number): number {
    return Math.min(BUCKETS - 1, Math.floor(node / this.#nodesPerBucket));
  }

  /** @param node numbers beyond the last node fall into the last bucket */
  add(node: number): void {
    const bucket = this.#bucket(node);
    this.bits[bucket >> 3] = (this.bits[bucket >> 3] as number) | (1 << (bucket & 7));
  }

  /** @returns false only when the node is certainly not in the set */
  mayHave(node: number): boolean {
    const bucket = this.#bucket(node);
    return ((this.bits[bucket >> 3] as number) & (1 << (bucket & 7))) !== 0;
  }
}
