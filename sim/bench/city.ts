import { nodeHasher } from "../platform/node/hasher.ts";
import { createRun } from "../runner/index.ts";
import type { Bench, BenchResult } from "./result.ts";
import { sodiumBackend } from "./simulate.ts";
import { type Crypto, city } from "./workloads.ts";

const DEVICES = 10_000;
const MINUTES = 5;
const SLICE_EVENTS = 200_000;

/** Ten thousand devices on LoRa and IEEE 802.15.4 that report once a minute to 32 subchains. */
export const city10kReal: Bench = (name) => pace(name, "real", 15);
export const city10kModelled: Bench = (name) => pace(name, "modelled", 40);

/** Simulated time for each second of processor time once the city stands, and what its building took. */
async function pace(name: string, crypto: Crypto, target: number): Promise<readonly BenchResult[]> {
  const backend = await sodiumBackend();
  const begun = cpuSeconds();
  const scenario = city(DEVICES, { crypto, minutes: MINUTES });
  const options = { backend, checkers: false, hasher: nodeHasher, trace: null, paranoid: false, codeVersion: "" };
  const run = createRun(scenario, options);
  const built = cpuSeconds();
  while (run.advance(SLICE_EVENTS));
  const { summary } = run.finish();
  const done = cpuSeconds();
  const value = scenario.durationUs / 1e6 / (done - built);
  const figure = (of: string) => summary.figures.find((each) => each.name === of)?.value ?? 0;
  const megabytes = Math.round((process.resourceUsage().maxRSS * 1024) / 1e6);
  const detail =
    `${MINUTES} simulated minutes, ${crypto} crypto, checkers off, trace off; ${figure("devices.sent")} reports, ` +
    `${figure("devices.frames")} frames; built in ${(built - begun).toFixed(1)} s; peak ${megabytes} MB of the whole process`;
  return [
    { name, value, unit: "× real time", higherIsBetter: true, ratio: null, target, met: value >= target, detail },
  ];
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
