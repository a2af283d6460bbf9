import type { TraceBlock, TraceNode } from "../../sim/trace/reader.ts";

/** One chain of a run, with all that the viewer shows of it. */
export interface Chain {
  readonly name: string;
  /** Its place among all chains, the rootchain's being 0; the colour follows from it. */
  readonly index: number;
  /** Numbers of its nodes; delegate `i` is node `nodes[i]`. */
  readonly nodes: readonly number[];
  /** Its final blocks by height. */
  readonly blocks: readonly TraceBlock[];
  /** Its final blocks in the order in which they became final. */
  readonly byTime: readonly TraceBlock[];
  /** Usual time between two final blocks, µs. */
  readonly intervalUs: number;
}

/** Roles of nodes that watch chains instead of holding one. */
const WATCHERS = new Set(["relayer", "light-client", "device"]);
const USUAL_INTERVAL_US = 3_000_000;

/** @returns whether a node stands between chains: it relays or follows by headers, and holds no chain itself */
export function isWatcher(node: TraceNode | undefined): boolean {
  return node === undefined || node.chain === "" || WATCHERS.has(node.role);
}

function median(values: readonly number[], otherwise: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? otherwise;
}

function chainOf(name: string, index: number, nodes: readonly number[], blocks: readonly TraceBlock[]): Chain {
  const byTime = [...blocks].sort((a, b) => a.finalizedUs - b.finalizedUs || a.height - b.height);
  const gaps = byTime.slice(1).map((block, i) => block.finalizedUs - (byTime[i] as TraceBlock).finalizedUs);
  return { name, index, nodes, blocks, byTime, intervalUs: Math.max(1, median(gaps, USUAL_INTERVAL_US)) };
}

/** @returns the chains of a run in the order of their first nodes, so the rootchain first; at least one */
export function chainsOf(nodes: readonly TraceNode[], blocks: readonly TraceBlock[]): readonly Chain[] {
  const members = new Map<string, number[]>();
  nodes.forEach(({ chain }, node) => {
    const list = members.get(chain);
    if (list !== undefined) list.push(node);
    else if (chain !== "") members.set(chain, [node]);
  });
  if (members.size === 0) members.set("", [...nodes.keys()]);
  const held = new Map<string, TraceBlock[]>();
  for (const block of blocks) {
    const list = held.get(block.chain);
    if (list === undefined) held.set(block.chain, [block]);
    else list.push(block);
  }
  return [...members].map(([name, list], index) => chainOf(name, index, list, held.get(name) ?? []));
}

/** @returns how many of the chain's blocks are final at a moment */
export function blocksFinalAt({ byTime }: Chain, timeUs: number): number {
  let [low, high] = [0, byTime.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((byTime[middle] as TraceBlock).finalizedUs <= timeUs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** @returns transactions in the chain's blocks that became final in each of `buckets` equal parts of the run */
export function transactionDensity(chain: Chain, buckets: number, untilUs: number): Float64Array {
  const counts = new Float64Array(buckets);
  for (const { finalizedUs, transactions } of chain.blocks) {
    const bucket = Math.min(buckets - 1, Math.floor((finalizedUs / Math.max(1, untilUs)) * buckets));
    // An empty block counts for one, so that a chain without work is still seen to go on.
    counts[bucket] = (counts[bucket] as number) + 1 + transactions;
  }
  return counts;
}
