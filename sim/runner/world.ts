import type { ChainState, Judgement } from "../../protocol/consensus/chain-state.ts";
import type { Machine } from "../../protocol/core/machine.ts";
import { SECOND_US } from "../../protocol/core/units.ts";
import type { CryptoBackend } from "../../protocol/crypto/node-crypto.ts";
import { ChainNode } from "../../protocol/node/chain-node.ts";
import { PROVISIONED } from "../../protocol/node/silence.ts";
import { chainWire } from "../../protocol/node/wire.ts";
import { ByzantineNode, Gang } from "../adversary/index.ts";
import { type DeviceProfile, Host, kernelSources, type Watcher } from "../host/index.ts";
import { createModelledBackend } from "../host/modelled-crypto.ts";
import { Clocks, deriveSeed, Kernel, mixKey, Perturbation, RunDigest } from "../kernel/index.ts";
import { Network } from "../network/index.ts";
import type { Hardware, Scenario } from "../scenario/scenario.ts";
import { drawFor } from "./fault-plan.ts";
import type { Population } from "./population.ts";
import type { RunOptions } from "./run.ts";
import { drawMesh, placeNodes } from "./topology.ts";

/** What taking a message in costs besides hashing its bytes: a system call and a look at its head. */
const MESSAGE_NS = 2_000;
/** What a disk needs for each byte: 1 GB/s. */
const DISK_NS_PER_BYTE = 1;
/** One shared judgement in so many is made again and compared: a function that is not pure is a bug. */
const RECHECK_EVERY = 1024;
/** Nodes without news ask a neighbour this often at most. */
const MIN_STATUS_INTERVAL_US = 5 * SECOND_US;

function deviceOf(hardware: Hardware): DeviceProfile {
  const { signNs, verifyNs, vrfProveNs, vrfVerifyNs, executeNs } = hardware;
  const hashNsPerByte = Math.max(1, Math.round(hardware.hashNsPerKibibyte / 1024));
  return {
    cpu: { signNs, verifyNs, vrfProveNs, vrfVerifyNs, executeNs, hashNsPerByte, messageNs: MESSAGE_NS },
    disk: { latencyNs: hardware.diskUs * 1000, nsPerByte: DISK_NS_PER_BYTE },
  };
}

function networkOf(scenario: Scenario, places: readonly number[], perturbation: Perturbation): Network {
  const { backbone } = scenario.network;
  const { latencyUs } = backbone.regions;
  const rate = backbone.bandwidthBitsPerSecond;
  return new Network({
    key: mixKey(scenario.seed, "network/fates"),
    nodes: places.map((region) => ({ region, uplinkBitsPerSecond: rate, downlinkBitsPerSecond: rate })),
    latencyUs,
    jitterUs: latencyUs.map((row) => row.map((latency) => Math.round(latency * backbone.jitter))),
    lossProbability: backbone.lossProbability,
    duplicateProbability: backbone.duplicationProbability,
    reorderProbability: backbone.reordering.probability,
    reorderDelayUs: backbone.reordering.delayUs,
    maxMessageBytes: backbone.maxMessageBytes,
    uplinkQueueBytes: backbone.queueBytes,
    downlinkQueueBytes: backbone.queueBytes,
    perturbation,
  });
}

/** @returns the backend that a scenario's `crypto:` asks for */
export function backendOf(scenario: Scenario, real: CryptoBackend): CryptoBackend {
  return scenario.crypto === "real" ? real : createModelledBackend(deriveSeed(scenario.seed, "crypto/modelled"));
}

/** @returns the adversaries with their nodes drawn */
export function drawGangs(scenario: Scenario): Gang[] {
  const { adversaries } = scenario;
  const drawn = drawFor(
    scenario,
    "adversaries",
    adversaries.map(({ nodes }) => nodes),
  );
  return adversaries.map((adversary, index) => new Gang(adversary, drawn[index] ?? []));
}

/** @returns whether two judgements of one block on one state say the same */
function sameJudgement(one: unknown, other: unknown): boolean {
  const [first, second] = [one, other] as [Judgement, Judgement];
  return first.refusal === second.refusal && first.after?.stateRoot === second.after?.stateRoot;
}

/** What a world is built from. */
export interface WorldOptions {
  readonly scenario: Scenario;
  readonly backend: CryptoBackend;
  readonly population: Population;
  readonly genesis: ChainState;
  readonly gangs: readonly Gang[];
  readonly watchers: readonly Watcher[];
  readonly run: RunOptions;
}

/** The simulated world of one run. */
export interface World {
  readonly kernel: Kernel;
  readonly digest: RunDigest;
  readonly host: Host;
}

/** Wires kernel, network and host of a scenario; nothing has started yet. */
export function buildWorld(options: WorldOptions): World {
  const { scenario, population, backend, watchers, run } = options;
  const nodes = population.residents.length;
  const digest = new RunDigest(run.hasher());
  const perturbation = new Perturbation(scenario.perturbation);
  const kernel = new Kernel({ sources: kernelSources(nodes), digest, perturbation, untilUs: scenario.durationUs });
  const host = new Host({
    kernel,
    digest,
    network: networkOf(scenario, placeNodes(scenario, nodes), perturbation),
    clocks: new Clocks(nodes),
    nodes: nodeSpecs(options),
    codec: chainWire,
    backend,
    entropyKey: mixKey(scenario.seed, "node/entropy"),
    watchers,
    trace: run.trace,
    paranoid: run.paranoid,
    hasher: run.hasher,
    recheck: { every: RECHECK_EVERY, same: sameJudgement },
  });
  return { kernel, digest, host };
}

function nodeSpecs({ scenario, population, genesis, gangs }: WorldOptions) {
  const { residents } = population;
  const mesh = drawMesh(scenario, residents.length);
  const statusIntervalUs = Math.max(MIN_STATUS_INTERVAL_US, 2 * scenario.rootchain.roundUs);
  const delegateDevice = deviceOf(scenario.hardware.delegates);
  const followerDevice = deviceOf(scenario.hardware.fullNodes);
  return residents.map(({ identity }, node) => {
    const gang = gangs.find(({ nodes }) => nodes.includes(node));
    const makeMachine = (): Machine => {
      const peers = { mesh: mesh[node] ?? [] };
      const machine = new ChainNode({ genesis, identity, ...peers, statusIntervalUs });
      return gang === undefined || identity === null ? machine : gang.corrupt(machine);
    };
    const device = identity === null ? followerDevice : delegateDevice;
    return identity === null ? { device, makeMachine } : { device, makeMachine, provisioned: PROVISIONED };
  });
}

/** @returns the chain state that a node's machine holds, or null while it is down */
export function stateOf(machine: Machine | null): ChainState | null {
  const honest = machine instanceof ByzantineNode ? machine.honest : machine;
  return honest instanceof ChainNode ? honest.state : null;
}
