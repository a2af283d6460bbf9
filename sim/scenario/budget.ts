import type { DeviceGroup } from "./device-groups.ts";
import { estimateMemoryBytes } from "./memory.ts";
import type { Scenario, TransferLoad } from "./scenario.ts";

/** Rough costs on one core of 2020's, in µs of its time: measured on runs of each kind, with trace and checkers. */
const STARTING = 1_000_000;
const VOTE = 3;
/** One signature that is made once and verified once. */
const SIGNED_VOTE = 85;
const MEMBER_BLOCK = 100;
const FOLLOWER_BLOCK = 80;
/** Once for each block: of the rootchain for each operator, of every chain for each relayer. */
const FOLLOWED_BLOCK = 200;
const POLLED_BLOCK = 400;
const LIGHT_BLOCK = 100;
const TRANSFER = 500;
const CROSSING = 5000;
/** A device that is put there, one that wakes and sends, and one that sees to it that what it sent is final. */
const DEVICE = 100;
const REPORT = 1000;
const CONFIRMATION = 700;
const SIGNED_REPORT = 100;

/** What a run will take, roughly: told before it starts. */
export interface Budget {
  readonly memoryBytes: number;
  /** Of one core. */
  readonly cpuSeconds: number;
}

/** @returns an estimate from sizes and rates alone; faults, adversaries and lost messages are not in it */
export function estimateBudget(scenario: Scenario): Budget {
  const { rootchain, subchains, relayers, lightClients, devices = [], durationUs, crypto, workload } = scenario;
  const vote = crypto === "real" ? VOTE + SIGNED_VOTE : VOTE;
  const rootBlocks = durationUs / rootchain.roundUs;
  let spentUs = STARTING + rootBlocks * blockUs(vote, rootchain.committee, rootchain.delegates, rootchain.fullNodes);
  let polled = rootBlocks;
  for (const { roundUs, operators, fullNodes } of subchains) {
    const blocks = durationUs / roundUs;
    polled += blocks;
    spentUs += blocks * blockUs(vote, operators, operators, fullNodes) + rootBlocks * operators * FOLLOWED_BLOCK;
  }
  spentUs += polled * relayers.count * POLLED_BLOCK;
  for (const { count } of lightClients) spentUs += count * rootBlocks * LIGHT_BLOCK;
  for (const load of workload) spentUs += loadUs(load);
  for (const group of devices) spentUs += groupUs(group, scenario);
  return { memoryBytes: estimateMemoryBytes(scenario), cpuSeconds: spentUs / 1e6 };
}

function blockUs(vote: number, committee: number, members: number, fullNodes: number): number {
  // What a vote costs whoever signs it, and what its copies cost whoever hears them.
  const votes = 2 * committee * (vote + VOTE * committee);
  return votes + members * MEMBER_BLOCK + fullNodes * FOLLOWER_BLOCK;
}

function groupUs({ count, sleep, send }: DeviceGroup, { durationUs, crypto }: Scenario): number {
  const confirmation = send.confirmsEvery === 0 ? 0 : CONFIRMATION / send.confirmsEvery;
  const report = send.crossing === undefined ? REPORT : CROSSING;
  const waking = report + confirmation + (crypto === "real" ? SIGNED_REPORT : 0);
  return count * (DEVICE + (durationUs / sleep.periodUs) * waking);
}

function loadUs({ from, to, startUs, stopUs, intervalUs }: TransferLoad): number {
  return (Math.max(0, stopUs - startUs) / intervalUs) * (from === to ? TRANSFER : CROSSING);
}
