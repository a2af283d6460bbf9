import { ownProcess } from "./own-process.ts";
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
  const peakBytes = await ownProcess<number>(worker);
  const value = peakBytes / 1e6;
  const detail = `target at most, of a whole Node process; ${remark}, checkers off, trace off, digest on`;
  return [{ name, value, unit: "MB", higherIsBetter: false, ratio: null, target, met: value < target, detail }];
}
