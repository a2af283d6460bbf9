import type { Hash } from "../../../protocol/core/ids.ts";
import { compress } from "../../../sim/platform/node/compression.ts";
import { openBytes } from "../../../sim/test/trace/memory.ts";
import { describeBlock, syntheticMeta } from "../../../sim/test/trace/synthetic.ts";
import type { TraceMeta, TraceNode } from "../../../sim/trace/reader.ts";
import { TraceWriter } from "../../../sim/trace/writer.ts";
import { Replay } from "../../model/replay.ts";

const REGIONS = ["us-east", "eu-west", "ap-southeast", "sa-east"];
const ROUND_US = 1_000_000;
const OPERATORS = 4;

/** Name of a subchain, from 1. */
export const homeOf = (index: number): string => `home-${index}`;

/** Nodes of a rootchain and of subchains with four operators and a full node each, two relayers and a light client. */
export function manyNodes(subchains: number, delegates = 8): readonly TraceNode[] {
  const made: Pick<TraceNode, "name" | "role" | "chain">[] = [];
  for (let i = 0; i < delegates; i++) made.push({ name: `delegate-${i}`, role: "delegate", chain: "root" });
  for (let home = 1; home <= subchains; home++) {
    const chain = homeOf(home);
    for (let i = 0; i < OPERATORS; i++) made.push({ name: `${chain}/operator-${i}`, role: "operator", chain });
    made.push({ name: `${chain}/full-node-0`, role: "subchain-full-node", chain });
  }
  for (let i = 0; i < 2; i++) made.push({ name: `relayer-${i}`, role: "relayer", chain: "" });
  made.push({ name: "phone-0", role: "light-client", chain: homeOf(1) });
  return made.map((node, i) => ({ ...node, region: REGIONS[i % REGIONS.length] as string, position: null }));
}

/** Tells blocks of all chains; the first subchain makes none between 10 and 16 s. */
function tellBlocks(writer: TraceWriter, nodes: readonly TraceNode[], rounds: number): void {
  const chains = [...new Set(nodes.map(({ chain }) => chain))].filter((chain) => chain !== "");
  const heights = new Map<string, number>();
  for (let round = 1; round <= rounds; round++) {
    chains.forEach((chain, index) => {
      if (index === 1 && round > 10 && round < 16) return;
      const height = (heights.get(chain) ?? 0) + 1;
      heights.set(chain, height);
      const atUs = round * ROUND_US + index * 20_000;
      const members = [...nodes.keys()].filter(
        (node) => nodes[node]?.chain === chain && nodes[node].role !== "light-client",
      );
      const committee = [0, 1, 2, 3].map((seat) => (seat + height) % 4);
      const block = {
        proposer: committee[0] as number,
        timeUs: atUs - 400_000,
        committee,
        signers: committee.slice(0, 3),
        transactions: (height * 7 + index) % 20,
        sizeBytes: 900 + height,
      };
      const blockHash = (index * 1000 + height).toString(16).padStart(64, "0") as Hash;
      for (const node of members) {
        const seen = { kind: "finalized", height, view: 0, blockHash, block, certificate: {}, committee: [] } as const;
        writer.observation(node, atUs + node * 1000, { ...seen, by: "quorum" });
      }
    });
  }
}

/** Tells transfers: one a second, the seventh refunded, the others delivered after three seconds. */
function tellTransfers(writer: TraceWriter, nodes: readonly TraceNode[], subchains: number, rounds: number): void {
  const steps: { atUs: number; step: "started" | "locked" | "relocked" | "delivered" | "refunded"; number: number }[] =
    [];
  for (let number = 0; number < rounds; number++) {
    const startUs = number * ROUND_US + 300_000;
    const end = number % 7 === 6 ? "refunded" : "delivered";
    (["started", "locked", "relocked", end] as const).forEach((step, i) => {
      steps.push({ atUs: startUs + i * ROUND_US, step, number });
    });
  }
  steps.sort((a, b) => a.atUs - b.atUs);
  const operators = nodes.findIndex(({ role }) => role === "operator");
  for (const { atUs, step, number } of steps) {
    const from = homeOf((number % subchains) + 1);
    const to = number % 3 === 0 ? "root" : homeOf(((number + 1) % subchains) + 1);
    const lockId = number.toString(16).padStart(64, "0");
    writer.transfer({ atUs, node: operators, step, number, lockId: lockId as Hash, height: 3, from, to });
  }
}

/** Votes under way between neighbours, so that there is something to see move. */
function tellMessages(writer: TraceWriter, nodes: readonly TraceNode[], rounds: number): void {
  let emission = 0;
  for (let atUs = 100_000; atUs < rounds * ROUND_US; atUs += 100_000) {
    for (let node = 0; node < nodes.length; node += 3) {
      const peer = (node + 5) % nodes.length;
      writer.message(atUs + node * 50, atUs + 90_000, node, peer, 2, 187, 0, emission++, -1);
    }
  }
}

/** @returns the bytes of a synthetic run of a rootchain and some subchains */
export async function manyChains(subchains: number, rounds = 30): Promise<Uint8Array> {
  const nodes = manyNodes(subchains);
  const meta: TraceMeta = { ...syntheticMeta(1), scenario: "many-chains", nodes };
  const pieces: Uint8Array[] = [];
  const append = async (bytes: Uint8Array) => {
    pieces.push(bytes);
  };
  const writer = new TraceWriter({ meta, describeBlock, compress, append });
  tellMessages(writer, nodes, rounds);
  tellBlocks(writer, nodes, rounds);
  tellTransfers(writer, nodes, subchains, rounds);
  await writer.finish({ ending: "complete", digest: "ab".repeat(32), untilUs: (rounds + 1) * ROUND_US });
  return new Uint8Array(Buffer.concat(pieces));
}

/** Opens a synthetic run of several chains. */
export async function openMany(subchains: number): Promise<Replay> {
  return Replay.open(await openBytes(await manyChains(subchains)), (error) => {
    throw error;
  });
}
