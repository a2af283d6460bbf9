import type { PeerId } from "../../protocol/core/ids.ts";
import {
  type Context,
  type Machine,
  type Message,
  PROTOCOL_VERSION,
  type WireCodec,
} from "../../protocol/core/machine.ts";
import { SECOND_US } from "../../protocol/core/units.ts";
import { drawMesh } from "../runner/topology.ts";
import { REGION_PRESETS } from "../scenario/index.ts";
import { type BareFigures, runBare } from "./bare-world.ts";

/** As Bitcoin's: an inventory of one entry, and the request of it. */
const NOTICE_BYTES = 61;
const Kind = { notice: 1, request: 2, block: 3 } as const;

/** Prime, so that finders are spread over all nodes. */
const FINDER_STRIDE = 5003;

/** A block of a number, told of, asked for or sent whole. */
class Told implements Message {
  readonly kind: number;
  readonly block: number;
  readonly sizeBytes: number;
  wire: Uint8Array | null = null;

  constructor(kind: number, block: number, sizeBytes: number) {
    this.kind = kind;
    this.block = block;
    this.sizeBytes = sizeBytes;
  }
}

const codec: WireCodec = {
  encode(message) {
    const { kind, block, sizeBytes } = message as Told;
    const wire = new Uint8Array(sizeBytes);
    const view = new DataView(wire.buffer);
    view.setUint8(0, kind);
    view.setUint32(1, block);
    return wire;
  },
  decode(bytes) {
    if (bytes.length < NOTICE_BYTES) return null;
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    return new Told(view.getUint8(0), view.getUint32(1), bytes.length);
  },
};

/** Blocks of one size that are found at even intervals, each by some node, and spread by notice, request and answer. */
export interface GossipDay {
  readonly nodes: number;
  readonly blocks: number;
  readonly blockBytes: number;
  readonly intervalUs: number;
}

/** SimBlock's and JABS' default world: a block of 1 MB every ten minutes. */
export const BITCOIN_DAY: GossipDay = { nodes: 8000, blocks: 144, blockBytes: 1_000_000, intervalUs: 600 * SECOND_US };

/** What has spread how far. */
interface Coverage {
  /** Blocks that arrived, over all nodes. */
  received: number;
}

class Gossiper implements Machine {
  readonly protocolVersion = PROTOCOL_VERSION;
  readonly #day: GossipDay;
  readonly #node: number;
  readonly #peers: readonly PeerId[];
  readonly #coverage: Coverage;
  /** The highest block that is here, and the highest that was asked for. */
  #latest: Told | null = null;
  #asked = 0;
  /** The next block that this node finds. */
  #own = 0;

  constructor(day: GossipDay, of: { node: number; peers: readonly PeerId[]; coverage: Coverage }) {
    this.#day = day;
    this.#node = of.node;
    this.#peers = of.peers;
    this.#coverage = of.coverage;
  }

  start(context: Context): void {
    this.#awaitOwn(context, 1);
  }

  onTimer(context: Context): void {
    const block = this.#own;
    this.#keep(context, new Told(Kind.block, block, this.#day.blockBytes));
    this.#awaitOwn(context, block + 1);
  }

  /** @param from the first block that may be this node's to find */
  #awaitOwn(context: Context, from: number): void {
    const { blocks, nodes, intervalUs } = this.#day;
    let own = from;
    while (own <= blocks && (own * FINDER_STRIDE) % nodes !== this.#node) own++;
    this.#own = own;
    if (own <= blocks) context.setTimer(0, own * intervalUs - context.nowUs);
  }

  #keep(context: Context, block: Told): void {
    if (block.block <= (this.#latest?.block ?? 0)) return;
    this.#latest = block;
    this.#coverage.received++;
    context.broadcast(this.#peers, new Told(Kind.notice, block.block, NOTICE_BYTES));
  }

  onMessage(context: Context, from: PeerId, message: Message): void {
    const told = message as Told;
    if (told.kind === Kind.block) return this.#keep(context, told);
    if (told.kind === Kind.request) {
      if (this.#latest?.block === told.block) context.send(from, this.#latest);
    } else if (told.block > Math.max(this.#asked, this.#latest?.block ?? 0)) {
      this.#asked = told.block;
      context.send(from, new Told(Kind.request, told.block, NOTICE_BYTES));
    }
  }
}

const DEGREE = 8;
const BITS_PER_SECOND = 50e6;

/** @returns what a day of gossip took, and the share of nodes that each block reached */
export function gossipDay(day: GossipDay): BareFigures & { readonly coverage: number } {
  const { nodes, blocks, intervalUs } = day;
  const mesh = drawMesh({ seed: "1", network: { gossip: { degree: DEGREE } } }, nodes);
  const { latencyUs } = REGION_PRESETS["world-6"];
  const coverage: Coverage = { received: 0 };
  const figures = runBare({
    codec,
    makeMachine: (node) => new Gossiper(day, { node, peers: mesh[node] ?? [], coverage }),
    network: {
      nodes: Array.from({ length: nodes }, (_, node) => {
        const region = node % latencyUs.length;
        return { region, uplinkBitsPerSecond: BITS_PER_SECOND, downlinkBitsPerSecond: BITS_PER_SECOND };
      }),
      latencyUs,
      jitterUs: latencyUs.map((row) => row.map((latency) => Math.round(latency / 5))),
      lossProbability: 0,
    },
    durationUs: (blocks + 1) * intervalUs,
  });
  return { ...figures, coverage: coverage.received / (nodes * blocks) };
}
