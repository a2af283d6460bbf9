import type { DeviceGroup } from "./device-groups.ts";
import { estimateMemoryBytes, type Parts } from "./memory.ts";
import type { RootchainScenario, Scenario, TransferLoad } from "./scenario.ts";

/** Rough costs on one core of 2020's, in µs of its time: fitted to runs of every shipped scenario, with trace and checkers. */
const STARTING = 1_400_000;
const VOTE = 3;
/** One signature that is made once and verified once. */
const SIGNED_VOTE = 75;
const BLOCK = 2000;
const MEMBER_BLOCK = 40;
const FOLLOWER_BLOCK = 120;
/** A candidate that draws its lot for one iteration, and what it takes more to prove it and to verify the proof. */
const LOT = 100;
const PROVEN_LOT = 3000;
/** Once for each block: of the rootchain for each operator, of every chain for each relayer. */
const FOLLOWED_BLOCK = 50;
const POLLED_BLOCK = 150;
const LIGHT_BLOCK = 300;
/** A transfer, and each node of its chain that hears of it. */
const TRANSFER = 50;
const HEARD_TRANSFER = 20;
const CROSSING = 4900;
/** A device that is put there, one that wakes and sends, and one that sees to it that what it sent is final. */
const DEVICE = 100;
const REPORT = 500;
const CONFIRMATION = 350;
const SIGNED_REPORT = 100;

/** What a run will take, roughly: told before it starts. */
export interface Budget {
  readonly memoryBytes: number;
  /** Of one core. */
  readonly cpuSeconds: number;
}

/** @returns an estimate from sizes and rates alone; faults, adversaries and lost messages are not in it */
export function estimateBudget(scenario: Scenario): Budget {
  return { memoryBytes: estimateMemoryBytes(scenario), cpuSeconds: sum(Object.values(estimateTimeParts(scenario))) };
}

/** @returns seconds of one core that a run takes, by what takes them */
export function estimateTimeParts(scenario: Scenario): Parts {
  const { rootchain, subchains, relayers, lightClients, devices = [], durationUs, workload } = scenario;
  const rootBlocks = durationUs / rootchain.roundUs;
  const rootUs = chainUs({ ...rootchain, members: rootchain.delegates }, scenario);
  const subchainUs = subchains.map(
    (chain) =>
      chainUs({ ...chain, members: chain.operators }, scenario) + rootBlocks * chain.operators * FOLLOWED_BLOCK,
  );
  const polled = rootBlocks + sum(subchains.map(({ roundUs }) => durationUs / roundUs));
  const followedUs = sum(lightClients.map(({ count }) => count * rootBlocks * LIGHT_BLOCK));
  return {
    base: STARTING / 1e6,
    rootchain: rootUs / 1e6,
    subchains: sum(subchainUs) / 1e6,
    light: (polled * relayers.count * POLLED_BLOCK + followedUs) / 1e6,
    devices: sum(devices.map((group) => groupUs(group, scenario))) / 1e6,
    workload: sum(workload.map((load) => loadUs(load, scenario))) / 1e6,
  };
}

type ChainSize = Pick<RootchainScenario, "committee" | "roundsPerIteration" | "roundUs" | "fullNodes"> & {
  readonly members: number;
};

function chainUs(chain: ChainSize, { durationUs, crypto }: Pick<Scenario, "durationUs" | "crypto">): number {
  const { committee, members, fullNodes, roundUs, roundsPerIteration } = chain;
  const isReal = crypto === "real";
  // What a vote costs whoever signs it, and what its copies cost whoever hears them.
  const votes = 2 * committee * (VOTE + (isReal ? SIGNED_VOTE : 0) + VOTE * committee);
  const lots = (members * (LOT + (isReal ? PROVEN_LOT : 0))) / roundsPerIteration;
  return (durationUs / roundUs) * (BLOCK + votes + lots + members * MEMBER_BLOCK + fullNodes * FOLLOWER_BLOCK);
}

function groupUs({ count, sleep, send }: DeviceGroup, { durationUs, crypto }: Scenario): number {
  const confirmation = send.confirmsEvery === 0 ? 0 : CONFIRMATION / send.confirmsEvery;
  const report = send.crossing === undefined ? REPORT : CROSSING;
  const waking = report + confirmation + (crypto === "real" ? SIGNED_REPORT : 0);
  return count * (DEVICE + (durationUs / sleep.periodUs) * waking);
}

function loadUs({ from, to, startUs, stopUs, intervalUs }: TransferLoad, scenario: Scenario): number {
  const { rootchain, subchains, durationUs } = scenario;
  const chain = subchains.find(({ name }) => name === from);
  const hearers = chain === undefined ? rootchain.delegates + rootchain.fullNodes : chain.operators + chain.fullNodes;
  const spanUs = Math.max(0, Math.min(stopUs, durationUs) - startUs);
  return (spanUs / intervalUs) * (from === to ? TRANSFER + hearers * HEARD_TRANSFER : CROSSING);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
