import { inTemporaryFolder, type RecordOptions, recordRun } from "./record-run.ts";
import { processStopwatch } from "./rounds.ts";
import { sodiumBackend } from "./simulate.ts";
import { sketchRate } from "./sketch-rate.ts";
import { type Crypto, city } from "./workloads.ts";

/** What one run of a city in a process of its own took. */
export interface CityRun {
  readonly simulatedSeconds: number;
  readonly cpuSeconds: number;
  readonly peakBytes: number;
  readonly events: number;
  /** In final blocks of all chains. */
  readonly transactions: number;
  /** Messages a CPU second of the bare sketch, in the same process. */
  readonly sketchRate: number;
}

const [devices = "", minutes = "", everySeconds = "", crypto = "", level = ""] = process.argv.slice(2);
const scenario = city(crypto as Crypto, {
  devices: Number(devices),
  minutes: Number(minutes),
  everySeconds: Number(everySeconds),
});
await sodiumBackend();
const watch = processStopwatch();
const { events, chains } = await inTemporaryFolder((folder) =>
  recordRun(folder, scenario, { level: level as RecordOptions["level"], checkers: false }),
);
const { cpuSeconds } = watch();
const peakBytes = process.resourceUsage().maxRSS * 1024;
const transactions = chains.reduce((sum, chain) => sum + chain.transactions, 0);
const run: CityRun = {
  simulatedSeconds: scenario.durationUs / 1e6,
  cpuSeconds,
  peakBytes,
  events,
  transactions,
  sketchRate: sketchRate(),
};
process.send?.(run);
process.disconnect();
