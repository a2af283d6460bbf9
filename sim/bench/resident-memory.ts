import { fork } from "node:child_process";
import { once } from "node:events";
import type { BenchResult } from "./result.ts";

/**
 * Largest resident memory of a process of its own.
 *
 * @param worker file beside this one that runs the workload and tells its peak in bytes
 * @param options.target most megabytes
 */
export async function residentMemory(
  name: string,
  worker: string,
  { target, remark }: { target: number; remark: string },
): Promise<readonly BenchResult[]> {
  const child = fork(new URL(worker, import.meta.url));
  const [peakBytes] = (await once(child, "message")) as [number];
  const value = peakBytes / 1e6;
  const detail = `target at most, of a whole Node process; ${remark}, checkers off, trace off, digest on`;
  return [{ name, value, unit: "MB", higherIsBetter: false, ratio: null, target, met: value < target, detail }];
}
