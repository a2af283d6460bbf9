import { arch, cpus, platform, totalmem } from "node:os";
import { queueHold } from "./queue-hold-bench.ts";
import type { Bench, BenchResult } from "./result.ts";

/** All benchmarks by name, in the order in which they run. */
const BENCHES: Readonly<Record<string, Bench>> = {
  "queue-hold-100k": queueHold,
};

/** What `bench --json` prints. */
export interface BenchReport {
  readonly machine: Readonly<Record<string, string | number>>;
  readonly results: readonly BenchResult[];
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

function line(result: BenchResult): string {
  const { name, value, unit, ratio, target, met, detail } = result;
  const beside = ratio === null ? "" : ` · ${ratio.value.toFixed(2)} of ${ratio.to}`;
  return `${met ? "met   " : "MISSED"} ${name}: ${Math.round(value)} ${unit}${beside} (target ${target})${detail === "" ? "" : ` · ${detail}`}`;
}

/**
 * Runs benchmarks one after the other.
 *
 * @param names none: all that are not slow
 * @throws RangeError for a name that is no benchmark
 */
export async function runBench(
  names: readonly string[],
  { log }: { log: ((line: string) => void) | null },
): Promise<BenchReport> {
  const unknown = names.find((name) => BENCHES[name] === undefined);
  if (unknown !== undefined)
    throw new RangeError(`no benchmark ${unknown}; there are ${Object.keys(BENCHES).join(", ")}`);
  const results: BenchResult[] = [];
  for (const name of names.length > 0 ? names : Object.keys(BENCHES)) {
    for (const result of await (BENCHES[name] as Bench)(name)) {
      results.push(result);
      log?.(line(result));
    }
  }
  return { machine: machine(), results };
}
