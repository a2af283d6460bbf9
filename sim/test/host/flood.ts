import type { PeerId } from "../../../protocol/core/ids.ts";
import {
  type Context,
  type Machine,
  type Message,
  PROTOCOL_VERSION,
  type WireCodec,
} from "../../../protocol/core/machine.ts";
import { NO_CRYPTO } from "../../bench/bare-world.ts";
import type { DeviceProfile } from "../../host/device.ts";
import { kernelSources } from "../../host/event-kinds.ts";
import { Host, type HostOptions } from "../../host/host.ts";
import { Clocks } from "../../kernel/clock.ts";
import { RunDigest } from "../../kernel/digest.ts";
import { Kernel, type KernelOptions } from "../../kernel/kernel.ts";
import { Perturbation } from "../../kernel/perturbation.ts";
import { mixKey } from "../../kernel/random.ts";
import { Network } from "../../network/network.ts";
import type { NetworkOptions } from "../../network/options.ts";

/** A cloud machine: libsodium on one 2.5 GHz core. */
const SERVER: DeviceProfile = {
  cpu: {
    signNs: 44_000,
    verifyNs: 113_000,
    vrfProveNs: 500_000,
    vrfVerifyNs: 560_000,
    hashNsPerByte: 5,
    messageNs: 2_000,
    executeNs: 20_000,
  },
  disk: { latencyNs: 100_000, nsPerByte: 1 },
};

/** A round's greeting, padded to `sizeBytes`. */
export class Greeting implements Message {
  readonly kind = 1;
  wire: Uint8Array | null = null;
  readonly round: number;
  readonly from: number;
  readonly sizeBytes: number;

  constructor(round: number, from: number, sizeBytes: number) {
    this.round = round;
    this.from = from;
    this.sizeBytes = sizeBytes;
  }
}

export const greetingCodec: WireCodec = {
  encode(message) {
    const { round, from, sizeBytes } = message as Greeting;
    const wire = new Uint8Array(sizeBytes);
    const view = new DataView(wire.buffer);
    view.setUint8(0, 1);
    view.setUint32(1, round);
    view.setUint32(5, from);
    return wire;
  },
  decode(bytes) {
    if (bytes.length < 9 || bytes[0] !== 1) return null;
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    return new Greeting(view.getUint32(1), view.getUint32(5), bytes.length);
  },
};

export interface FloodOptions {
  readonly nodes: number;
  readonly sizeBytes?: number;
  /** Rounds are given up after this long without two thirds of the greetings. */
  readonly patienceUs?: number;
}

/** Greets all others each round, and goes on to the next when two thirds of them have. */
export class FloodMachine implements Machine {
  readonly protocolVersion = PROTOCOL_VERSION;
  round = 0;
  private readonly heard: Int32Array;
  private readonly node: number;
  private readonly peers: readonly PeerId[];
  private readonly options: FloodOptions;

  constructor(node: number, options: FloodOptions) {
    this.node = node;
    this.options = options;
    this.peers = Array.from({ length: options.nodes }, (_, peer) => peer as PeerId).filter((peer) => peer !== node);
    this.heard = new Int32Array(1 << 10);
  }

  start(context: Context, storage: ReadonlyMap<string, Uint8Array>): void {
    const stored = storage.get("round");
    if (stored !== undefined) this.round = new DataView(stored.buffer, stored.byteOffset).getUint32(0);
    this.greet(context);
  }

  onMessage(context: Context, _from: PeerId, message: Message): void {
    const { round } = message as Greeting;
    if (round < this.round || round >= this.round + this.heard.length) return;
    const at = round & (this.heard.length - 1);
    const count = (this.heard[at] as number) + 1;
    this.heard[at] = count;
    if (3 * count < 2 * this.peers.length || round !== this.round) return;
    this.advance(context);
  }

  onTimer(context: Context): void {
    this.advance(context);
  }

  private advance(context: Context): void {
    this.heard[this.round & (this.heard.length - 1)] = 0;
    this.round++;
    context.observe({ kind: "view", height: this.round, view: 0 });
    this.greet(context);
  }

  private greet(context: Context): void {
    const record = new Uint8Array(4);
    new DataView(record.buffer).setUint32(0, this.round);
    context.persist("round", record);
    context.setTimer(0, this.options.patienceUs ?? 1_000_000);
    context.broadcast(this.peers, new Greeting(this.round, this.node, this.options.sizeBytes ?? 150));
  }
}

/** A backend for machines that use no cryptography. */
export const noBackend = NO_CRYPTO;

export interface WorldOptions {
  readonly nodes: number;
  readonly makeMachine?: (node: number) => Machine;
  readonly flood?: Partial<FloodOptions>;
  readonly network?: Partial<NetworkOptions>;
  readonly host?: Partial<HostOptions>;
  readonly kernel?: Partial<KernelOptions>;
  readonly perturbation?: number;
  readonly digest?: RunDigest;
}

export interface World {
  readonly kernel: Kernel;
  readonly host: Host;
  readonly network: Network;
  readonly clocks: Clocks;
  readonly digest: RunDigest;
}

/** A ready network of flooding machines (or of others), lossless and quick unless told otherwise. */
export function makeWorld(options: WorldOptions): World {
  const { nodes } = options;
  const digest = options.digest ?? new RunDigest();
  const perturbation = new Perturbation(options.perturbation ?? 0);
  const kernel = new Kernel({ sources: kernelSources(nodes), digest, perturbation, ...options.kernel });
  const link = { region: 0, uplinkBitsPerSecond: 1e9, downlinkBitsPerSecond: 1e9 };
  const network = new Network({
    key: mixKey("1", "network/fates"),
    nodes: Array.from({ length: nodes }, () => link),
    latencyUs: [[20_000]],
    jitterUs: [[5_000]],
    lossProbability: 0,
    duplicateProbability: 0,
    reorderProbability: 0,
    reorderDelayUs: 0,
    maxMessageBytes: 1 << 24,
    uplinkQueueBytes: 1 << 24,
    downlinkQueueBytes: 1 << 24,
    perturbation,
    ...options.network,
  });
  const clocks = new Clocks(nodes);
  const makeMachine = options.makeMachine ?? ((node) => new FloodMachine(node, { nodes, ...options.flood }));
  const host = new Host({
    kernel,
    digest,
    network,
    clocks,
    nodes: Array.from({ length: nodes }, (_, node) => ({
      device: SERVER,
      makeMachine: () => makeMachine(node),
    })),
    codec: greetingCodec,
    backend: noBackend,
    entropyKey: mixKey("1", "host/entropy"),
    ...options.host,
  });
  return { kernel, host, network, clocks, digest };
}
