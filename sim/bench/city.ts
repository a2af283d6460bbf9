import type { CityRun } from "./city-worker.ts";
import { ownProcess } from "./own-process.ts";
import type { Bench, BenchResult } from "./result.ts";
import type { Crypto } from "./workloads.ts";

/** A city, and what a run of it may take. */
interface CityPlan {
  readonly devices: number;
  readonly minutes: number;
  /** Between two reports of one device. */
  readonly everySeconds: number;
  readonly crypto: Crypto;
  readonly trace: "protocol" | "off";
  /** Simulated seconds a CPU second; null where it only has to end. */
  readonly leastPace: number | null;
  readonly mostMegabytes: number;
}

const HEAP_MEBIBYTES = 14_000;

function cityRun({ devices, minutes, everySeconds, crypto, trace }: CityPlan): Promise<CityRun> {
  const given = [devices, minutes, everySeconds, crypto, trace].map(String);
  return ownProcess("city-worker.js", given, [`--max-old-space-size=${HEAP_MEBIBYTES}`]);
}

function cityBench(plan: CityPlan): Bench {
  return async (name) => {
    const { cpuSeconds, simulatedSeconds, peakBytes, events, transactions, sketchRate } = await cityRun(plan);
    const { devices, minutes, everySeconds, crypto, trace, leastPace, mostMegabytes } = plan;
    const pace = simulatedSeconds / cpuSeconds;
    const megabytes = peakBytes / 1e6;
    const detail = `${devices} devices on LoRa and 802.15.4, one report each in ${everySeconds} s, 32 subchains; ${crypto} crypto, ${minutes} simulated minutes, trace ${trace === "off" ? "off" : "at protocol level"}, checkers off; ${events} events, ${transactions} transactions, ${cpuSeconds.toFixed(0)} CPU s`;
    const speed: BenchResult = {
      name,
      value: pace,
      unit: "× real time",
      higherIsBetter: true,
      ratio: { to: "the bare sketch's messages a second, in events", value: events / cpuSeconds / sketchRate },
      target: leastPace ?? 0,
      met: leastPace === null || pace >= leastPace,
      detail,
    };
    const memory: BenchResult = {
      name: `${name}-memory`,
      value: megabytes,
      unit: "MB",
      higherIsBetter: false,
      ratio: null,
      target: mostMegabytes,
      met: megabytes <= mostMegabytes,
      detail,
    };
    return [speed, memory];
  };
}

const TEN_THOUSAND = {
  devices: 10_000,
  minutes: 10,
  everySeconds: 60,
  trace: "protocol",
  mostMegabytes: 1000,
} as const;

export const city10kReal = cityBench({ ...TEN_THOUSAND, crypto: "real", leastPace: 15 });
export const city10kModelled = cityBench({ ...TEN_THOUSAND, crypto: "modelled", leastPace: 40 });
export const city100k = cityBench({
  devices: 100_000,
  minutes: 3,
  everySeconds: 60,
  crypto: "modelled",
  trace: "off",
  leastPace: 2,
  mostMegabytes: 4000,
});
export const millionDevices = cityBench({
  devices: 1_000_000,
  minutes: 10,
  everySeconds: 3600,
  crypto: "modelled",
  trace: "off",
  leastPace: null,
  mostMegabytes: 12_000,
});
