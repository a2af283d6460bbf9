export { CapacityError } from "./capacity-error.ts";
export { Clocks, MAX_DRIFT_PPM } from "./clock.ts";
export { type Hasher, nobleHasher, RunDigest } from "./digest.ts";
export { EventQueue, MAX_PENDING_EVENTS } from "./event-queue.ts";
export { type AdvanceResult, type EventHandler, Kernel, type KernelOptions } from "./kernel.ts";
export { MAX_PERTURBATION_DELAY_US, MAX_SOURCES, Perturbation } from "./perturbation.ts";
export { absorb, deriveSeed, finish, mix, mixKey, type RandomStream, stream } from "./random.ts";
