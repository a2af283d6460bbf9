import type { Scenario } from "./scenario.ts";

/** Rough needs, in bytes: measured on small runs, rounded up. */
const BASE_BYTES = 150 * 2 ** 20;
const CANDIDATE_BYTES = 256 * 1024;
const FULL_NODE_BYTES = 32 * 1024;
const ACCOUNT_BYTES = 1024;
const TRANSFER_BYTES = 4 * 1024;
const BLOCK_BYTES = 32 * 1024;

/** @returns the bytes that a run of this scenario takes at most, for a refusal before it starts */
export function estimateMemoryBytes({ rootchain, workload, durationUs }: Scenario): number {
  const nodes = (rootchain.delegates + rootchain.standby) * CANDIDATE_BYTES + rootchain.fullNodes * FULL_NODE_BYTES;
  const loads = workload.map(({ accounts, intervalUs, startUs, stopUs, dataBytes }) => {
    const transfers = Math.max(0, stopUs - startUs) / intervalUs;
    return accounts * ACCOUNT_BYTES + transfers * (TRANSFER_BYTES + dataBytes);
  });
  const blocks = (durationUs / rootchain.roundUs) * BLOCK_BYTES;
  return BASE_BYTES + nodes + blocks + loads.reduce((sum, bytes) => sum + bytes, 0);
}
