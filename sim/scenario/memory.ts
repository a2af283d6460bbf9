import type { Scenario, TransferLoad } from "./scenario.ts";

/** Rough needs, in bytes: measured on small runs, rounded up. */
const BASE_BYTES = 150 * 2 ** 20;
const CANDIDATE_BYTES = 256 * 1024;
const FULL_NODE_BYTES = 32 * 1024;
const RELAYER_BYTES = 512 * 1024;
const LIGHT_CLIENT_BYTES = 16 * 1024;
/** A device asleep that has been awake: its disk, timers, account and keys. */
const DEVICE_BYTES = 6 * 1024;
const ACCOUNT_BYTES = 1024;
const TRANSFER_BYTES = 4 * 1024;
/** A transfer between chains is several transactions, with proofs. */
const CROSSING_BYTES = 32 * 1024;
const BLOCK_BYTES = 32 * 1024;

type Sized = Pick<
  Scenario,
  "rootchain" | "subchains" | "relayers" | "lightClients" | "devices" | "workload" | "durationUs"
>;

/** @returns the bytes that a run of this scenario takes at most, for a refusal before it starts */
export function estimateMemoryBytes(scenario: Sized): number {
  const { rootchain, subchains, durationUs } = scenario;
  const blocks = [rootchain, ...subchains].map(({ roundUs }) => (durationUs / roundUs) * BLOCK_BYTES);
  return BASE_BYTES + nodeBytes(scenario) + sum(blocks) + sum(scenario.workload.map(loadBytes));
}

function nodeBytes({ rootchain, subchains, relayers, lightClients, devices = [] }: Sized): number {
  const members = rootchain.delegates + rootchain.standby + sum(subchains.map(({ operators }) => operators));
  const followers = rootchain.fullNodes + sum(subchains.map(({ fullNodes }) => fullNodes));
  const clients = sum(lightClients.map(({ count }) => count));
  return (
    members * CANDIDATE_BYTES +
    followers * FULL_NODE_BYTES +
    relayers.count * RELAYER_BYTES +
    clients * LIGHT_CLIENT_BYTES +
    sum(devices.map(({ count, gateways }) => count * DEVICE_BYTES + gateways * LIGHT_CLIENT_BYTES))
  );
}

function loadBytes({ accounts, intervalUs, startUs, stopUs, dataBytes, from, to }: TransferLoad): number {
  const transfers = Math.max(0, stopUs - startUs) / intervalUs;
  return accounts * ACCOUNT_BYTES + transfers * ((from === to ? TRANSFER_BYTES : CROSSING_BYTES) + dataBytes);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
