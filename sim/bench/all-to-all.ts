import type { PeerId } from "../../protocol/core/ids.ts";
import {
  type Context,
  type Machine,
  type Message,
  PROTOCOL_VERSION,
  type WireCodec,
} from "../../protocol/core/machine.ts";
import { type BareFigures, runBare } from "./bare-world.ts";

const SIZE_BYTES = 100;
const PERIOD_US = 10_000;
const LOSS = 0.1;

/** One node's word of one round. */
class Word implements Message {
  readonly kind = 1;
  readonly round: number;
  readonly from: number;
  wire: Uint8Array | null = null;

  constructor(round: number, from: number) {
    this.round = round;
    this.from = from;
  }
}

const codec: WireCodec = {
  encode(message) {
    const { round, from } = message as Word;
    const wire = new Uint8Array(SIZE_BYTES);
    const view = new DataView(wire.buffer);
    view.setUint32(0, round);
    view.setUint32(4, from);
    return wire;
  },
  decode(bytes) {
    if (bytes.length !== SIZE_BYTES) return null;
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    return new Word(view.getUint32(0), view.getUint32(4));
  },
};

/** Sends its word to all others, round after round. */
class Speaker implements Machine {
  readonly protocolVersion = PROTOCOL_VERSION;
  readonly #node: number;
  readonly #peers: readonly PeerId[];
  #round = 0;

  constructor(node: number, nodes: number) {
    this.#node = node;
    this.#peers = Array.from({ length: nodes }, (_, peer) => peer as PeerId).filter((peer) => peer !== node);
  }

  start(context: Context): void {
    this.onTimer(context);
  }

  onTimer(context: Context): void {
    context.setTimer(0, PERIOD_US);
    context.broadcast(this.#peers, new Word(this.#round++, this.#node));
  }

  onMessage(): void {
    // Hearing is all there is to do.
  }
}

/** Every node sends to every other in each round, and a tenth of it is lost. @param rounds of 10 ms */
export function allToAll(nodes: number, rounds: number): BareFigures {
  const link = { region: 0, uplinkBitsPerSecond: 1e9, downlinkBitsPerSecond: 1e9 };
  return runBare({
    codec,
    makeMachine: (node) => new Speaker(node, nodes),
    network: {
      nodes: Array.from({ length: nodes }, () => link),
      latencyUs: [[1000]],
      jitterUs: [[100]],
      lossProbability: LOSS,
    },
    durationUs: rounds * PERIOD_US,
  });
}
