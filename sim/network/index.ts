export { OUTCOME_NAMES } from "./drop-reasons.ts";
export { Network } from "./network.ts";
export type { NetworkOptions } from "./options.ts";
