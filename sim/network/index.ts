export { Burst } from "./bursts.ts";
export { contentHash32 } from "./content-hash.ts";
export { OUTCOME_NAMES, Outcome } from "./drop-reasons.ts";
export type { LinkModel } from "./link-model.ts";
export { Network } from "./network.ts";
export type { NetworkOptions, NodeLink } from "./options.ts";
export { Partition } from "./partitions.ts";
