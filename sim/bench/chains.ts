import type { RunSummary } from "../runner/index.ts";
import { leavePlot } from "./growth-plot.ts";
import { besideSigning, besideSketch } from "./pace.ts";
import { residentMemory } from "./resident-memory.ts";
import type { Bench, BenchResult } from "./result.ts";
import { simulate, sodiumBackend } from "./simulate.ts";
import { manyChains, saturatedChains } from "./workloads.ts";

const CHAINS_32 = { subchains: 32, transfersPerSecond: 50 } as const;
const MAX_RESIDENT_MEGABYTES = 1000;
/** Numbers of subchains whose saturated throughput is compared. */
const SIZES: readonly number[] = [1, 2, 4, 8, 16, 32, 64];
const SATURATED_SECONDS = 60;
const PLOT_COLUMNS = 40;

/** The paper's rootchain with 32 subchains of 7 operators, 50 transfers a second. */
export const chains32Real: Bench = (name) => besideSigning(name, manyChains("real", { ...CHAINS_32, minutes: 3 }), 20);
export const chains32Modelled: Bench = (name) =>
  besideSketch(name, manyChains("modelled", { ...CHAINS_32, minutes: 6 }), 60);

/** Largest resident memory of a process that runs 32 subchains and nothing else. */
export const chains32Memory: Bench = (name) =>
  residentMemory(name, "chains-memory-worker.js", { target: MAX_RESIDENT_MEGABYTES, remark: "real crypto" });

/** Transactions a second that subchains take in when each is offered more than it can hold; the root's share apart (claim 9). */
export const chainsGrowth: Bench = async (name) => {
  const backend = await sodiumBackend();
  const rows = SIZES.map((subchains) => {
    const scenario = saturatedChains(subchains, SATURATED_SECONDS);
    return { subchains, ...throughputOf(simulate(scenario, { backend, checkers: false }), scenario.durationUs / 1e6) };
  });
  const most = Math.max(...rows.map(({ sub }) => sub));
  const [first, last] = [rows[0], rows.at(-1)];
  const growth = (last?.sub ?? 0) / (first?.sub ?? 1) / (last?.subchains ?? 1);
  const plot = rows.map(({ subchains, sub, root }) => {
    const bar = "█".repeat(Math.max(1, Math.round((PLOT_COLUMNS * sub) / most)));
    return `\n    ${String(subchains).padStart(2)} subchains ${bar} ${sub.toFixed(1)}/s, root ${root.toFixed(2)}/s`;
  });
  const file = leavePlot(name, {
    title: "Saturated throughput of subchains",
    xLabel: "subchains",
    yLabel: "transactions a second of simulated time",
    sizes: SIZES,
    values: rows.map(({ sub }) => sub),
    target: 1,
    higherIsBetter: true,
  });
  const result: BenchResult = {
    name,
    value: growth,
    unit: "of linear growth from 1 to 64 subchains",
    higherIsBetter: true,
    ratio: { to: "one subchain", value: (last?.sub ?? 0) / (first?.sub ?? 1) },
    target: 0.9,
    met: growth >= 0.9,
    detail: `saturated throughput, transfers within the subchains and one in fifty across; plotted in ${file}${plot.join("")}`,
  };
  return [result];
};

/** Transactions in final blocks a simulated second. */
function throughputOf({ chains }: RunSummary, seconds: number): { sub: number; root: number } {
  const [root, ...subchains] = chains;
  const sum = subchains.reduce((total, { transactions }) => total + transactions, 0);
  return { sub: sum / seconds, root: (root?.transactions ?? 0) / seconds };
}
