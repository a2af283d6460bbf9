import { processStopwatch } from "./rounds.ts";
import { Sketch } from "./sketch.ts";

const NODES = 64;
const DECISIONS = 400;

/** @returns messages a CPU second of the bare sketch, in this process */
export function sketchRate(): number {
  const watch = processStopwatch();
  const { delivered } = new Sketch(NODES, DECISIONS).run();
  return delivered / watch().cpuSeconds;
}
