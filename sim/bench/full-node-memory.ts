import { ownProcess } from "./own-process.ts";
import type { Bench } from "./result.ts";

const FEW = 10;
const MANY = 1000;
const MAX_RATIO = 3;

/** @returns what a process holds at the end of a run, in bytes, and how many blocks its nodes hold */
function heldBy(fullNodes: number): Promise<readonly [number, number]> {
  const heap = ["--expose-gc", "--max-old-space-size=4096"];
  return ownProcess("full-node-memory-worker.js", [String(fullNodes)], heap);
}

/** What a thousand full nodes of one chain hold, against ten: blocks and states are shared by nodes that agree. */
export const fullNodeMemory: Bench = async (name) => {
  const [fewBytes, blocks] = await heldBy(FEW);
  const [manyBytes] = await heldBy(MANY);
  const value = manyBytes / fewBytes;
  const perNodeKilobytes = Math.round((manyBytes - fewBytes) / (MANY - FEW) / 1000);
  const sizes = `${(manyBytes / 1e6).toFixed(0)} MB against ${(fewBytes / 1e6).toFixed(0)} MB`;
  return [
    {
      name,
      value,
      unit: `times the memory of ${FEW} full nodes`,
      higherIsBetter: false,
      ratio: null,
      target: MAX_RATIO,
      met: value <= MAX_RATIO,
      detail: `${MANY} full nodes of one chain after ${blocks} blocks: ${sizes} live after collection, ${perNodeKilobytes} kB a node`,
    },
  ];
};
