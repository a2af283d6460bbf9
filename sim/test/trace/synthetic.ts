import type { DelegateId, Hash } from "../../../protocol/core/ids.ts";
import { Power } from "../../host/trace-sink.ts";
import type { TraceMeta, TraceNode } from "../../trace/model.ts";
import type { Compress } from "../../trace/ports.ts";
import { type BlockFacts, type FinalizedObservation, TraceWriter } from "../../trace/writer.ts";

/** Shape of a synthetic run: PBFT rounds over nodes in regions, with jitter, drops, late drops, crashes and faults. */
export interface SyntheticOptions {
  readonly nodes: number;
  readonly blocks: number;
  readonly level?: TraceMeta["level"];
  readonly seed?: number;
  /** Called after each block; wait here for back-pressure. */
  readonly between?: (writer: TraceWriter) => Promise<void>;
}

const REGIONS = ["Frankfurt", "Virginia", "Singapore", "São Paulo", "Sydney", "Tokyo"] as const;
const PLACES = [
  [8.7, 50.1],
  [-77.5, 39],
  [103.8, 1.3],
  [-46.6, -23.5],
  [151.2, -33.9],
  [139.7, 35.7],
] as const;
const ROUND_US = 1_000_000;
const COPY_US = 13;
const CLASS = { proposal: 1, vote: 2, certifiedBlock: 5 } as const;
const SIZE_BYTES = { proposal: 4321, vote: 187, certifiedBlock: 6543 } as const;

/** A small generator of uniform 32-bit numbers (xorshift), so that tests repeat themselves. */
export function numbers(seed: number): () => number {
  let state = (seed * 2_654_435_761 + 1) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
}

/** Nodes of the synthetic run. */
function syntheticNodes(count: number): TraceNode[] {
  return Array.from({ length: count }, (_, i) => ({
    name: `delegate-${i}`,
    role: "delegate",
    chain: "root",
    region: REGIONS[i % REGIONS.length] as string,
    position: PLACES[i % PLACES.length] as readonly [number, number],
  }));
}

/** Meta data of the synthetic run. */
export function syntheticMeta(nodes: number, level: TraceMeta["level"] = "full"): TraceMeta {
  return {
    scenario: "synthetic",
    seed: "1",
    codeVersion: "0".repeat(64),
    level,
    nodes: syntheticNodes(nodes),
    messageClasses: ["invalid", "proposal", "vote", "view-change", "new-view", "certified-block"],
    outcomes: [
      "delivered",
      "lost",
      "uplink queue full",
      "downlink queue full",
      "too large",
      "partitioned",
      "receiver down",
    ],
    faults: ["partition of Tokyo", "crash of one"],
  };
}

/** A block's object in the synthetic run is its description. */
export const describeBlock = ({ block }: FinalizedObservation): BlockFacts => block as BlockFacts;

/** The synthetic run, told to a writer. */
class SyntheticRun {
  readonly #writer: TraceWriter;
  readonly #nodes: number;
  readonly #next: () => number;
  #emission = 0;

  constructor(writer: TraceWriter, nodes: number, seed: number) {
    this.#writer = writer;
    this.#nodes = nodes;
    this.#next = numbers(seed);
  }

  #hash(): Hash {
    return Array.from({ length: 8 }, () => this.#next().toString(16).padStart(8, "0")).join("") as Hash;
  }

  /** Delay of one copy: what lies between two regions, and 16 bits of jitter. */
  #delayUs(from: number, to: number): number {
    return 5000 + 31_000 * Math.abs((from % REGIONS.length) - (to % REGIONS.length)) + (this.#next() & 0xffff);
  }

  #broadcast(from: number, atUs: number, kind: keyof typeof CLASS, cause: number): void {
    const emission = this.#emission++;
    for (let to = 0, copy = 1; to < this.#nodes; to++) {
      if (to === from) continue;
      const sentUs = atUs + COPY_US * copy++;
      const lost = this.#next() % 1000 === 0;
      const arrivalUs = lost ? sentUs : sentUs + this.#delayUs(from, to);
      this.#writer.message(sentUs, arrivalUs, from, to, CLASS[kind], SIZE_BYTES[kind], lost ? 1 : 0, emission, cause);
      if (!lost && this.#next() % 2000 === 0) this.#writer.late(emission, to, 6, arrivalUs);
    }
  }

  #votes(atUs: number): void {
    for (let node = 0; node < this.#nodes; node++) {
      const cause = this.#emission - 1 - (this.#next() % Math.min(this.#emission, this.#nodes));
      this.#broadcast(node, atUs + (this.#next() & 0x1ffff), "vote", cause);
    }
  }

  #decide(height: number, view: number, atUs: number, blockHash: Hash): void {
    const committee = Array.from({ length: this.#nodes }, (_, i) => (i + height) % this.#nodes);
    const proposer = committee[0] as number;
    const signers = committee.slice(0, Math.floor((2 * this.#nodes) / 3) + 1);
    const block: BlockFacts = {
      proposer,
      timeUs: atUs,
      committee,
      signers,
      transactions: height % 50,
      sizeBytes: 4321,
    };
    for (let node = 0; node < this.#nodes; node++) {
      const atNodeUs = atUs + 300_000 + (this.#next() & 0x1ffff);
      this.#writer.observation(node, atNodeUs, { kind: "prepared", height, view, blockHash });
      this.#writer.observation(node, atNodeUs + 90_000, {
        kind: "finalized",
        height,
        view,
        blockHash,
        block,
        certificate: {},
        committee: [],
        by: "quorum",
      });
      this.#writer.observation(node, atNodeUs + 90_000, { kind: "view", height: height + 1, view: 0 });
    }
  }

  /** One block: a proposal, two rounds of votes, a decision; trouble now and then. */
  block(height: number): void {
    const atUs = height * ROUND_US;
    const proposer = height % this.#nodes;
    const view = height % 16 === 5 ? 1 : 0;
    this.#writer.timer(atUs, proposer, 0);
    if (view > 0) this.#writer.observation(proposer, atUs, { kind: "view", height, view });
    if (height % 10 === 3) this.#trouble(height, atUs);
    this.#broadcast(proposer, atUs, "proposal", -1);
    this.#votes(atUs + 100_000);
    this.#votes(atUs + 300_000);
    this.#decide(height, view, atUs, this.#hash());
  }

  #trouble(height: number, atUs: number): void {
    const victim = this.#next() % this.#nodes;
    this.#writer.fault(atUs, height % 2, true);
    this.#writer.power(atUs, victim, Power.down);
    this.#writer.power(atUs + 500_000, victim, Power.up);
    this.#writer.observation(victim, atUs + 500_001, { kind: "mode", mode: "silent" });
    this.#writer.observation(victim, atUs + 600_000, { kind: "mode", mode: "member" });
    this.#writer.observation(victim, atUs + 600_000, { kind: "rejected", reason: "vote for a past height" });
    this.#writer.observation(victim, atUs + 600_000, { kind: "evidence", culprit: 1 as DelegateId, evidence: {} });
    this.#writer.fault(atUs + 700_000, height % 2, false);
  }
}

/** Records a synthetic run; `tee` hears of everything too. */
export async function writeSynthetic(
  options: SyntheticOptions,
  ports: { readonly compress: Compress; readonly append: (bytes: Uint8Array) => Promise<void> },
  end: { readonly ending: "complete" | "interrupted" } = { ending: "complete" },
): Promise<void> {
  const meta = syntheticMeta(options.nodes, options.level);
  const writer = new TraceWriter({ meta, describeBlock, ...ports });
  const run = new SyntheticRun(writer, options.nodes, options.seed ?? 1);
  for (let height = 1; height <= options.blocks; height++) {
    run.block(height);
    await options.between?.(writer);
  }
  await writer.finish({ ...end, digest: "ab".repeat(32), untilUs: (options.blocks + 1) * ROUND_US });
}

/** @returns the bytes of a synthetic trace */
export async function syntheticTrace(options: SyntheticOptions, compress: Compress): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  const append = async (bytes: Uint8Array) => {
    pieces.push(bytes);
  };
  await writeSynthetic(options, { compress, append });
  const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
