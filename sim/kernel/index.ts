export { Clocks } from "./clock.ts";
export { type Hasher, nobleHasher, RunDigest } from "./digest.ts";
export { type EventHandler, Kernel } from "./kernel.ts";
export { Perturbation } from "./perturbation.ts";
export { deriveSeed, mixKey, type RandomStream, stream } from "./random.ts";
