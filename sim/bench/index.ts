import { arch, cpus, platform, totalmem } from "node:os";
import { UserError } from "../scenario/index.ts";
import { nearest } from "../scenario/suggest.ts";
import { chains32Memory, chains32Modelled, chains32Real, chainsGrowth } from "./chains.ts";
import { city10kModelled, city10kReal, city100k, millionDevices } from "./city.ts";
import { diffTraces } from "./diff.ts";
import { fullNodeMemory } from "./full-node-memory.ts";
import { fuzzRuns } from "./fuzz-runs.ts";
import { generators } from "./generators.ts";
import { allToAll65, gossipOfADay, growthOfMemory, growthOfTime } from "./gossip.ts";
import { lightCatchUp } from "./light.ts";
import { committeeModelled, committeeReal, paperModelled, paperReal } from "./pace.ts";
import { pbftMemory, pbftModelled, pbftReal } from "./pbft.ts";
import { proofCost } from "./proof.ts";
import { queueHold } from "./queue-hold-bench.ts";
import type { Bench, BenchResult } from "./result.ts";
import { rootBlock } from "./root-block.ts";
import { scriptPayToKey } from "./script.ts";
import { shrinking } from "./shrink.ts";
import { vrfProve } from "./signing.ts";
import { splitModel } from "./split-model.ts";
import { sweepOverhead } from "./sweep-overhead.ts";
import { traceBytes, traceCost } from "./tracing.ts";

/** All benchmarks by name, in the order in which they run. */
export const BENCHES: Readonly<Record<string, Bench>> = {
  "queue-hold-100k": queueHold,
  "lossy-65": allToAll65,
  "gossip-day-8000": gossipOfADay,
  "growth-time": growthOfTime,
  "growth-memory": growthOfMemory,
  "pbft-64-modelled": pbftModelled,
  "pbft-64-real": pbftReal,
  "pbft-64-memory": pbftMemory,
  "committee-22": committeeReal,
  "committee-22-modelled": committeeModelled,
  "paper-2018": paperReal,
  "paper-2018-modelled": paperModelled,
  "chains-32": chains32Real,
  "chains-32-modelled": chains32Modelled,
  "chains-32-memory": chains32Memory,
  "chains-growth": chainsGrowth,
  "city-10k": city10kReal,
  "city-10k-modelled": city10kModelled,
  "city-100k": city100k,
  million: millionDevices,
  "full-node-memory": fullNodeMemory,
  "vrf-prove": vrfProve,
  "script-p2pkh": scriptPayToKey,
  "root-block-8mib": rootBlock,
  "proof-cost": proofCost,
  "light-catch-up": lightCatchUp,
  "trace-cost": traceCost,
  "trace-bytes": traceBytes,
  "diff-10m": diffTraces,
  "sweep-overhead": sweepOverhead,
  "split-model": splitModel,
  "fuzz-runs": fuzzRuns,
  generators,
  shrink: shrinking,
};

/** Those that take a minute or more by themselves run only when they are named. */
const ON_REQUEST: ReadonlySet<string> = new Set([
  "chains-32-modelled",
  "chains-32-memory",
  "chains-growth",
  "city-10k",
  "city-10k-modelled",
  "city-100k",
  "million",
  "full-node-memory",
  "proof-cost",
  "light-catch-up",
  "growth-time",
  "growth-memory",
  "diff-10m",
  "split-model",
  "sweep-overhead",
  "fuzz-runs",
  "generators",
  "shrink",
]);

/** What `bench --json` prints. */
export interface BenchReport {
  readonly machine: Readonly<Record<string, string | number>>;
  readonly results: readonly BenchResult[];
}

/** Where the suite tells how far it is. */
export interface BenchListeners {
  /** Told each result as a line. */
  readonly log: ((line: string) => void) | null;
  /** Told the name of each benchmark as it begins. */
  readonly progress: ((line: string) => void) | null;
}

function machine(): BenchReport["machine"] {
  const [cpu] = cpus();
  const { node } = process.versions;
  return {
    cpu: cpu?.model ?? "unknown",
    cores: cpus().length,
    memoryBytes: totalmem(),
    platform: platform(),
    arch: arch(),
    node,
  };
}

/** @returns a result as one line of text */
export function resultLine({ name, value, unit, higherIsBetter, ratio, target, met, detail }: BenchResult): string {
  const beside = ratio === null ? "" : ` · ${figure(ratio.value)} of ${ratio.to}`;
  const bound = `${higherIsBetter ? "at least" : "at most"} ${target}`;
  return `${met ? "met   " : "MISSED"} ${name}: ${figure(value)} ${unit}${beside} (${bound}) · ${detail}`;
}

function figure(value: number): string {
  return value.toFixed(Math.abs(value) < 100 ? 2 : 0);
}

/**
 * Runs benchmarks one after the other.
 *
 * @param names none: all that run without being named
 * @throws UserError for a name that is no benchmark; the user's fault
 */
export async function runBench(names: readonly string[], { log, progress }: BenchListeners): Promise<BenchReport> {
  const chosen = (names.length > 0 ? names : byDefault()).map((name) => ({ name, bench: benchOf(name) }));
  const results: BenchResult[] = [];
  for (const { name, bench } of chosen) {
    progress?.(`${name} …`);
    for (const result of await bench(name)) {
      results.push(result);
      log?.(resultLine(result));
    }
  }
  return { machine: machine(), results };
}

function byDefault(): string[] {
  return Object.keys(BENCHES).filter((name) => !ON_REQUEST.has(name));
}

function benchOf(name: string): Bench {
  const bench = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
  if (bench !== undefined) return bench;
  const known = Object.keys(BENCHES);
  const near = nearest(name, known);
  const suggestion = near === undefined ? "" : `; did you mean "${near}"?`;
  throw new UserError(`there is no benchmark "${name}"${suggestion}\nthere are ${known.join(", ")}`);
}
