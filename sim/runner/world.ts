import type { Judgement } from "../../protocol/consensus/chain-state.ts";
import type { PeerId } from "../../protocol/core/ids.ts";
import type { CryptoBackend } from "../../protocol/crypto/node-crypto.ts";
import { chainWire } from "../../protocol/node/wire.ts";
import { Gang, type Setting } from "../adversary/index.ts";
import { Host, kernelSources, type Watcher } from "../host/index.ts";
import { createModelledBackend } from "../host/modelled-crypto.ts";
import { Clocks, deriveSeed, Kernel, mixKey, Perturbation, RunDigest, stream } from "../kernel/index.ts";
import { Network } from "../network/index.ts";
import { numberNodes } from "../scenario/numbering.ts";
import { placeAdversaries } from "../scenario/place-adversaries.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { type ChainPlan, membersOf, nativeTokenOf, numbersOf } from "./chain-plan.ts";
import { placesOf, type planAccess } from "./device-plan.ts";
import type { NodeMaking } from "./machines.ts";
import type { RunOptions } from "./run.ts";
import { drawMeshes } from "./topology.ts";

/** One shared judgement in so many is made again and compared: a function that is not pure is a bug. */
const RECHECK_EVERY = 1024;
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
  return scenario.crypto === "real" ? real : modelledBackendOf(scenario);
}

export function modelledBackendOf({ seed }: Scenario): CryptoBackend {
  return createModelledBackend(deriveSeed(seed, "crypto/modelled"));
}

function settingOf(scenario: Scenario, backend: CryptoBackend, plans: readonly ChainPlan[]): Setting {
  const { seed, durationUs, rootchain } = scenario;
  const { lightClients, relayers: carriers, total } = numberNodes(scenario);
  const chains = plans.map((plan) => {
    const members = membersOf(plan) as PeerId[];
    return { id: plan.id, members, roundUs: plan.parameters.roundUs, nativeToken: nativeTokenOf(plan) };
  });
  const firstLightClient = lightClients[0]?.first ?? total;
  return {
    seed,
    backend,
    durationUs,
    chains,
    quotaPeriodBlocks: rootchain.quotaPeriodBlocks,
    relayers: numbersOf(carriers) as PeerId[],
    firstLightClient,
    stakes: rootchain.stakes,
  };
}

/** @returns the nodes of each adversary, ascending */
export function drawAdversaries(scenario: Scenario, plans: readonly ChainPlan[]): number[][] {
  const mesh = drawMeshes(scenario, plans, numberNodes(scenario).total);
  return placeAdversaries({
    scenario,
    drawFor: (label) => {
      const random = stream(scenario.seed, label);
      return (below) => random.below(below);
    },
    neighboursOf: (node) => mesh[node] ?? [],
  });
}

/** @returns the adversaries with their nodes picked */
export function drawGangs(scenario: Scenario, backend: CryptoBackend, plans: readonly ChainPlan[]): Gang[] {
  const { adversaries } = scenario;
  if (adversaries.length === 0) return [];
  const setting = settingOf(scenario, backend, plans);
  const placed = drawAdversaries(scenario, plans);
  return adversaries.map((adversary, index) => new Gang(adversary, placed[index] ?? [], setting));
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
  /** By number. */
  readonly nodes: readonly NodeMaking[];
  readonly watchers: readonly Watcher[];
  readonly run: RunOptions;
  readonly access: ReturnType<typeof planAccess>;
}

/** The simulated world of one run. */
export interface World {
  readonly kernel: Kernel;
  readonly digest: RunDigest;
  readonly host: Host;
}

/** Wires kernel, network and host of a scenario; nothing has started yet. */
export function buildWorld(options: WorldOptions): World {
  const { scenario, nodes, backend, watchers, run, access } = options;
  const digest = new RunDigest(run.hasher());
  const perturbation = new Perturbation(scenario.perturbation);
  const kernel = new Kernel({
    sources: kernelSources(nodes.length),
    digest,
    perturbation,
    untilUs: scenario.durationUs,
  });
  const host = new Host({
    kernel,
    digest,
    network: networkOf(scenario, placesOf(scenario), perturbation),
    clocks: new Clocks(nodes.length),
    nodes,
    codec: chainWire,
    backend,
    entropyKey: mixKey(scenario.seed, "node/entropy"),
    watchers,
    trace: run.trace,
    paranoid: run.paranoid,
    hasher: run.hasher,
    ...(access === undefined ? {} : { access }),
    recheck: { every: RECHECK_EVERY, same: sameJudgement },
  });
  return { kernel, digest, host };
}
