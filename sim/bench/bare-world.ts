import type { Machine, WireCodec } from "../../protocol/core/machine.ts";
import type { CryptoBackend } from "../../protocol/crypto/node-crypto.ts";
import type { DeviceProfile } from "../host/device.ts";
import { Host, kernelSources } from "../host/index.ts";
import { Clocks, Kernel, mixKey, Perturbation, RunDigest } from "../kernel/index.ts";
import { Network, type NetworkOptions } from "../network/index.ts";
import { nodeHasher } from "../platform/node/hasher.ts";

/** A machine that is never the bottleneck. */
const DEVICE: DeviceProfile = {
  cpu: {
    signNs: 0,
    verifyNs: 0,
    vrfProveNs: 0,
    vrfVerifyNs: 0,
    hashNsPerByte: 0,
    messageNs: 1000,
    executeNs: 0,
  },
  disk: { latencyNs: 0, nsPerByte: 0 },
};

/** For machines that use no cryptography. */
export const NO_CRYPTO: CryptoBackend = {
  name: "none",
  keyPairFromSeed: (seed) => ({ publicKey: seed, secretKey: seed }),
  sign: () => new Uint8Array(64),
  verify: () => true,
  vrfProve: () => new Uint8Array(80),
  vrfVerify: () => new Uint8Array(64),
  vrfOutput: () => new Uint8Array(64),
};

/** Machines of no protocol of this project's, on its kernel, host and network. */
export interface BareWorld {
  readonly codec: WireCodec;
  readonly makeMachine: (node: number) => Machine;
  readonly network: Pick<NetworkOptions, "nodes" | "latencyUs" | "jitterUs" | "lossProbability">;
  readonly durationUs: number;
}

/** What a bare run did. */
export interface BareFigures {
  /** Copies put on their way, lost ones included. */
  readonly messages: number;
  readonly events: number;
  readonly digest: string;
}

const QUEUE_BYTES = 1 << 28;

/** Runs machines from their start to the end of the time, with a digest of all that happens. */
export function runBare({ codec, makeMachine, network, durationUs }: BareWorld): BareFigures {
  const nodes = network.nodes.length;
  const digest = new RunDigest(nodeHasher());
  const perturbation = new Perturbation(0);
  const kernel = new Kernel({ sources: kernelSources(nodes), digest, perturbation, untilUs: durationUs });
  const host = new Host({
    kernel,
    digest,
    network: new Network({
      key: mixKey("1", "network/fates"),
      ...network,
      duplicateProbability: 0,
      reorderProbability: 0,
      reorderDelayUs: 0,
      maxMessageBytes: QUEUE_BYTES,
      uplinkQueueBytes: QUEUE_BYTES,
      downlinkQueueBytes: QUEUE_BYTES,
      perturbation,
    }),
    clocks: new Clocks(nodes),
    nodes: Array.from({ length: nodes }, (_, node) => ({ device: DEVICE, makeMachine: () => makeMachine(node) })),
    codec,
    backend: NO_CRYPTO,
    entropyKey: mixKey("1", "host/entropy"),
    hasher: nodeHasher,
  });
  host.startAll();
  while (kernel.advance(Number.MAX_SAFE_INTEGER) === "slice");
  const lost = host.outbox.drops.reduce((sum, each) => sum + each, 0);
  return { messages: host.outbox.copies + lost, events: kernel.executed, digest: digest.finish() };
}
