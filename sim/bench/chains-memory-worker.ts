import { simulate, sodiumBackend } from "./simulate.ts";
import { manyChains } from "./workloads.ts";

/** Longer than it takes every table to reach the size it keeps, but for what a chain keeps for ever. */
const MINUTES = 10;

const scenario = manyChains("real", { subchains: 32, minutes: MINUTES, transfersPerSecond: 50 });
simulate(scenario, { backend: await sodiumBackend(), checkers: false });
process.send?.(process.resourceUsage().maxRSS * 1024);
process.disconnect();
