import type { DeviceGroup } from "./device-groups.ts";
import type { Scenario, TransferLoad } from "./scenario.ts";

/** Part of the machine's memory that runs may take: the rest is for whoever starts them. */
export const MEMORY_SHARE = 0.8;

/** Rough needs, in bytes: measured on small runs, rounded up. */
const BASE_BYTES = 150 * 2 ** 20;
const CANDIDATE_BYTES = 256 * 1024;
const FULL_NODE_BYTES = 32 * 1024;
const RELAYER_BYTES = 512 * 1024;
const LIGHT_CLIENT_BYTES = 16 * 1024;
/** A device asleep that has been awake: its disk, timers, account and keys. */
const DEVICE_BYTES = 6 * 1024;
/** A transaction that a device keeps until it is known to be final; it keeps 16 at most. */
const PENDING_BYTES = 1024;
const MOST_PENDING = 16;
const ACCOUNT_BYTES = 1024;
/** While a block is recent it is kept whole, and so are its transactions. A transfer between chains is several, with proofs. */
const RECENT_BLOCKS = 128;
const TRANSFER_BYTES = { recent: 4 * 1024, old: 1024 };
const CROSSING_BYTES = { recent: 32 * 1024, old: 8 * 1024 };
const BLOCK_BYTES = { recent: 32 * 1024, old: 8 * 1024 };

type Sized = Pick<
  Scenario,
  "rootchain" | "subchains" | "relayers" | "lightClients" | "devices" | "workload" | "durationUs"
>;

/** How much each part of a scenario takes, of memory or of time. */
export interface Parts {
  readonly base: number;
  readonly rootchain: number;
  readonly subchains: number;
  readonly light: number;
  readonly devices: number;
  readonly workload: number;
}

/** @returns bytes that a run of this scenario takes at most, by what takes them */
export function estimateMemoryParts(scenario: Sized): Parts {
  const { rootchain, subchains, relayers, lightClients, devices = [], workload, durationUs } = scenario;
  const rounds = new Map(subchains.map(({ name, roundUs }) => [name, roundUs]));
  const roundOf = (chain: string) => rounds.get(chain) ?? rootchain.roundUs;
  const blocks = (roundUs: number) => keptBytes(durationUs / roundUs, { roundUs, durationUs }, BLOCK_BYTES);
  return {
    base: BASE_BYTES,
    rootchain:
      (rootchain.delegates + rootchain.standby) * CANDIDATE_BYTES +
      rootchain.fullNodes * FULL_NODE_BYTES +
      blocks(rootchain.roundUs),
    subchains: sum(
      subchains.map(
        ({ operators, fullNodes, roundUs }) =>
          operators * CANDIDATE_BYTES + fullNodes * FULL_NODE_BYTES + blocks(roundUs),
      ),
    ),
    light: relayers.count * RELAYER_BYTES + sum(lightClients.map(({ count }) => count * LIGHT_CLIENT_BYTES)),
    devices: sum(devices.map((group) => groupBytes(group, { roundUs: roundOf(group.chain), durationUs }))),
    workload: sum(workload.map((load) => loadBytes(load, { roundUs: roundOf(load.to), durationUs }))),
  };
}

/** @returns the bytes that a run of this scenario takes at most, for a refusal before it starts */
export function estimateMemoryBytes(scenario: Sized): number {
  return sum(Object.values(estimateMemoryParts(scenario)));
}

interface Span {
  readonly roundUs: number;
  readonly durationUs: number;
}

/** @returns what so many things on a chain take at the end, most of them in old blocks where the run is long */
function keptBytes(count: number, { roundUs, durationUs }: Span, bytes: typeof BLOCK_BYTES): number {
  const recent = Math.min(1, (RECENT_BLOCKS * roundUs) / durationUs);
  return count * (recent * bytes.recent + (1 - recent) * bytes.old);
}

function groupBytes({ count, gateways, sleep, send }: DeviceGroup, span: Span): number {
  const wakings = span.durationUs / sleep.periodUs;
  const pending = Math.min(wakings, send.confirmsEvery, MOST_PENDING) * PENDING_BYTES;
  const each = send.crossing === undefined ? TRANSFER_BYTES : CROSSING_BYTES;
  const transactions = keptBytes(count * wakings, span, each) + count * wakings * send.dataBytes;
  return count * (DEVICE_BYTES + pending) + gateways * LIGHT_CLIENT_BYTES + transactions;
}

function loadBytes(load: TransferLoad, span: Span): number {
  const { accounts, intervalUs, startUs, stopUs, dataBytes, from, to } = load;
  const transfers = Math.max(0, stopUs - startUs) / intervalUs;
  const each = from === to ? TRANSFER_BYTES : CROSSING_BYTES;
  return accounts * ACCOUNT_BYTES + keptBytes(transfers, span, each) + transfers * dataBytes;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
