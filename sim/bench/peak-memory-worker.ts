import { simulate, sodiumBackend } from "./simulate.ts";
import { pbft64 } from "./workloads.ts";

/** Longer than it takes every table to reach the size it keeps. */
const SIMULATED_SECONDS = 20;

simulate(pbft64("modelled", SIMULATED_SECONDS), { backend: await sodiumBackend(), checkers: false });
process.send?.(process.resourceUsage().maxRSS * 1024);
process.disconnect();
