import { nodeHasher } from "../platform/node/hasher.ts";
import { Simulation } from "../runner/simulation.ts";
import { sodiumBackend } from "./simulate.ts";
import { followedChain } from "./workloads.ts";

/** Events between two looks at whether the run is over. */
const SLICE = 100_000;

const backend = await sodiumBackend();
const scenario = followedChain(Number(process.argv[2]));
const options = { backend, checkers: false, hasher: nodeHasher, trace: null, paranoid: false, codeVersion: "" };
const run = new Simulation(scenario, options);
while (run.advance(SLICE)) {
  // The run goes on until its end.
}
globalThis.gc?.();
const { heapUsed, arrayBuffers } = process.memoryUsage();
// Asked for after the measurement, so that all of the run is still there.
process.send?.([heapUsed + arrayBuffers, run.progress().blocks]);
process.disconnect();
