import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { median } from "./rounds.ts";

/** What the two sides of a barrier share. */
export interface BarrierData {
  readonly memory: SharedArrayBuffer;
  readonly rounds: number;
  /** Looks at the other's arrival before going to sleep for it. */
  readonly spins: number;
}

const ARRIVED = 0;
const RELEASED = 1;
const THREADS = 2;
const ROUNDS = 20_000;
/** Short, so that some lie between the turns of whatever else the machine does. */
const BATCH = 20;

/** Waits until both threads have come to a round: the last one to come releases the other. */
export function cross(cells: Int32Array, round: number, spins: number): void {
  if (Atomics.add(cells, ARRIVED, 1) === THREADS * round - 1) {
    Atomics.store(cells, RELEASED, round);
    Atomics.notify(cells, RELEASED);
    return;
  }
  for (let spin = 0; spin < spins; spin++) if (Atomics.load(cells, RELEASED) >= round) return;
  for (let seen = Atomics.load(cells, RELEASED); seen < round; seen = Atomics.load(cells, RELEASED))
    Atomics.wait(cells, RELEASED, seen);
}

/**
 * What it takes two worker threads to meet, both running.
 *
 * @param spins looks before a thread sleeps; 0: always sleeps, as where cores are shared
 * @returns µs: the median over batches, which what else the machine does leaves alone, and the best of them
 */
export async function barrierCost(spins: number): Promise<{ medianUs: number; bestUs: number }> {
  const memory = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT);
  const data: BarrierData = { memory, rounds: ROUNDS, spins };
  const worker = new Worker(new URL("barrier-worker.js", import.meta.url), { workerData: data });
  const ended = once(worker, "exit");
  const cells = new Int32Array(memory);
  const batches: number[] = [];
  cross(cells, 1, 0);
  for (let round = 2; round <= ROUNDS; ) {
    const startMs = performance.now();
    const end = Math.min(ROUNDS, round + BATCH - 1);
    const crossed = end - round + 1;
    for (; round <= end; round++) cross(cells, round, spins);
    batches.push(((performance.now() - startMs) * 1000) / crossed);
  }
  await ended;
  return { medianUs: median(batches), bestUs: Math.min(...batches) };
}
