import { workerData } from "node:worker_threads";
import { type BarrierData, cross } from "./barrier.ts";

const { memory, rounds, spins } = workerData as BarrierData;
const cells = new Int32Array(memory);
for (let round = 1; round <= rounds; round++) cross(cells, round, spins);
