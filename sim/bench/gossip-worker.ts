import { BITCOIN_DAY, gossipDay } from "./block-gossip.ts";
import { processStopwatch } from "./rounds.ts";
import { sketchRate } from "./sketch-rate.ts";

/** What one run of gossip in a process of its own took. */
export interface GossipRun {
  readonly cpuSeconds: number;
  readonly peakBytes: number;
  readonly messages: number;
  /** Share of nodes that each block reached. */
  readonly coverage: number;
  readonly digest: string;
  /** Messages a CPU second of the bare sketch, in the same process. */
  readonly sketchRate: number;
}

const [nodes, blocks] = process.argv.slice(2).map(Number);
const day = { ...BITCOIN_DAY, nodes: nodes ?? BITCOIN_DAY.nodes, blocks: blocks ?? BITCOIN_DAY.blocks };
const watch = processStopwatch();
const { messages, coverage, digest } = gossipDay(day);
const { cpuSeconds } = watch();
const peakBytes = process.resourceUsage().maxRSS * 1024;
const run: GossipRun = { cpuSeconds, peakBytes, messages, coverage, digest, sketchRate: sketchRate() };
process.send?.(run);
process.disconnect();
